"""script/demo on a terminal, as a newcomer meets it: one window from first key to mirror."""

from __future__ import annotations

from pathlib import Path

from tests.vm import by_screen
from tests.vm.progress import phase
from tests.vm.screen import Screen

DEMO = Path(__file__).resolve().parents[3] / "script" / "demo"
BUILD = 1800  # seconds for packages and the base image, where the cache is empty
RESTART = 300


def run() -> str:
    """Carry it out; the words of the last line. Raises ScreenError."""
    with Screen([str(DEMO)]) as screen:
        with phase("the practice machine"):
            screen.wait_for("Press enter to open bootmirror", seconds=BUILD)
            by_screen.show(screen)
        screen.press("enter")
        with phase("the first half"):
            by_screen.approve(screen)
            by_screen.wait_for_reboot_offer(screen)
        with phase("the machine restarts, the window comes back"):
            by_screen.confirm_reboot(screen)
            screen.wait_for("the machine restarts", seconds=RESTART)
            screen.wait_for("[3 Run]", seconds=RESTART)
        with phase("the second half"):
            by_screen.second_half(screen)
            by_screen.wait_until_mirrored(screen)
            by_screen.show(screen)
        screen.press("q")
        screen.wait_for("You left bootmirror", seconds=by_screen.ANSWER)
        screen.press("e", "enter")
        screen.wait_end(by_screen.ANSWER)
    return "one window, from the first key to the mirror"
