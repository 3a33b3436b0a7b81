"""A dialog is answered once: keys that come in one burst do what the first of them did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError
from tests.tui.driving import Driven, opened
from tests.tui.fake import COPY, REBOOT_AT, FakeSession
from tests.tui.replayed import Replayed
from tests.tui.test_run import TO_CONSENT
from tui.screens.too_small import TooSmall

Make = Callable[[], FakeSession]
ID = tuple("184733C")


def unmade() -> FakeSession:
    return FakeSession()


def running() -> FakeSession:
    return FakeSession().stand(Phase.RUNNING, COPY)


def paused() -> FakeSession:
    return FakeSession().stand(Phase.PAUSED, COPY)


def at_reboot() -> FakeSession:
    return FakeSession().stand(Phase.REBOOT, REBOOT_AT)


# What opens, what leads to the dialog, and the key that is there twice.
BURSTS = {
    "confirm, no": (at_reboot, ("r",), "enter"),
    "confirm, yes": (at_reboot, ("r", "right"), "enter"),
    "confirm, yes, undo": (paused, ("u", "right"), "enter"),
    "confirm, esc": (at_reboot, ("r",), "escape"),
    "confirm, n": (at_reboot, ("r",), "n"),
    "consent, no": (unmade, TO_CONSENT, "enter"),
    "consent, wrong": (unmade, (*TO_CONSENT, "x", "tab"), "enter"),
    "consent, yes": (unmade, (*TO_CONSENT, *ID, "enter"), "enter"),
    "consent, esc": (unmade, TO_CONSENT, "escape"),
    "notice, enter": (running, ("l",), "enter"),
    "notice, space": (running, ("l",), "space"),
    "notice, esc": (running, ("l",), "escape"),
    "reading, enter": (running, ("enter",), "enter"),
    "reading, q": (running, ("enter",), "q"),
    "reading, esc": (unmade, ("2", "question_mark"), "escape"),
    "a list, enter": (unmade, ("m",), "enter"),
    "a list, esc": (unmade, ("m",), "escape"),
}


async def left_by(make: Make, keys: tuple[str, ...], burst: tuple[str, ...]) -> object:
    """The screens, the calls of the engine and what is shown, after these keys."""
    async with opened(make()) as driven:
        await driven.press(*keys)
        before = len(driven.app.screen_stack)
        text = await driven.burst(*burst)
        assert driven.app.is_running
        assert 1 < len(driven.app.screen_stack) <= before
        return list(map(type, driven.app.screen_stack)), driven.session.calls, text


@pytest.mark.parametrize("name", BURSTS)
async def test_a_key_twice_in_a_burst_is_as_the_key_once(name: str) -> None:
    make, keys, key = BURSTS[name]
    assert await left_by(make, keys, (key, key)) == await left_by(make, keys, (key,))


@pytest.mark.parametrize("button", [(), ("right",), ("right", "right")])
async def test_a_button_twice_in_a_burst_decides_once_about_a_file(button: tuple[str, ...]) -> None:
    async def decided(*burst: str) -> tuple[object, ...]:
        async with opened(Replayed()) as driven:
            await driven.press("enter", "e", "end")
            driven.session.change("/etc/fstab", lambda text: f"{text}tmpfs /tmp tmpfs nosuid 0 0\n")
            await driven.tell_here()
            await driven.press("ctrl+r", *button)
            assert driven.place == "ChangedOnDisk"
            text = await driven.burst(*burst)
            assert driven.app.is_running
            return driven.place, len(driven.app.screen_stack), driven.app.state.choices, text

    assert await decided("enter", "enter") == await decided("enter")


async def test_keys_of_a_burst_do_not_reach_what_lies_under_a_dialog() -> None:
    async with opened(paused()) as driven:
        await driven.press("l")
        await driven.burst("escape", "g")
        assert driven.place == "RunScreen" and driven.session.calls == []
        await driven.press("g")
        assert driven.session.calls[-1] == ("start",)


async def test_a_button_can_be_pressed_again_where_it_was_no_answer() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press(*TO_CONSENT, "x", "tab", "enter")
        assert "is not the serial number" in driven.text and driven.session.calls == []
        await driven.press("backspace", *ID, "tab", "enter")
        assert driven.place == "RunScreen"


async def _resized(driven: Driven[FakeSession], columns: int, rows: int) -> str:
    await driven.pilot.resize_terminal(columns, rows)
    await driven.settle()
    return driven.text


async def test_an_error_on_a_small_terminal_leaves_no_cover_behind() -> None:
    session = running()
    session.undoing = True
    async with opened(session) as driven:
        await _resized(driven, 60, 20)
        driven.app.show_error(BootmirrorError("The undo did not finish.", "Undo again."))
        await driven.settle()
        assert "The undo did not finish." in await _resized(driven, 80, 24)
        await driven.press("escape")
        assert driven.place == "RunScreen" and "RUN: undo" in driven.text


async def test_a_screen_that_comes_on_a_small_terminal_is_covered() -> None:
    async with opened(running(), size=(60, 20)) as driven:
        assert [type(screen).__name__ for screen in driven.app.screen_stack[1:]] == [
            "RunScreen", "TooSmall",
        ]
        driven.app.go("disks")
        await driven.settle()
        assert driven.place == "TooSmall"
        assert "Disks" in await _resized(driven, 80, 24)
        assert driven.place == "DisksScreen"


async def test_leaving_a_small_terminal_asks_about_what_would_be_lost() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "e", "end", "x", "escape")
        await driven.wait()
        assert driven.app.state.edited
        await driven.pilot.resize_terminal(60, 20)
        await driven.settle()
        assert "edits will be lost" in await driven.press("q")
        await driven.press("escape")
        assert driven.place == "TooSmall" and driven.app.is_running
        await driven.press("q")
        await driven.pilot.resize_terminal(80, 24)
        await driven.settle()
        await driven.press("escape")
        covers = [screen for screen in driven.app.screen_stack if isinstance(screen, TooSmall)]
        assert driven.place == "ConfigsScreen" and not covers
