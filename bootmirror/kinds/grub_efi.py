"""GRUB 2 on a machine with UEFI: an EFI system partition and a boot entry of its own for each disk.

The first boot is the firmware's: BootNext names the mirror's partition for one boot. GRUB reads the
configuration beside it there, which boots the copy or restarts the machine; by then BootNext is
spent, and the order still begins with the old disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command, in_chroot
from bootmirror.actions.files import WriteFile
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import in_copy
from bootmirror.formats.efi_names import efi_names
from bootmirror.formats.fstab import Fstab
from bootmirror.formats.grub_custom import STAGE
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Entry
from bootmirror.kinds.copy_menu import update_menu_in_copy
from bootmirror.kinds.debconf_devices import UpdateRemovable
from bootmirror.kinds.esp import (
    MOUNTED,
    PLACE,
    WRITABLE,
    HaveEsp,
    MountOwn,
    esp_path,
    make_alike,
    make_esp,
    release,
)
from bootmirror.kinds.esp_checks import esp_checks
from bootmirror.kinds.esp_hook import CONF_PATH, SCRIPT_PATH, hook_conf, hook_script
from bootmirror.kinds.first_boot_image import FirstBootImage, stub
from bootmirror.kinds.grub_entry import (
    ForgetStages,
    at_stage,
    environment_refusals,
    grub_entry,
)
from bootmirror.kinds.grub_install import InstallGrub
from bootmirror.kinds.grub_loader import GrubLoader
from bootmirror.kinds.grub_menu import menu_check
from bootmirror.kinds.grub_user_settings import user_settings_refusals
from bootmirror.kinds.nvram import (
    EFIVARS,
    BootFirst,
    BootNext,
    MakeBootEntry,
    RemoveBootEntry,
    entries,
    label_of,
)
from bootmirror.kinds.partition_table import Role
from bootmirror.kinds.refusal import Refusal
from bootmirror.kinds.tables import TABLES
from bootmirror.machine.model import Disk, Machine

FSTAB = "/etc/fstab"


class GrubEfi(GrubLoader):
    """GRUB started by the firmware from an EFI system partition."""

    programs: tuple[str, ...] = (
        "grub-install", "update-grub", "grub-editenv", "grub-mkimage", "grub-fstest", "efibootmgr",
        "mkfs.vfat")

    def refusals(self, machine: Machine, source: Disk) -> Iterator[Refusal]:
        table = TABLES[source.table]
        all_esps = [p for p in source.partitions if table.role(p) is Role.ESP]
        esp = next(iter(all_esps), None)
        mounted = machine.mount(MOUNTED)
        if len(all_esps) > 1:
            names = " and ".join(p.name for p in all_esps)
            used = next((p.name for p in all_esps if mounted and mounted.source == p.path), "")
            yield Refusal("esp", f"{source.name} has more than one EFI system partition ({names}): "
                          "the mirror can take over one.",
                          f"Give the others another type; {used} is the one that is mounted."
                          if used else
                          f"Mount the one that starts this machine on {MOUNTED}, and give the "
                          "others another type.")
        elif esp is None:
            yield Refusal("esp", f"{source.name} has no EFI system partition, and this machine "
                          "starts with UEFI.", "Make one on it, and install GRUB there.")
        elif mounted is None or mounted.source != esp.path:
            yield Refusal("esp", f"{esp.path}, the EFI system partition of {source.name}, is not "
                          f"mounted on {MOUNTED}.", "Mount it there (and enter it in /etc/fstab).")
        elif not machine.boot_loader.directory:
            yield Refusal("esp", f"There is no GRUB in {MOUNTED}/EFI.", "Run grub-install.")
        elif Fstab.parse(machine.file(FSTAB) or "").entry_for(MOUNTED) is None:
            name = f"UUID={esp.content.uuid}" if esp.content else esp.path
            yield Refusal("esp", f"{esp.path} is mounted on {MOUNTED}, but {FSTAB} has no line for "
                          "it: the mirror would not mount it again.",
                          f"Add this line to {FSTAB}: {name} {MOUNTED} vfat umask=0077 0 1.")
        if not machine.boot_loader.writable:
            yield Refusal("nvram", "The firmware's boot entries cannot be changed: "
                          f"{EFIVARS} is not there or read-only.",
                          f"Mount it (mount -t efivarfs efivarfs {EFIVARS}); a kernel started with "
                          "noefi or efi=noruntime cannot.")
        yield from environment_refusals(machine)
        yield from user_settings_refusals(machine, source)

    def entry(self, machine: Machine, boot: Boot, source: Disk) -> Entry:
        del source
        return grub_entry(machine, boot, "the way to the mirror, on the old disk; the one-shot "
                                         "first boot takes it from the mirror's own partition")

    def into_copy(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        path = esp_path(mirror, boot)
        return (
            *make_esp(mirror, boot),
            Mount(path, in_copy(MOUNTED), WRITABLE),
            in_chroot("grub-install", f"--efi-directory={MOUNTED}",
                      f"--bootloader-id={boot.esp_directory}", "--no-nvram"),
            # A later pass of the copy must not take it for files that went away.
            UnmountAll(in_copy(MOUNTED)),
            *update_menu_in_copy(boot),
        )

    def write_entry(self, boot: Boot, entry: Entry, mirror: Disk) -> tuple[Action, ...]:
        own = f"{PLACE}/EFI/{boot.esp_directory}"
        return (
            *self.disarm(boot, mirror),
            WriteFile(entry.path, entry.text, entry.purpose),
            UnmountAll(PLACE),
            Mount(esp_path(mirror, boot), PLACE, WRITABLE),
            FirstBootImage(own, f"/EFI/{boot.esp_directory}", boot.architecture),
            WriteFile(f"{own}/grub.cfg", stub(entry.text), "the one-shot first boot"),
            command("grub-editenv", f"{own}/grubenv", "create"),
            UnmountAll(PLACE),
        )

    def arm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        return (*_boot_entry(boot, mirror), BootNext(label_of(mirror)))

    def disarm(self, boot: Boot, mirror: Disk) -> tuple[Action, ...]:
        del boot
        return (RemoveBootEntry(label_of(mirror)), ForgetStages())

    def explain(self, host: Host, boot: Boot, mirror: Disk, lost: bool) -> str:
        own = [entry.number for entry in entries(host).labelled(label_of(mirror))]
        if entries(host).next in own:
            return "The firmware never took the one-shot boot entry: it is still waiting."
        argv = ["grub-fstest", esp_path(mirror, boot), "cat", f"/EFI/{boot.esp_directory}/grubenv"]
        stage = parse_grubenv(host.run(argv, ok=range(256), quiet=True).stdout).get(STAGE, "")
        if not stage:
            return "The firmware did not start the mirror's boot loader."
        return at_stage(stage, lost)

    def release(self, boot: Boot) -> tuple[Action, ...]:
        del boot
        return release()

    def install(self, boot: Boot, disk: Disk) -> tuple[Action, ...]:
        path = esp_path(disk, boot)
        return (
            UnmountAll(PLACE),
            HaveEsp(boot, path),
            Mount(path, PLACE, WRITABLE),
            # The removable path too: a firmware that lost its entries starts that.
            InstallGrub((f"--efi-directory={PLACE}", f"--bootloader-id={boot.esp_directory}",
                         "--no-nvram", "--force-extra-removable")),
            UnmountAll(PLACE),
            *_boot_entry(boot, disk),
            BootFirst(label_of(disk)),
        )

    def tell_package_meanwhile(self, disks: Sequence[Disk]) -> tuple[Action, ...]:
        del disks
        return ()  # it installs where /boot/efi is: on the disk that the machine runs from

    def tell_package(self, boot: Boot, disks: Sequence[Disk]) -> tuple[Action, ...]:
        source, mirror = disks
        uuids = [p.partuuid for disk in disks if (p := disk.partition(boot.esp)) is not None]
        return (
            *release(),
            *make_alike(esp_path(mirror, boot), esp_path(source, boot)),
            WriteFile(SCRIPT_PATH, hook_script(uuids, boot.esp_directory, boot.architecture),
                      "keeps the EFI system partitions alike", mode=0o755),
            WriteFile(CONF_PATH, hook_conf(), "has dpkg run it"),
            UpdateRemovable(efi_names(boot.architecture).package),
            MountOwn(),
        )

    def checks(self, host: Host, boot: Boot, machine: Machine, disks: Sequence[Disk]
               ) -> Iterator[Check]:
        del machine
        yield from esp_checks(host, boot, disks)
        yield menu_check(host, boot, disks)


def _boot_entry(boot: Boot, disk: Disk) -> tuple[Action, ...]:
    return (
        UnmountAll(PLACE),
        Mount(esp_path(disk, boot), PLACE, WRITABLE),
        MakeBootEntry(label_of(disk), disk.path, boot.esp, boot.esp_directory),
        UnmountAll(PLACE),
    )
