"""A reboot that waits, for minutes, until the copy is made once more: a thread of the screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bootmirror.engine.view import Phase
from bootmirror.errors import Refused
from tests.tui.driving import Driven, opened
from tests.tui.fake import REBOOT_AT, FakeSession
from tui.app import farewell

RESTARTS = "The machine restarts when this is done. p pauses before that."


class Copies(FakeSession):
    """Its reboot copies first; a pause is heeded at once."""

    def __init__(self) -> None:
        super().__init__()
        self.stand(Phase.REBOOT, REBOOT_AT)

    def reboot(self) -> None:
        self._do("reboot")
        self.stand(Phase.RUNNING, REBOOT_AT - 1)
        while self.phase is Phase.RUNNING:
            time.sleep(0.01)
        if self.phase is not Phase.REBOOT:
            raise Refused("It is not time to reboot. Paused before final-copy.", "Go on.")
        self.calls.append(("restarted",))

    def pause(self, wanted: bool) -> None:
        super().pause(wanted)
        if wanted:
            self.stand(Phase.PAUSED, REBOOT_AT - 1)


class Hurried(Copies):
    """Its pause waits for the end of the step."""

    def pause(self, wanted: bool) -> None:
        FakeSession.pause(self, wanted)


@asynccontextmanager
async def waiting(session: Copies) -> AsyncIterator[Driven[Copies]]:
    """The screen of the steps while the reboot waits."""
    async with opened(session) as driven:
        await driven.press("r", "right")
        await driven.pilot.press("enter")
        await _seen(driven, lambda: driven.app.state.phase is Phase.RUNNING)
        yield driven
        session.stand(Phase.PAUSED, REBOOT_AT - 1)  # or its thread would wait for ever


async def _seen(driven: Driven[Copies], what: object) -> str:
    """Wait until it is so, the reboot's call still under way."""
    assert callable(what)
    for _ in range(100):
        await driven.pilot.pause(0.05)
        if what():
            await driven.pilot.pause()
            return " ".join(driven.text.split())
    raise AssertionError(f"not within 5 seconds:\n{driven.text}")


async def test_it_is_said_that_a_reboot_follows() -> None:
    async with waiting(Copies()) as driven:
        told = " ".join(driven.text.split())
        assert RESTARTS in told and "you may leave" not in told
        assert "p pause" in driven.footer
        await driven.pilot.press("1")
        assert RESTARTS in await _seen(driven, lambda: driven.place == "DisksScreen")


async def test_p_pauses_and_the_reboot_refuses_itself() -> None:
    async with waiting(Copies()) as driven:
        await driven.pilot.press("p")
        await driven.settle()
        assert ("pause", "True") in driven.session.calls
        assert "It is not time to reboot." in driven.text
        await driven.press("escape")
        assert RESTARTS not in driven.text and "Paused." in driven.text
        assert "u undo" in driven.footer
        await driven.press("q")
        assert driven.app.return_value == 0  # nothing is lost by leaving now


async def test_a_pause_that_is_to_come_is_shown_and_can_be_taken_back() -> None:
    async with waiting(Hurried()) as driven:
        await driven.pilot.press("p")
        told = await _seen(driven, lambda: driven.app.state.view.pausing)
        assert "will pause after this step" in told and RESTARTS not in told
        await driven.pilot.press("p")
        assert RESTARTS in await _seen(driven, lambda: not driven.app.state.view.pausing)
        await driven.pilot.press("g", "t", "r")  # what else would change something stays shut
        assert [call[0] for call in driven.session.calls] == ["reboot", "pause", "pause"]


async def test_the_machine_restarts_when_nobody_pauses() -> None:
    async with waiting(Copies()) as driven:
        driven.session.stand(Phase.REBOOT, REBOOT_AT)
        await driven.settle()
        assert driven.session.calls == [("reboot",), ("restarted",)]
        assert not driven.app.state.rebooting


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_asks_as_the_reboot_would_not_come(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with waiting(Copies()) as driven:
        await driven.pilot.press(key)
        told = await _seen(driven, lambda: driven.place == "Confirm")
        assert "Leave?" in told and "The reboot will not come" in told
        await driven.pilot.press("enter")
        await _seen(driven, lambda: driven.place == "RunScreen")
        await driven.pilot.press(key, "right", "enter")
        assert driven.app.return_value == 0
        farewell(driven.app.state)
    said = capsys.readouterr().out
    assert "will not be restarted" in said and "reboot" in said
