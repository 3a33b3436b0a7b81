"""Two bootmirrors at once: one plan is carried out, whole, and the other is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bootmirror.engine.leftovers import PATIENCE
from bootmirror.engine.live import BEGINS
from bootmirror.engine.lock import deciding, worker_lock
from bootmirror.engine.plan_file import dump_plan
from bootmirror.engine.state import State
from bootmirror.engine.view import Phase
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from tests.unit.engine.conftest import MIRROR, Conversion
from tests.unit.engine.fake_session import END, Session
from tests.unit.engine.fakes import FIRST_HALF, plan


@pytest.fixture
def sessions(conversion: Conversion) -> Iterator[tuple[Session, Session]]:
    both = Session(conversion), Session(conversion)
    yield both
    for session in both:
        for worker in session.workers:
            worker.communicate(timeout=END)


def test_a_consent_to_one_plan_is_none_to_another(sessions: tuple[Session, Session]) -> None:
    slow, quick = sessions
    slow.approve(plan())
    quick.approve(plan("plan-2"))
    with pytest.raises(Refused, match="Another bootmirror has approved another plan"):
        slow.consent(*MIRROR)
    slow.start()  # having been told; nobody has consented
    assert slow.wait().phase is Phase.CONSENT


def test_no_plan_takes_the_place_of_one_whose_worker_begins_meanwhile(
    sessions: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's worker takes its lock between the first look and the writing."""
    slow, quick = sessions
    quick.approve(plan())
    fit = slow._fit
    held = worker_lock(quick.conversion.state.lock)

    def and_then_a_worker_begins(made: object) -> None:
        fit(plan("plan-2"))
        held.__enter__()

    monkeypatch.setattr(slow, "_fit", and_then_a_worker_begins)
    with pytest.raises(Refused, match="worker is at work"):
        slow.approve(plan("plan-2"))
    held.__exit__(None, None, None)
    approved = quick.approved()
    assert approved is not None and approved.id == "plan-1"


def test_a_worker_waits_for_who_is_just_approving(conversion: Conversion) -> None:
    """What it then reads is the plan that was approved, never half of each."""
    conversion.approve(MIRROR)
    ended = threading.Event()

    def work() -> None:
        conversion.work()
        ended.set()

    with deciding(conversion.state.decision):
        worker = threading.Thread(target=work)
        worker.start()
        assert not ended.wait(0.3)
        assert conversion.effects == []
        Host().write(conversion.state.plan, _dumped("plan-2"), mode=0o600)
        conversion.journal().append("approved", plan_id="plan-2")
    assert ended.wait(END)
    worker.join()
    # The consent was to the plan before: the first step that erases is not run.
    assert conversion.effects == FIRST_HALF[:1]
    assert conversion.view().plan_id == "plan-2"


def test_an_undo_may_first_wait_for_what_a_killed_worker_left() -> None:
    assert BEGINS > PATIENCE


def test_an_undo_that_another_worker_forestalls_is_refused(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bootmirror.engine.live.BEGINS", 0.3)
    session = Session(conversion)
    session.approve(plan())
    held = worker_lock(conversion.state.lock)

    def too_late(host: Host, state: State, undo: bool) -> None:
        held.__enter__()

    monkeypatch.setattr(session, "_start_worker", too_late)
    with pytest.raises(Refused, match="nothing was undone"):
        session.undo()
    held.__exit__(None, None, None)
    assert session.view().phase is Phase.APPROVED


def _dumped(plan_id: str) -> str:
    return dump_plan(plan(plan_id))
