"""Undone just before the reboot, with UEFI: the firmware's boot entries are as they were, the
mirror is blank, and the machine reboots into the system it had.
"""

from __future__ import annotations

from bootmirror.formats.efibootmgr import BootEntries, parse_efibootmgr
from tests.vm.arrays import source_of
from tests.vm.commands import bootmirror, plan_and_apply
from tests.vm.manifest import Manifest
from tests.vm.practice import practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import SOURCE_UNTOUCHED, compare_files, require
from tests.vm.scenarios.first_boot_fails_uefi import SPEC
from tests.vm.scenarios.undone import blank
from tests.vm.ssh import Ssh
from tests.vm.uefi import as_installed


def boot_entries(ssh: Ssh) -> BootEntries:
    return parse_efibootmgr(ssh.run("efibootmgr"))


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine(SPEC) as practice:
        machine = practice.machine
        as_installed(practice)
        with phase("noting every file"):
            before = Manifest.take(machine.ssh, practice.spec.mounts)
        entries = boot_entries(machine.ssh)
        plan_and_apply(machine.ssh)
        armed = boot_entries(machine.ssh)
        require(bool(armed.next) and len(armed.entries) == len(entries.entries) + 1,
                f"the first boot is not armed: {armed}")
        bootmirror(machine.ssh, "undo")
        blank(machine.ssh)
        left = boot_entries(machine.ssh)
        require(left == entries, f"the firmware's boot entries were {entries} and are {left}")
        with phase("a reboot"):
            machine.reboot()
        require("/md" not in source_of(machine.ssh, "/"), "the old system did not start")
        for line in machine.ssh.run("efibootmgr").splitlines():
            say(f"  {line}")
        files = compare_files(machine, before, SOURCE_UNTOUCHED, "the machine as it was")
        return f"boot entries as they were, blank, and files compared: {files.compared}"
