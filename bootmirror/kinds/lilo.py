"""LILO on a machine with a BIOS.

It finds its files by sector numbers written down when it was installed. Until the machine has run
from the mirror, the old disk's LILO boots the old system, and once the mirror's, with the mirror's
initramfs from its own /boot. Afterwards LILO is on the array of /boot and on both disks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command, in_chroot
from bootmirror.actions.files import WriteFile
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import in_copy
from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.lilo_conf import LiloConf, lint_lilo_conf
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Entry, Setting, Started
from bootmirror.kinds.debconf_devices import stable_name
from bootmirror.kinds.lilo_actions import (
    CopyInitramfs,
    ForgetMirrorRan,
    GoOnToMirror,
    InstallOn,
    RemoveEntryConf,
    RunEntryConf,
)
from bootmirror.kinds.lilo_checks import lilo_checks, started
from bootmirror.kinds.lilo_files import (
    CONF,
    ENTRY_CONF,
    ENTRY_MAP,
    LABEL,
    MAP,
    MIRROR_RAN,
    as_disk,
    conf_of,
    first_boot_conf,
    halves,
    on_array,
    root_on_array,
    with_own_map,
)
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import fstab_names
from bootmirror.sizes import readable

ROOM = 48 << 20  # bytes free in /boot: a second initramfs, for a while
FORGETS = "LILO writes down nothing of a boot. "


class Lilo:
    """LILO 21 to 24."""

    programs: tuple[str, ...] = ("lilo",)
    metadata = "0.90"  # its superblock is at the end: LILO and the BIOS see a plain partition
    mirror_first = True  # with one active half, it asks md for slot 0 alone
    generated: tuple[str, ...] = (
        "/boot/map", "/boot/boot.0*", f"/boot/{ENTRY_MAP}", "/boot/*.bootmirror", ENTRY_CONF)
    warning = ("LILO finds its files by their place on the disk: from the moment the old disk "
               "joins until LILO is installed on both, the whole resync, that disk does not boot. "
               "Should the power fail then, boot the mirror.")
    held_back: tuple[str, ...] = ("lilo",)
    user_settings: tuple[str, ...] = ()
    record_kind = "dos"  # it ends as an MBR does

    def refusals(self, machine: Machine, source: Disk) -> Iterator[Refusal]:
        text = machine.file(CONF)
        files = machine.mount("/boot") or machine.mount("/")
        if source.table != "dos" or machine.firmware != "bios":
            yield Refusal("lilo-table", f"LILO boots {source.name}, which has a GPT or is started "
                          "with UEFI: bootmirror installs it on MBR disks and a BIOS only.",
                          "Change to GRUB first.")
        if files is not None and files.source not in {p.path for p in source.partitions}:
            yield Refusal("lilo-boot", f"/boot is on {files.source}: LILO could not read it.",
                          "Give /boot a plain partition of its own, or change to GRUB first.")
        elif files is not None and files.fstype == "xfs":
            yield Refusal("lilo-boot", "/boot is on XFS: LILO's boot record would destroy it.",
                          "Give /boot an ext2 or ext4 file system, or change to GRUB first.")
        elif files is not None and files.size - files.used < ROOM:
            yield Refusal("lilo-room", f"/boot has {readable(files.size - files.used)} free; a "
                          f"second initramfs wants {readable(ROOM)} for a while.",
                          "Remove an old kernel.")
        if text is None:
            yield Refusal("lilo-conf", f"There is no {CONF}.", "Write it, and run lilo.")
            return
        for complaint in lint_lilo_conf(text):
            if complaint.severity is Severity.ERROR:
                yield Refusal("lilo-conf", f"{CONF}, line {complaint.line}: {complaint.message}.",
                              f"{complaint.hint[:1].upper()}{complaint.hint[1:]}, and run lilo.")
                return
        device = LiloConf.parse(text).get("boot") or ""
        if device not in {source.path, *source.by_id, *source.by_path}:
            yield Refusal("lilo-boot", f"{CONF} installs LILO on {device or 'no device'}, not on "
                          f"{source.name}.", f"Write boot={source.path} in it, and run lilo.")
        if not machine.boot_loader.knows_raid and machine.mount("/boot") is None:
            yield Refusal("lilo-boot", f"LILO {machine.boot_loader.version} finds its files on an "
                          "array only when /boot has one of its own.",
                          "Give /boot a partition of its own, or install LILO 22 or newer.")

    def settings(self, machine: Machine, boot: Boot) -> tuple[Setting, ...]:
        conf = root_on_array(machine.file(CONF) or "", boot, _old_names(machine))
        found = []
        for disk_id, name in boot.names:
            disk = machine.disk(disk_id)
            if disk is not None:
                own = with_own_map(conf, name)
                found.append(Setting(conf_of(name), f"makes {name} bootable",
                                     _for_disk(machine, own, boot, disk), like=CONF))
        both = on_array(conf, boot, "mbr").render() if boot.loader_knows_raid else found[-1].text
        return (Setting(CONF, "what the package runs lilo with", both), *found)

    def lint(self, path: str, text: str, boot: Boot) -> tuple[Complaint, ...]:
        return (*lint_lilo_conf(text), *_lost(path, text, boot))

    def entry(self, machine: Machine, boot: Boot, source: Disk) -> Entry:
        device = stable_name(source) if machine.boot_loader.knows_raid else source.path
        text = first_boot_conf(machine.file(CONF) or "", machine.cmdline, boot, source, device)
        return Entry(ENTRY_CONF, text, "the one-shot first boot, on the old disk", on_source=True,
                     like=CONF)

    def into_copy(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        name = dict(boot.names).get(mirror.id, mirror.name)
        return (
            UnmountAll(in_copy("/usr/sbin/lilo")),
            UnmountAll(in_copy("/sbin/lilo")),
            # Tried only: the mirror's first sector comes with confirm-first-boot.
            in_chroot("lilo", *halves(boot), "-t", "-C", conf_of(name)),
        )

    def write_entry(self, boot: Boot, entry: Entry, mirror: Disk) -> tuple[Action, ...]:
        del mirror
        return (
            CopyInitramfs(boot),
            ForgetMirrorRan(),
            WriteFile(entry.path, entry.text, entry.purpose, like=entry.like),
            command("lilo", "-t", "-C", entry.path),
            # A map of its own; then one sector is written, which begins with either map.
            command("lilo", "-C", entry.path),
        )

    def remove_entry(self, boot: Boot) -> tuple[Action, ...]:
        return (RemoveEntryConf(boot),)

    def arm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        del boot, mirror
        return (command("lilo", "-C", ENTRY_CONF, "-R", LABEL),)

    def disarm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        del boot, mirror
        return (RunEntryConf(),)

    def explain(self, host: Host, boot: Boot, mirror: Disk, lost: bool) -> str:
        del host, boot, mirror
        if lost:
            return f"{FORGETS}The initramfs could not have found the root array."
        return (f"{FORGETS}Either LILO could not load the mirror's kernel, or the system did not "
                "come up on the mirror.")

    def mirror_ran(self, host: Host) -> bool:
        return host.exists(f"/boot/{MIRROR_RAN}")

    def stay(self, boot: Boot, source: Disk, old_boot: str) -> tuple[Action, ...]:
        return (GoOnToMirror(boot, source, old_boot),)

    def release(self, boot: Boot) -> tuple[Action, ...]:
        del boot
        return ()

    def take_over(self, boot: Boot, source: Disk) -> tuple[Action, ...]:
        # Its files are not on that disk before the resync has brought them.
        del boot, source
        return ()

    def install(self, boot: Boot, disk: Disk) -> tuple[Action, ...]:
        return (InstallOn(boot, disk),)

    def update(self) -> tuple[Action, ...]:
        return ()

    def tell_package_meanwhile(self, disks: Sequence[Disk]) -> tuple[Action, ...]:
        del disks
        return ()

    def tell_package(self, boot: Boot, disks: Sequence[Disk]) -> tuple[Action, ...]:
        del boot, disks
        return ()  # it runs lilo, which reads lilo.conf: that names both disks

    def checks(self, host: Host, boot: Boot, machine: Machine, disks: Sequence[Disk]
               ) -> Iterator[Check]:
        return lilo_checks(host, boot, machine, disks)

    def started(self, host: Host, boot: Boot) -> tuple[Started, ...]:
        return started(host, boot)


def _old_names(machine: Machine) -> frozenset[str]:
    """What lilo.conf may call the root that runs now."""
    root = machine.mount("/")
    for disk in machine.disks:
        for partition in disk.partitions:
            if root is not None and partition.path == root.source:
                return fstab_names(disk, partition)
    return frozenset()


def _for_disk(machine: Machine, conf: LiloConf, boot: Boot, disk: Disk) -> str:
    if machine.boot_loader.knows_raid:
        return on_array(conf, boot, disk.path).render()
    geometry = dict(machine.boot_loader.geometry).get(disk.path)
    files = machine.mount("/boot")
    own = next((p for d in machine.disks for p in d.partitions
                if files is not None and p.path == files.source), None)
    if geometry is None or own is None:
        return conf.with_option("boot", disk.path).render()
    start = own.start // disk.sector_size
    return as_disk(conf, boot, disk.path, geometry, start).render()


def _lost(path: str, text: str, boot: Boot) -> Iterator[Complaint]:
    """Complaints where LILO would boot the old disk, or be installed elsewhere."""
    conf = LiloConf.parse(text)
    for option in conf.options:
        if any(old in (option.value or "") for old in boot.old_root):
            yield Complaint(option.line, option.column, "this is the old disk's root",
                            f"write root={boot.root}")
    if not any(f"root={boot.root}" in (o.value or "").split()
               for o in conf.options if o.name in ("append", "literal")):
        yield Complaint(1, 1, "no image boots the array's root",
                        f'write append="root={boot.root}" in its section')
    if path != CONF and conf.get("map") in (None, MAP):
        yield Complaint(_line(conf, "map"), 1, f"lilo replaces {MAP} when it is run for the other "
                        "disk: this disk would start from sectors that are free",
                        f"write map={MAP}{path.removeprefix(CONF)}")
    if boot.loader_knows_raid:
        if boot.array and conf.get("boot") != boot.array:
            yield Complaint(_line(conf, "boot"), 1, "LILO belongs on the array with /boot",
                            f"write boot={boot.array}")
        if conf.get("raid-extra-boot") is None:
            yield Complaint(1, 1, "LILO would write no disk's first sector",
                            f"write raid-extra-boot={'mbr' if path == CONF else 'and the disk'}")


def _line(conf: LiloConf, name: str) -> int:
    return next((o.line for o in conf.globals if o.name == name), 1)
