"""The firmware's boot entries as actions (UEFI specification 2.10, chapter 3; efibootmgr(8)).

Entries of ours are known by their labels, one a disk: their numbers are the firmware's to give.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.formats.efibootmgr import BootEntries, parse_efibootmgr
from bootmirror.host.host import Host
from bootmirror.kinds.esp import PLACE, loader_in
from bootmirror.machine.model import Disk

EFIVARS = "/sys/firmware/efi/efivars"


def label_of(disk: Disk) -> str:
    """The entry's label: what tells the two disks apart on the firmware's own menu."""
    return "bootmirror " + "".join(c if c.isascii() and c.isprintable() else "-" for c in disk.id)


def entries(host: Host) -> BootEntries:
    return parse_efibootmgr(host.run(["efibootmgr"], quiet=True).stdout)


@dataclass(frozen=True)
class MakeBootEntry:
    """An entry for a disk's boot loader, in place of an earlier one; not in the order yet.

    The disk's ESP is mounted at PLACE: what is there decides which program is started.
    """

    label: str
    disk: str
    partition: int
    directory: str  # of the boot loader, below EFI

    def describe(self) -> str:
        return " ".join(("efibootmgr", *self._arguments("(shim or GRUB)")))

    def _arguments(self, name: str) -> list[str]:
        return ["--create-only", "--disk", self.disk, "--part", str(self.partition),
                "--label", self.label, "--loader", f"\\EFI\\{self.directory}\\{name}"]

    def perform(self, host: Host, report: Report) -> None:
        name = loader_in(PLACE, self.directory)
        RemoveBootEntry(self.label).perform(host, report)
        host.run(["efibootmgr", "--quiet", *self._arguments(name)])


@dataclass(frozen=True)
class RemoveBootEntry:
    """Take an entry of ours out, and out of the order."""

    label: str

    def describe(self) -> str:
        return f"efibootmgr: remove the entry {self.label}, where there is one"

    def perform(self, host: Host, report: Report) -> None:
        del report
        found = entries(host)
        for entry in found.labelled(self.label):
            if found.next == entry.number:
                host.run(["efibootmgr", "--quiet", "--delete-bootnext"])
            host.run(["efibootmgr", "--quiet", "--bootnum", entry.number, "--delete-bootnum"])


@dataclass(frozen=True)
class BootNext:
    """Make the next boot, and only that, take an entry."""

    label: str

    def describe(self) -> str:
        return f"efibootmgr --bootnext: the entry {self.label}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(["efibootmgr", "--quiet", "--bootnext", _number(host, self.label)])


@dataclass(frozen=True)
class BootFirst:
    """Put an entry at the head of the order."""

    label: str

    def describe(self) -> str:
        return f"efibootmgr --bootorder: the entry {self.label} first"

    def perform(self, host: Host, report: Report) -> None:
        del report
        number = _number(host, self.label)
        rest = [other for other in entries(host).order if other != number]
        host.run(["efibootmgr", "--quiet", "--bootorder", ",".join([number, *rest])])


def _number(host: Host, label: str) -> str:
    found = entries(host).labelled(label)
    if not found:
        raise StepFailed(f"The firmware has no boot entry {label}.",
                         "Look at efibootmgr; some firmwares throw foreign entries away.")
    return found[0].number
