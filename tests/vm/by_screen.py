"""The conversion by the full screen: the keys a person presses, in a person's order."""

from __future__ import annotations

from tests.vm.image.spec import MIRROR_SERIAL, SOURCE_SERIAL
from tests.vm.machine import Machine
from tests.vm.progress import phase, say
from tests.vm.screen import Screen
from tests.vm.ssh import Ssh

# Seconds an emulated machine may take; each is several times what was seen.
START, ANSWER, HALF = 120, 60, 1500

# What is offered, or said, when the work stands still.
TRY_AGAIN, REFUSED = "t try again", "Not done"


def open_screen(ssh: Ssh) -> Screen:
    """A new login that opens bootmirror."""
    command = ("env", "TERM=xterm-256color", "LANG=C.UTF-8", "/usr/local/sbin/bootmirror")
    return Screen(ssh.login(*command))


def consent(screen: Screen, serial: str) -> None:
    """Answer the dialog "Erase disk …?" by typing the serial number.

    The disk may be sda or sdb: the kernel names them anew at each boot, in the order it finds them.
    """
    screen.wait_for("Erase disk sd", seconds=ANSWER)
    screen.wait_for(serial, seconds=ANSWER)
    screen.type(serial)
    screen.press("enter")
    screen.wait_for("[> Erase sd", seconds=ANSWER)
    screen.press("enter")


def approve(screen: Screen) -> None:
    """Disks, configs, review, consent: everything up to where the work begins."""
    screen.wait_for("[1 Disks]", seconds=START)
    screen.wait_for("make the plan (enter)", seconds=ANSWER)
    screen.press("enter")
    screen.wait_for("[2 Configs]", seconds=ANSWER)
    screen.wait_for("no complaints", seconds=ANSWER)
    screen.press("tab", "tab")  # a person looks at the files
    screen.press("enter")
    screen.wait_for("REVIEW:", seconds=ANSWER)
    screen.press("pagedown")
    screen.press("enter")
    consent(screen, MIRROR_SERIAL)
    screen.wait_for("[3 Run]", seconds=ANSWER)


def wait_for_reboot_offer(screen: Screen) -> None:
    """The first half runs to its end. Raises ScreenError."""
    found = screen.wait_for(REFUSED, keys=("r reboot", TRY_AGAIN), seconds=HALF)
    if found != "r reboot":
        raise RuntimeError(f"the first half stopped:\n{screen.text()}")


def confirm_reboot(screen: Screen) -> None:
    """Ask for the reboot, and say yes."""
    screen.press("r")
    screen.wait_for("Reboot now?", seconds=ANSWER)
    screen.press("right", "enter")


def reboot(machine: Machine, screen: Screen) -> None:
    """Let bootmirror restart the machine, and wait until it is back."""
    before = machine.ssh.boot_id()
    confirm_reboot(screen)
    machine.ssh.hang_up()
    machine.wait_up(other_than=before)


def second_half(screen: Screen) -> None:
    """After the reboot: go on, and consent to the old disk's erasure when it is asked for."""
    screen.wait_for("[3 Run]", seconds=START)
    keys = ("g go on", "c consent", TRY_AGAIN)
    found = screen.wait_for(REFUSED, keys=keys, seconds=ANSWER)
    if found == "g go on":
        screen.press("g")
        found = screen.wait_for("Erase disk sd", REFUSED, keys=keys[1:], seconds=HALF)
    if found in (TRY_AGAIN, REFUSED):
        raise RuntimeError(f"the second half stopped:\n{screen.text()}")
    if found == "c consent":
        screen.press("c")
    consent(screen, SOURCE_SERIAL)


def wait_until_mirrored(screen: Screen) -> None:
    """The second half runs to its end. Raises ScreenError."""
    if screen.wait_for("Mirrored", REFUSED, keys=(TRY_AGAIN,), seconds=HALF) != "Mirrored":
        raise RuntimeError(f"the second half stopped:\n{screen.text()}")


def leave(screen: Screen) -> None:
    """q, and the login ends."""
    screen.press("q")
    with phase("leaving the screen"):
        screen.wait_end(ANSWER)


def show(screen: Screen) -> None:
    """Print what the screen shows, for the record."""
    for line in screen.text().splitlines():
        say(f"  │{line}")
