"""The screens on the engine itself: a live session, its journal, a worker that is a real process.

Only the steps are made up; the fake session of the other tests is held true by this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from bootmirror.engine.session import Session
from bootmirror.engine.view import Phase, RehearsalView, Stage, Verdict
from bootmirror.records import to_plain
from tests.tui.driving import settled
from tests.unit.engine.conftest import Conversion
from tests.unit.engine.fake_session import Session as EngineSession
from tui.app import BootmirrorApp
from tui.screens.dialog import Notice

ENDED = RehearsalView(
    "MIR1", False, Stage.KERNEL, 31.5, 900.0, ("Gave up waiting for root.",), "tcg", True,
    Verdict.FAILED, "No root.",
)


async def until(app: BootmirrorApp, pilot: object, phase: Phase) -> None:
    """Wait until the app shows this phase, as its poller finds it."""
    from textual.pilot import Pilot

    for _ in range(100):
        await cast("Pilot[int]", pilot).pause(0.1)
        if app.state.phase is phase:
            await settled(cast("Pilot[int]", pilot))
            return
    raise AssertionError(f"still {app.state.phase} after 10 seconds: {app.state.view.headline}")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[EngineSession]:
    made = EngineSession(Conversion(tmp_path))
    yield made
    for worker in made.workers:
        worker.communicate(timeout=20)


def opened(session: EngineSession) -> BootmirrorApp:
    return BootmirrorApp(cast("Session", session))


async def test_from_the_disks_to_the_end_with_keys_alone(session: EngineSession) -> None:
    app = opened(session)
    async with app.run_test(size=(80, 24)) as pilot:

        async def press(*keys: str) -> None:
            for key in keys:
                await pilot.press(key)
                await settled(pilot)

        await settled(pilot)
        await press("s", "enter", "m", "down", "enter")
        await press("enter", "enter", "enter", *"MIR1", "enter", "enter")
        await until(app, pilot, Phase.REBOOT)
        assert session.conversion.effects[0] == "check"
        session.conversion.world.set(boot_id="boot-2", md=True)  # as the reboot would
        await until(app, pilot, Phase.REBOOTED)
        await press("g")
        await until(app, pilot, Phase.CONSENT)
        await press("c", *"SRC1", "enter", "enter")
        await until(app, pilot, Phase.DONE)
    assert session.conversion.effects[-1] == "verify"


async def test_a_failed_step_is_shown_and_tried_again(session: EngineSession) -> None:
    trouble = session.conversion.trouble("copy-system")
    session.conversion.approve(("partition-mirror", "MIR1"))
    session.start()
    session.wait()
    app = opened(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.state.phase is Phase.FAILED
        assert "It broke." in app.screen.query_one("#body").text  # type: ignore[attr-defined]
        trouble.unlink()
        await pilot.press("t")
        await until(app, pilot, Phase.REBOOT)


async def test_a_fall_back_says_why_and_asks_consent_again_where_the_engine_wants_it(
    session: EngineSession,
) -> None:
    session.conversion.approve(("partition-mirror", "MIR1"))
    session.start()
    session.wait()
    session.conversion.world.set(boot_id="boot-2", md=False)
    app = opened(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.state.phase is Phase.FELL_BACK
        assert "GRUB found no array." in app.screen.query_one("#body").text  # type: ignore[attr-defined]
        await pilot.press("t")
        await until(app, pilot, Phase.CONSENT)
        for key in (*"MIR1", "enter", "enter"):
            await pilot.press(key)
            await settled(pilot)
        await until(app, pilot, Phase.REBOOT)


async def test_a_rehearsal_is_begun_from_the_screen(session: EngineSession) -> None:
    session.conversion.approve(("partition-mirror", "MIR1"))
    session.start()
    session.wait()
    app = opened(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in ("e", "s"):
            await pilot.press(key)
            await settled(pilot)
        assert session.rehearsed == ["MIR1"]
        session.conversion.state.rehearsal.write_text(json.dumps(to_plain(ENDED)))
        session.conversion.journal().append(
            "rehearsed", disk="MIR1", verdict="failed", reason="No root.", seconds=31.5,
            first_boot=True,
        )
        for _ in range(100):
            await pilot.pause(0.1)
            if app.state.view.proofs:
                break
        text = app.screen.query_one("#body").text  # type: ignore[attr-defined]
        assert "NOT PROVED: No root." in text and "Gave up waiting for root." in text


@pytest.mark.parametrize("step", ["final-copy", "reboot"])
async def test_a_pause_keeps_the_reboot_that_waits_for_the_copy_from_coming(
    session: EngineSession, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """In the last step as well, after which there is none to pause before."""
    session.conversion.approve(("partition-mirror", "MIR1"))
    session.start()
    session.wait()
    restarted: list[object] = []
    monkeypatch.setattr(session._host, "run", lambda argv, **_: restarted.append(argv))
    monkeypatch.setattr(session._host, "sync", lambda: None)
    session.conversion.world.set(skew=121)  # the copy is out of date by now
    session.worker_seconds = 2.0
    app = opened(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in ("r", "right"):
            await pilot.press(key)
            await settled(pilot)
        await pilot.press("enter")
        for _ in range(200):
            await pilot.pause(0.05)
            current = app.state.view.current
            if app.state.phase is Phase.RUNNING and current is not None and current.id == step:
                break
        assert app.state.rebooting
        await pilot.press("p")
        for _ in range(200):
            await pilot.pause(0.05)
            if isinstance(app.screen, Notice):
                break
        await settled(pilot)
        assert isinstance(app.screen, Notice) and "Paused before" in " ".join(app.screen.texts)
        assert restarted == [] and not app.state.rebooting


async def test_undo_from_the_screen(session: EngineSession) -> None:
    session.conversion.approve(("partition-mirror", "MIR1"))
    session.start()
    session.wait()
    app = opened(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in ("u", "right", "enter"):
            await pilot.press(key)
            await settled(pilot)
        await until(app, pilot, Phase.NONE)
    assert (session.conversion.where / "blanked").exists()
