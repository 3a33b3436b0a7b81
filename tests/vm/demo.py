"""The demonstration behind script/demo: the whole conversion on a practice machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import types

from tests.vm.machine import Machine
from tests.vm.practice import Practice, practice_machine
from tests.vm.progress import say
from tests.vm.run import run_scenario

INTRODUCTION = """
A practice machine is about to open: Debian 12 on its first disk, and a second, blank disk.
Nothing on this computer is touched. In bootmirror, on it:

  1 Disks     the first disk is the source; pick the second as the mirror, then enter
  2 Configs   read what will be written (change it if you like), then accept
  3 Run       type the serial number {mirror} to let the second disk be erased, and watch.
              When it asks for the reboot, let it: this window comes back by itself.
              Then type {source} to let the old disk become the other half.

Keys are at the bottom of each screen, ? is help, q leaves (the work goes on).
It is an emulated machine, several times slower than a real one: allow it 10 minutes in all.
"""


def _restarting(machine: Machine, before: str) -> bool:
    """Whether the machine is going down, or has gone."""
    if machine.ssh.boot_id() != before:
        return True
    state = machine.ssh.try_run("systemctl", "is-system-running", timeout=30)
    return state.stdout.strip() == b"stopping" or machine.ssh.boot_id() != before


def _terminal() -> list[str]:
    """What this terminal is, for the machine: its kind, and whether it shows more than ASCII."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    encoding = next((name for name in names if name), "")
    wide = "utf-8" in encoding.lower() or "utf8" in encoding.lower()
    return [f"TERM={os.environ.get('TERM', 'xterm')}", f"LANG={'C.UTF-8' if wide else 'C'}"]


def _open(practice: Practice) -> bool:
    """One visit to bootmirror; True when it ended because the machine restarted."""
    machine = practice.machine
    before = machine.ssh.boot_id()
    subprocess.run(
        machine.ssh.login("env", *_terminal(), "/usr/local/sbin/bootmirror"), check=False
    )
    if not _restarting(machine, before):
        return False
    say("the machine restarts (a minute)")
    machine.wait_up(other_than=before)
    return True


def _on_terminal() -> None:
    with practice_machine() as practice:
        print(INTRODUCTION.format(source=practice.source.serial, mirror=practice.mirror.serial))
        input("Press enter to open bootmirror on it. ")
        while practice.machine.running:
            if _open(practice):
                continue
            answer = input(
                "\nYou left bootmirror; what it was doing goes on.\n"
                "enter: open it again   s: a shell on the machine   e: end the demonstration  > "
            )
            if answer.strip().lower().startswith("e"):
                return
            if answer.strip().lower().startswith("s"):
                subprocess.run(practice.machine.ssh.login(), check=False)


def _stop(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Entry: 0 shown, 1 something failed."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        if sys.stdin.isatty() and sys.stdout.isatty():
            _on_terminal()
        else:
            say("no terminal here: the conversion is carried out headless, each step shown")
            print(run_scenario("debian12-bios-grub-headless"))
    except (KeyboardInterrupt, EOFError):
        say("stopped; the practice machine is gone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
