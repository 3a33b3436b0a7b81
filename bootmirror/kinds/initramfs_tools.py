"""Debian's initramfs-tools (initramfs-tools(7), update-initramfs(8))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bootmirror.actions.action import Action
from bootmirror.actions.commands import Command
from bootmirror.formats.complaint import Complaint
from bootmirror.formats.shell_settings import ShellSettings, lint_shell_settings
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine

UPDATE_CONF = "/etc/initramfs-tools/update-initramfs.conf"
CONFIGS = ("etc/mdadm/mdadm.conf", "etc/mdadm.conf")  # where mdadm looks in an image


class InitramfsTools:
    """initramfs-tools with mdadm's hook."""

    programs: tuple[str, ...] = ("update-initramfs", "lsinitramfs")
    settings_path = "/etc/initramfs-tools/conf.d/resume"
    user_settings: tuple[str, ...] = ("/etc/initramfs-tools",)
    purpose = "no waiting for a swap area at boot"
    generated: tuple[str, ...] = ("/boot/initrd.img-*", "/var/lib/initramfs-tools/*")
    not_built = f"update_initramfs=no in {UPDATE_CONF}"
    first_boot_words: tuple[str, ...] = ()  # panic= is honoured by its scripts too

    def refusals(self, machine: Machine) -> Iterator[Refusal]:
        if dict(machine.initramfs.settings).get("update_initramfs") == "no":
            yield Refusal("initramfs-off", f"{UPDATE_CONF} says update_initramfs=no: no initramfs "
                          "would be built that finds the arrays.",
                          "Write update_initramfs=yes there.")

    def settings(self, drivers: Sequence[str]) -> str:
        del drivers  # it finds the modules of the root that is mounted
        # A RESUME device on a disk that died would hold up every boot by half a minute.
        return "RESUME=none\n"

    def lint(self, text: str) -> tuple[Complaint, ...]:
        return lint_shell_settings(text)

    def kernel_words(self, arrays: Sequence[str]) -> tuple[str, ...]:
        del arrays  # mdadm's hook puts mdadm.conf into the image
        return ()

    def build(self, kernels: Sequence[str]) -> list[list[str]]:
        del kernels
        return [["update-initramfs", "-u", "-k", "all"]]

    def rebuild(self, kernels: Sequence[str]) -> tuple[Action, ...]:
        # It makes each beside the old one, renames it and flushes the file system.
        return tuple(Command(tuple(argv)) for argv in self.build(kernels))

    def image(self, kernel: str) -> str:
        return f"/boot/initrd.img-{kernel}"

    def looks_for(self, name: str) -> bool:
        return name in CONFIGS or name.startswith("conf/conf.d/")

    def resume(self, files: Mapping[str, str]) -> tuple[str, ...]:
        # The scripts of the image source them in order: the last word counts.
        found = [ShellSettings.parse(text).get("RESUME") for name, text in sorted(files.items())
                 if name.startswith("conf/conf.d/")]
        said = [value for value in found if value is not None][-1:]
        return tuple(value for value in said if value not in ("", "none", "auto"))

    def listing(self, image: str) -> list[str]:
        return ["lsinitramfs", image]

    def missing(self, listing: str, volumes: bool) -> tuple[str, ...]:
        return lacking({line.strip() for line in listing.splitlines()}, volumes)


def lacking(names: set[str], volumes: bool) -> tuple[str, ...]:
    """What a root on RAID-1 needs and these files of an image, without leading "/", lack."""
    wanted = {
        "the kernel module raid1": any("/raid1.ko" in name for name in names),
        "the program mdadm": bool(names & {"sbin/mdadm", "usr/sbin/mdadm", "usr/bin/mdadm"}),
        "mdadm.conf": bool(names & set(CONFIGS)),
    }
    if volumes:
        wanted["the program lvm"] = bool(names & {"sbin/lvm", "usr/sbin/lvm"})
    return tuple(what for what, there in wanted.items() if not there)
