"""Makes docs/screenshots/*.svg: what a person sees who carries out the conversion.

``script/screenshots`` (``make screenshots``): the whole conversion by the full screen on the
practice machine, with a first boot that fails, a picture at each place.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.vm import by_screen
from tests.vm.drawing import svg
from tests.vm.image.spec import MIRROR_SERIAL
from tests.vm.practice import Practice, practice_machine
from tests.vm.progress import phase, say
from tests.vm.screen import Screen
from tests.vm.superblocks import destroy, members

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def take(screen: Screen, name: str) -> None:
    """Write one picture."""
    screen.read(1)
    (FOLDER / f"{name}.svg").write_text(svg(screen.terminal), encoding="utf-8")
    say(f"docs/screenshots/{name}.svg")


def _mistake(screen: Screen) -> None:
    """A typing error in raidtab, its complaint, and back to the generated text."""
    screen.press("e", *(("down",) * 6), "end", "backspace", "b")
    screen.wait_gone("no complaints", seconds=by_screen.ANSWER)
    take(screen, "configs")
    screen.press("ctrl+g", "escape")
    screen.wait_for("no complaints", seconds=by_screen.ANSWER)


def _approve(screen: Screen) -> None:
    screen.wait_for("make the plan (enter)", seconds=by_screen.START)
    take(screen, "disks")
    screen.press("enter")
    screen.wait_for("no complaints", seconds=by_screen.ANSWER)
    _mistake(screen)
    screen.press("enter")
    screen.wait_for("REVIEW:", seconds=by_screen.ANSWER)
    take(screen, "review")
    screen.press("enter")
    screen.wait_for(MIRROR_SERIAL, seconds=by_screen.ANSWER)
    screen.type(MIRROR_SERIAL[:4])
    take(screen, "consent")
    screen.press(*(("backspace",) * 4))
    by_screen.consent(screen, MIRROR_SERIAL)


def _first_half(screen: Screen) -> None:
    screen.wait_for("MB/s", seconds=by_screen.HALF)
    time.sleep(12)
    take(screen, "run")
    by_screen.wait_for_reboot_offer(screen)
    take(screen, "reboot")


def _fall_back(practice: Practice) -> None:
    """The first boot, with the root array's superblock gone."""
    machine = practice.machine
    machine.shut_down()
    destroy(practice.mirror.path, [m for m in members(practice.mirror.path) if m.number == 2])
    machine.start([practice.source, practice.mirror])
    machine.wait_up(seconds=600)


def _try_again(screen: Screen) -> None:
    screen.wait_for(keys=(by_screen.TRY_AGAIN,), seconds=by_screen.START)
    take(screen, "fell-back")
    screen.press("t")
    by_screen.consent(screen, MIRROR_SERIAL)
    by_screen.wait_for_reboot_offer(screen)


def _second_half(screen: Screen) -> None:
    by_screen.second_half(screen)
    screen.press("1")
    screen.wait_for("rebuilding", seconds=by_screen.HALF)
    take(screen, "resync")
    screen.press("3")
    by_screen.wait_until_mirrored(screen)
    take(screen, "mirrored")
    screen.press("1")
    take(screen, "done")
    by_screen.leave(screen)


def main() -> int:
    """Entry: 0 drawn."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with practice_machine() as practice:
        machine = practice.machine
        with by_screen.open_screen(machine.ssh) as screen, phase("the first half"):
            _approve(screen)
            _first_half(screen)
        with phase("a first boot that fails"):
            _fall_back(practice)
        with by_screen.open_screen(machine.ssh) as screen:
            with phase("the first half again"):
                _try_again(screen)
            with phase("the first boot from the array"):
                by_screen.reboot(machine, screen)
        with by_screen.open_screen(machine.ssh) as screen, phase("the second half"):
            _second_half(screen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
