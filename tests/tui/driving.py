"""Driving the app in tests: open it on a session, press keys, read the screen as text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from textual import events
from textual.pilot import Pilot

from bootmirror.engine.session import Session
from tui.app import BootmirrorApp
from tui.glyphs import UNICODE, Glyphs

SIZE = (80, 24)


S = TypeVar("S", bound=Session)


class Driven(Generic[S]):
    """An open app."""

    def __init__(self, app: BootmirrorApp, pilot: Pilot[int], session: S) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    async def press(self, *keys: str) -> str:
        """Press keys, each after the one before has had its effect; the screen as text."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()
        return self.text

    async def burst(self, *keys: str) -> str:
        """Keys that are there all at once, as from a line that had stalled."""
        for key in keys:
            self.app.post_message(events.Key(key, "\r" if key == "enter" else None))
        await self.settle()
        return self.text

    async def type(self, text: str) -> str:
        await self.pilot.press(*("space" if char == " " else char for char in text))
        await self.settle()
        return self.text

    async def settle(self) -> None:
        """Until no call of the engine is under way and every message was handled."""
        await settled(self.pilot)

    async def wait(self, seconds: float = 0.4) -> str:
        """Longer than the editor's debounce, then until all is at rest."""
        await self.pilot.pause(seconds)
        await self.settle()
        return self.text

    async def tell(self) -> str:
        """Let the app see what was changed in the session, as its poller would."""
        self.app.refresh_facts()
        await self.settle()
        return self.text

    async def tell_here(self) -> str:
        """The same, staying on the present screen."""
        self.app.refresh_facts(stay=True)
        await self.settle()
        return self.text

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def footer(self) -> str:
        return self.text.splitlines()[-1]

    @property
    def place(self) -> str:
        return type(self.app.screen).__name__


def screen_text(app: BootmirrorApp) -> str:
    """What stands on the screen, row by row."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def settled(pilot: Pilot[int]) -> None:
    await pilot.pause()
    for _ in range(500):
        app = pilot.app
        assert isinstance(app, BootmirrorApp)
        if not app.calls and not app.state.planning:
            break
        await asyncio.sleep(0.01)
        await pilot.pause()
    else:
        raise AssertionError("the app did not come to rest within 5 seconds")
    await pilot.pause()


@asynccontextmanager
async def opened(
    session: S, size: tuple[int, int] = SIZE, glyphs: Glyphs = UNICODE
) -> AsyncIterator[Driven[S]]:
    app = BootmirrorApp(session, glyphs)
    async with app.run_test(size=size) as pilot:
        driven = Driven(app, pilot, session)
        await driven.settle()
        yield driven
