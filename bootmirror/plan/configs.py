"""The configuration files of a plan: today's with only that changed which must change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.fstab import Fstab, FstabEntry, lint_fstab
from bootmirror.formats.lines import with_newline
from bootmirror.formats.mdadm_conf import ArrayLine, MdadmConf
from bootmirror.formats.unseen_lint import lint_unseen
from bootmirror.kinds.boot import Boot, Entry
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import fstab_names
from bootmirror.plan.model import (
    ConfigFile,
    PlannedArray,
    PlannedFilesystem,
    PlannedSwap,
    SwapForm,
)

RAIDTAB, FSTAB, MDADM_CONF = "/etc/raidtab", "/etc/fstab", "/etc/mdadm/mdadm.conf"
# systemd's swap.target waits for a device that is gone even with nofail, by default 90 s.
ABSENT = ("nofail", "x-systemd.device-timeout=30s")
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
        table = _with_filesystem(table, source, filesystem)
    for swap in mounted.swaps:
        if swap.form is not SwapForm.FILE:
            table = _with_swap(table, source, swap)
    if mounted.esp_uuid:
        table = _with_esp(table, mounted.esp_uuid)
    generated = table.render()
    text = generated if edited is None else edited
    complaints = (*lint_fstab(text), *_lost(text, source, mounted.filesystems))
    return ConfigFile(FSTAB, "what is mounted where", machine.file(FSTAB), generated, text,
                      tuple(sorted(set(complaints))))


def _with_filesystem(table: Fstab, source: Disk, filesystem: PlannedFilesystem) -> Fstab:
    """Its line, and any other that mounts the old one (a second place, a noauto line)."""
    old, new = _old_names(source, filesystem), f"UUID={filesystem.uuid}"
    entry = table.entry_for(filesystem.mountpoint)
    if entry is not None:
        table = table.with_fields(entry, spec=new)
    while entry := next((e for e in table.entries if e.spec in old), None):
        table = table.with_fields(entry, spec=new)
    return table


def _with_swap(table: Fstab, source: Disk, swap: PlannedSwap) -> Fstab:
    """Both disks' swap, each allowed to be absent: a disk that died must not hold up the boot.

    On an array there is one, which is there as long as either disk is.
    """
    partition = source.partition(swap.partition)
    names = {f"UUID={swap.source_uuid}", *swap.old_names}
    if partition is not None and not swap.volume:
        names |= fstab_names(source, partition)
    entry = next((e for e in table.entries if e.vfstype == "swap" and e.spec in names), None)
    if entry is None:
        return table
    if swap.form in (SwapForm.ARRAY, SwapForm.VOLUME):
        return table.with_fields(entry, spec=f"UUID={swap.uuid}")
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


def _lost(text: str, source: Disk, filesystems: Sequence[PlannedFilesystem]
          ) -> Iterator[Complaint]:
    """Complaints where the copy would mount the old disk, or nothing, in place of an array."""
    table = Fstab.parse(text)
    old = {name: f for f in filesystems for name in _old_names(source, f)}
    for entry in table.entries:
        if entry.spec in old:
            yield _stays_old(entry, old[entry.spec])
    for filesystem in filesystems:
        where, line = filesystem.mountpoint, table.entry_for(filesystem.mountpoint)
        order = 1 if where == "/" else 2
        if line is None:
            yield Complaint(
                1, 1, f"no line mounts {where}",
                f"add: UUID={filesystem.uuid} {where} {filesystem.kind} defaults 0 {order}")
        elif "noauto" in line.options:
            yield Complaint(
                line.line, 1, f"{where} would not be mounted at boot",
                "take noauto out: what is converted must be there when the mirror has booted")


def _old_names(source: Disk, filesystem: PlannedFilesystem) -> frozenset[str]:
    partition = source.partition(filesystem.partition)
    own = frozenset((f"UUID={filesystem.source_uuid}",))
    if partition is None or filesystem.volume:
        return own
    return own | fstab_names(source, partition)


def _stays_old(entry: FstabEntry, filesystem: PlannedFilesystem) -> Complaint:
    return Complaint(
        entry.line, 1, f"{entry.spec} is the old disk's {filesystem.mountpoint}, not the array's",
        f"write UUID={filesystem.uuid}")


def mdadm_conf(
    machine: Machine, arrays: Sequence[PlannedArray], edited: str | None
) -> ConfigFile:
    """mdadm.conf with a line for every array: ours, and those the machine runs already.

    Debian's initramfs takes the file as it is only when it holds ARRAY lines: so all must be there.
    """
    current = machine.file(MDADM_CONF)
    conf = MdadmConf.parse(NEW_MDADM_CONF if current is None else current)
    if not conf.told:  # mdadm's monitor, and so mdmonitor.service, ends when it has nobody to tell
        conf = MdadmConf.parse(f"{with_newline(conf.render())}MAILADDR root\n")
    own = [ArrayLine(device=a.device, uuid=a.uuid, metadata=a.metadata) for a in arrays]
    ours = {line.uuid for line in own} | {line.device for line in own}
    kept = [line for line in conf.arrays if line.uuid not in ours and line.device not in ours]
    generated = conf.with_arrays([*kept, *own]).render()
    text = generated if edited is None else edited
    return ConfigFile(MDADM_CONF, "the arrays, by UUID", current, generated, text,
                      (*_not_listed(text, own), *_nobody_told(text)))


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
                                setting.text, text, complaints))
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
                      editable=False)
