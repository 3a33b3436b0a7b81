"""The configuration files of a plan: today's with only that changed which must change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.fstab import Fstab, lint_fstab
from bootmirror.formats.lines import with_newline
from bootmirror.formats.mdadm_conf import ArrayLine, MdadmConf
from bootmirror.formats.unseen_lint import lint_unseen
from bootmirror.kinds.boot import Boot, Entry
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.fstab_lost import lost_esp, lost_filesystems, lost_swaps
from bootmirror.plan.layout import only_on
from bootmirror.plan.model import (
    ConfigFile,
    PlannedArray,
    PlannedFilesystem,
    PlannedSwap,
    SwapForm,
)
from bootmirror.plan.old_names import filesystem_names, is_device, swap_names

RAIDTAB, FSTAB, MDADM_CONF = "/etc/raidtab", "/etc/fstab", "/etc/mdadm/mdadm.conf"
# systemd's swap.target waits for a device that is gone even with nofail, by default 90 s.
ABSENT = ("nofail", "x-systemd.device-timeout=30s")
STOPPED = ("inactive", "clear")  # an array's state
NEW_MDADM_CONF = "HOMEHOST <system>\nMAILADDR root\n"


@dataclass(frozen=True)
class Mounted:
    """What fstab names of the two disks. ``esp_uuid``: the ESPs' volume id, or ""."""

    filesystems: Sequence[PlannedFilesystem]
    swaps: Sequence[PlannedSwap]
    esp_uuid: str = ""


def fstab(machine: Machine, source: Disk, mounted: Mounted, edited: str | None) -> ConfigFile:
    """fstab with the arrays' file systems in place of the source's, and swap that may be absent."""
    current = machine.file(FSTAB) or ""
    table = Fstab.parse(current)
    for filesystem in mounted.filesystems:
        old = filesystem_names(machine, source, filesystem)
        table = _with_filesystem(table, old, filesystem)
    for swap in mounted.swaps:
        if swap.form is not SwapForm.FILE:
            table = _with_swap(table, source, swap)
    if mounted.esp_uuid:
        table = _with_esp(table, mounted.esp_uuid)
    generated = table.render()
    text = generated if edited is None else edited
    complaints = (*lint_fstab(text),
                  *lost_filesystems(text, machine, source, mounted.filesystems),
                  *lost_swaps(text, machine, source, current, mounted.swaps),
                  *(lost_esp(text, mounted.esp_uuid) if mounted.esp_uuid else ()))
    return ConfigFile(FSTAB, "what is mounted where", machine.file(FSTAB), generated, text,
                      tuple(sorted(set(complaints))))


def _with_filesystem(table: Fstab, old: frozenset[str], filesystem: PlannedFilesystem) -> Fstab:
    """Its line, and any other that mounts the old one (a second place, a noauto line).

    Of the lines with its mount point that is the one with a name of the old one; only where there
    is none, the last that names a device: a server's file system there may be mounted by hand.
    """
    new = f"UUID={filesystem.uuid}"
    there = table.entries_for(filesystem.mountpoint)
    if not any(e.device in old for e in there):
        for entry in [e for e in there if is_device(e.device)][-1:]:
            table = table.with_fields(entry, spec=new)
    return _renamed(table, old, new)


def _renamed(table: Fstab, old: frozenset[str], new: str, vfstype: str = "") -> Fstab:
    """With another first field in every line (of a type) that has an old name there."""
    for entry in table.entries:
        if entry.device in old and vfstype in ("", entry.vfstype):
            table = table.with_fields(entry, spec=new)
    return table


def _with_swap(table: Fstab, source: Disk, swap: PlannedSwap) -> Fstab:
    """Both disks' swap, each allowed to be absent: a disk that died must not hold up the boot.

    On an array there is one, which is there as long as either disk is.
    """
    names = swap_names(source, swap)
    if swap.form in (SwapForm.ARRAY, SwapForm.VOLUME):
        return _renamed(table, names, f"UUID={swap.uuid}", "swap")
    entry = next((e for e in table.entries if e.vfstype == "swap" and e.device in names), None)
    if entry is None:
        return table
    names_of = [word.split("=")[0] for word in (*ABSENT, "defaults")]
    options = [word for word in entry.options if word.split("=")[0] not in names_of]
    options = [*(options or ["sw"]), *ABSENT]
    table = table.with_fields(entry, spec=f"UUID={swap.source_uuid}", options=options)
    changed = next(e for e in table.entries if e.spec == f"UUID={swap.source_uuid}")
    line = f"UUID={swap.uuid} none swap {','.join(options)} 0 0"
    return table.with_line_after(changed, line)


def _with_esp(table: Fstab, esp_uuid: str) -> Fstab:
    """/boot/efi by the volume id that both disks' have, and allowed to be absent."""
    entry = table.entry_for("/boot/efi")
    if entry is None:
        return table
    names = [word.split("=")[0] for word in (*ABSENT, "defaults")]
    options = [word for word in entry.options if word.split("=")[0] not in names]
    return table.with_fields(entry, spec=f"UUID={esp_uuid}", options=[*options, *ABSENT])


def mdadm_conf(
    machine: Machine, mirror: Disk, arrays: Sequence[PlannedArray], edited: str | None
) -> ConfigFile:
    """mdadm.conf with a line for every array: ours, and those the machine runs already.

    What the file says of those stays byte for byte. Where it names none, Debian's initramfs found
    them by itself, which ends when the file holds ARRAY lines: so they get theirs too.
    """
    current = machine.file(MDADM_CONF)
    conf = MdadmConf.parse(NEW_MDADM_CONF if current is None else current)
    if not conf.told:  # mdadm's monitor, and so mdmonitor.service, ends when it has nobody to tell
        conf = MdadmConf.parse(f"{with_newline(conf.render())}MAILADDR root\n")
    own = [ArrayLine(device=a.device, uuid=a.uuid, metadata=a.metadata) for a in arrays]
    others = [] if conf.others(own) else list(_running(machine, mirror))
    generated = conf.with_arrays([*own, *others]).render()
    text = generated if edited is None else edited
    return ConfigFile(MDADM_CONF, "the arrays, by UUID", current, generated, text,
                      (*_not_listed(text, own), *_nobody_told(text)))


def _running(machine: Machine, mirror: Disk) -> Iterator[ArrayLine]:
    """The arrays that run and will go on to. By what their superblocks call them: a device given
    here would take that name from them."""
    for array in machine.arrays:
        if (array.uuid and array.state not in STOPPED and not only_on(machine, array.name, mirror)
                and not array.metadata.startswith("external:")):
            yield ArrayLine(uuid=array.uuid, metadata=array.metadata)


def _not_listed(text: str, own: Sequence[ArrayLine]) -> Iterator[Complaint]:
    """Complaints where the initramfs would not start an array, or under another name."""
    found = {line.uuid.lower(): line for line in MdadmConf.parse(text).arrays}
    for wanted in own:
        line = found.get(wanted.uuid.lower())
        if line is None:
            end = max(1, text.count("\n"))
            yield Complaint(end, 1, f"no ARRAY line has the UUID of {wanted.device}",
                            f"add: {wanted}")
        elif line.device not in ("", wanted.device):
            yield Complaint(line.line, 1, f"the raidtab calls this array {wanted.device}",
                            f"write: {wanted}")


def _nobody_told(text: str) -> Iterator[Complaint]:
    if not MdadmConf.parse(text).told:
        yield Complaint(1, 1, "nobody hears of a disk that fails: the monitor does not start, and "
                        "verify will not hold", "add: MAILADDR root", Severity.WARNING)


def boot_settings(machine: Machine, boot: Boot, edits: Mapping[str, str]
                  ) -> tuple[ConfigFile, ...]:
    """The boot loader's settings."""
    loader = BOOT_LOADERS[machine.boot_loader.kind]
    found = []
    for setting in loader.settings(machine, boot):
        text = edits.get(setting.path, setting.text)
        complaints = tuple(sorted(set(loader.lint(setting.path, text, boot))))
        found.append(ConfigFile(setting.path, setting.purpose, machine.file(setting.path),
                                setting.text, text, complaints, like=setting.like))
    return tuple(found)


def initramfs(
    machine: Machine, filesystems: Sequence[PlannedFilesystem], edits: Mapping[str, str]
) -> ConfigFile:
    """The initramfs tool's settings: md in it, and no look for a hibernated system."""
    tool = INITRAMFS[machine.initramfs.tool]
    drivers = sorted({f.kind for f in filesystems if f.mountpoint in ("/", "/usr")})
    generated = tool.settings(drivers)
    path = tool.settings_path
    text = edits.get(path, generated)
    return ConfigFile(path, tool.purpose, machine.file(path), generated, text,
                      tool.lint(text))


def with_unseen(config: ConfigFile) -> ConfigFile:
    """The file with warnings of what in it cannot be shown."""
    found = (*config.complaints, *lint_unseen(config.text))
    return replace(config, complaints=tuple(sorted(set(found))))


def first_boot(machine: Machine, entry: Entry) -> ConfigFile:
    """The one-shot boot entry."""
    return ConfigFile(entry.path, entry.purpose, machine.file(entry.path), entry.text, entry.text,
                      editable=False, like=entry.like)
