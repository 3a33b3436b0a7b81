"""What LILO is made to do, as actions."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.places import STATE, in_copy
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.formats.lilo_conf import LiloConf
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot
from bootmirror.kinds.lilo_files import (
    CONF,
    ENTRY_CONF,
    ENTRY_MAP,
    LABEL,
    MIRROR_RAN,
    conf_of,
    entry_initrd,
    halves,
    to_mirror_conf,
)
from bootmirror.machine.model import Disk
from bootmirror.sizes import readable

TO_MIRROR_CONF = f"{STATE}/lilo.old-disk.conf"


@dataclass(frozen=True)
class CopyInitramfs:
    """The mirror's initramfs beside the old disk's own: LILO reads plain files of its disk."""

    boot: Boot

    def describe(self) -> str:
        return f"copy the mirror's initramfs to {entry_initrd(self.boot)}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        mirrors = in_copy(f"/boot/initrd.img-{self.boot.kernel}")
        size = int(host.run(["stat", "--format=%s", mirrors], quiet=True).stdout)
        usage = host.usage("/boot")
        room = usage.f_bavail * usage.f_frsize if usage else 0
        target = entry_initrd(self.boot)
        if not host.exists(target) and room < size:
            raise StepFailed(
                f"/boot has {readable(room)} free; the mirror's initramfs takes {readable(size)}.",
                "Remove an old kernel, then try again.")
        host.run(["cp", "--", mirrors, target])


@dataclass(frozen=True)
class RunEntryConf:
    """lilo with the first boot's configuration, where it is there: its map is made anew, and no
    word is left in it for the next boot."""

    def describe(self) -> str:
        return f"lilo -C {ENTRY_CONF}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if host.exists(ENTRY_CONF):
            host.run(["lilo", "-C", ENTRY_CONF])


@dataclass(frozen=True)
class ForgetMirrorRan:
    """What an earlier try left: the mirror that ran is no more."""

    def describe(self) -> str:
        return f"remove /boot/{MIRROR_RAN}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.remove(f"/boot/{MIRROR_RAN}")


@dataclass(frozen=True)
class RemoveEntryConf:
    """The old disk boots with its own lilo.conf and map again."""

    boot: Boot

    def describe(self) -> str:
        return f"lilo -C {CONF}, then remove {ENTRY_CONF} and its files"

    def perform(self, host: Host, report: Report) -> None:
        del report
        if not host.exists(ENTRY_CONF):
            return
        host.run(["lilo", "-C", CONF])
        # Its configuration last: a cut before that ends with all of it done once more.
        ours = (f"/boot/{ENTRY_MAP}", entry_initrd(self.boot), f"/boot/{MIRROR_RAN}", ENTRY_CONF)
        for path in ours:
            host.remove(path)


@dataclass(frozen=True)
class GoOnToMirror:
    """The old disk's LILO boots the mirror's system from now on."""

    boot: Boot
    source: Disk
    old_boot: str

    def describe(self) -> str:
        return f"lilo -C {TO_MIRROR_CONF}: {self.source.name} boots {LABEL}, and knows that it ran"

    def perform(self, host: Host, report: Report) -> None:
        del report
        cmdline = host.read("/proc/cmdline") or ""
        text = to_mirror_conf(cmdline, self.boot, self.source, self.old_boot)
        host.write(TO_MIRROR_CONF, text, mode=0o600)  # the state directory's
        host.write(f"{self.old_boot}/{MIRROR_RAN}", "The mirror is newer than this system.\n")
        host.run(["lilo", "-C", TO_MIRROR_CONF])


@dataclass(frozen=True)
class InstallOn:
    """lilo with a disk's own file, which is set right first: kernel names may have changed since,
    and an array may have come up as md127."""

    boot: Boot
    disk: Disk

    @property
    def conf(self) -> str:
        return conf_of(dict(self.boot.names).get(self.disk.id, self.disk.name))

    def describe(self) -> str:
        return " ".join(self._argv())

    def _argv(self) -> list[str]:
        return ["lilo", *halves(self.boot), "-C", self.conf]

    def perform(self, host: Host, report: Report) -> None:
        del report
        text = host.read(self.conf)
        if text is None:
            raise StepFailed(f"{self.conf} is not there.",
                             f"Write it anew, after {CONF}, for {self.disk.path}.")
        if self.boot.loader_knows_raid:
            array = host.run(["findmnt", "--noheadings", "--output", "SOURCE", "--target", "/boot"],
                             quiet=True).stdout.strip()
            _name(host, CONF, "boot", array)
            _name(host, self.conf, "boot", array)
            _name(host, self.conf, "raid-extra-boot", self.disk.path)
        else:
            _name(host, self.conf, "boot", self.disk.path)
        host.run(self._argv())


def _name(host: Host, path: str, option: str, device: str) -> None:
    """Have an option name this device; one that does, by whatever name, stays as it is written."""
    conf = LiloConf.parse(host.read(path) or "")
    if host.resolve(conf.get(option) or "/") != device:
        host.write(path, conf.with_option(option, device).render())
