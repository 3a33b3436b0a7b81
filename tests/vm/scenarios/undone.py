"""Undone just before the reboot: the mirror is blank, the machine as it was.

Then once more, and the mirror is missing at one boot after it has run the machine: an undo on the
old system wants its serial number.
"""

from __future__ import annotations

from tests.vm.arrays import device_of, source_of
from tests.vm.commands import bootmirror, conversion, plan_and_apply
from tests.vm.confirmed import wait_for_confirmation
from tests.vm.image.spec import MIRROR_SERIAL
from tests.vm.manifest import Manifest
from tests.vm.practice import practice_machine
from tests.vm.progress import phase
from tests.vm.proofs import SOURCE_UNTOUCHED, compare_files, require, require_arrays
from tests.vm.ssh import Ssh

LIVE = ("/dev", "/dev/shm", "/dev/console", "/dev/null", "/run", "/run/lock")


def live_nodes(ssh: Ssh) -> str:
    """Modes and owners in the running system's own file systems, which no copy may change."""
    return ssh.run("stat", "--format=%n %a %u %g", *LIVE)


def somebody_logs_in(ssh: Ssh) -> None:
    """A mount below /run appears while the copy's own programs run, as with each login."""
    ssh.run("systemd-run", "--no-block", "--quiet", "--property=Type=exec", "sh", "-c",
            "mkdir -p /run/user/1234; "
            "until mountpoint --quiet /run/bootmirror/copy/run; do sleep 0.2; done; "
            "mount -t tmpfs none /run/user/1234")


def blank(ssh: Ssh) -> None:
    """Nothing of the arrays is left: on the disk, in the kernel, in any process's mounts."""
    mirror = device_of(ssh, MIRROR_SERIAL)
    left = ssh.run("sh", "-c", f"wipefs --noheadings {mirror}; lsblk --noheadings --raw "
                   f"--output NAME {mirror} | sed 1d; grep ^md /proc/mdstat; "
                   "grep -l ' /run/bootmirror/' /proc/[0-9]*/mountinfo; true").strip()
    require(not left, f"the undo has left something of the mirror: {left}")


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine() as practice:
        machine = practice.machine
        with phase("noting every file"):
            before = Manifest.take(machine.ssh, practice.spec.mounts)
        nodes = live_nodes(machine.ssh)
        somebody_logs_in(machine.ssh)
        plan_and_apply(machine.ssh)
        machine.ssh.run("mountpoint", "--quiet", "/run/user/1234")
        require(live_nodes(machine.ssh) == nodes,
                f"the copy changed the running /dev or /run:\n{live_nodes(machine.ssh)}")
        bootmirror(machine.ssh, "undo")
        blank(machine.ssh)
        files = compare_files(machine, before, SOURCE_UNTOUCHED, "the machine as it was")
        plan_and_apply(machine.ssh)
        with phase("the first boot from the array, which confirms itself"):
            machine.reboot()
            wait_for_confirmation(machine)
        machine.power_cut()
        with phase("the mirror is not found at one boot"):
            machine.boot([practice.source])
        require("/md" not in source_of(machine.ssh, "/"), "the old system did not start")
        require(bool(conversion(machine.ssh).get("mirror_newer")),
                "the old system does not know that the mirror is newer")
        bootmirror(machine.ssh, "undo", code=3)
        machine.power_cut()
        with phase("it is there again"):
            machine.boot([practice.source, practice.mirror])
        require_arrays(machine, [practice.mirror.serial])
        bootmirror(machine.ssh, "resume", "--erase", practice.source.serial)
        bootmirror(machine.ssh, "verify")
        return f"blank and as it was, files compared: {files.compared}; a newer mirror is kept"
