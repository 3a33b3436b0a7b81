"""The session a screen or a command works with: what it allows and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bootmirror.actions.action import Action
from bootmirror.engine.lock import worker_lock
from bootmirror.engine.undoing import UndoWorker
from bootmirror.engine.view import Phase, StepState
from bootmirror.engine.worker import Stopped
from bootmirror.errors import BootmirrorError, ExitCode, NoConsent, Refused, StalePlan
from bootmirror.formats.complaint import Complaint
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.plan.model import ConfigFile, Plan
from tests.unit.engine.conftest import MIRROR, SOURCE, Conversion
from tests.unit.engine.fake_session import END, Session
from tests.unit.engine.fakes import FIRST_HALF, QuietHost, plan, recipe


@pytest.fixture
def session(conversion: Conversion) -> Iterator[Session]:
    session = Session(conversion)
    yield session
    for worker in session.workers:
        worker.communicate(timeout=END)


def test_a_whole_conversion(session: Session) -> None:
    assert session.approved() is None
    session.approve(plan())
    assert session.approved() == plan()
    session.start()
    assert session.wait().phase is Phase.CONSENT
    session.consent("partition-mirror", "MIR1")
    session.start()
    assert session.wait().phase is Phase.REBOOT
    session.conversion.reboot(md=True)
    assert session.view().phase is Phase.REBOOTED
    session.start()
    assert session.wait().phase is Phase.CONSENT
    session.consent("partition-source", "SRC1")
    session.start()
    assert session.wait().phase is Phase.DONE
    # the steps of the second half are there too, each once
    assert len(session.conversion.effects) == len(set(session.conversion.effects)) == 12


def test_starting_without_the_consent_wanted_next_is_refused(session: Session) -> None:
    session.approve(plan())
    session.start()
    session.wait()
    with pytest.raises(NoConsent) as refused:
        session.start()
    assert refused.value.disk_id == "MIR1"
    assert session.conversion.effects == ["check"]


@pytest.mark.parametrize("typed", ["", "SRC1", "mir1", "MIR1x", "sdb"])
def test_consent_is_the_id_letter_by_letter(session: Session, typed: str) -> None:
    session.approve(plan())
    with pytest.raises(NoConsent):
        session.consent("partition-mirror", typed)
    session.start()
    assert session.wait().phase is Phase.CONSENT


def test_consent_to_a_step_that_erases_nothing_is_refused(session: Session) -> None:
    session.approve(plan())
    with pytest.raises(Refused, match="erases no disk"):
        session.consent("copy-system", "MIR1")


def test_a_plan_with_an_error_in_its_files_is_refused(session: Session) -> None:
    fault = ConfigFile("/etc/fstab", "", "", "a", "b", (Complaint(3, 1, "no such UUID"),))
    with pytest.raises(Refused, match="/etc/fstab:3:1  no such UUID"):
        session.approve(replace(plan(), configs=(fault,)))
    assert session.view().phase is Phase.NONE
    assert not session.conversion.state.root.exists()


def test_a_disk_that_will_not_do_is_refused(session: Session) -> None:
    session.refusals = (Refusal("mounted", "sdb1 is mounted on /x.", "Unmount it."),)
    with pytest.raises(Refused, match="sdb1 is mounted"):
        session.approve(plan())
    assert session.approved() is None


def test_a_plan_made_from_other_facts_is_refused(session: Session) -> None:
    session.conversion.world.set(all=["kernel: 6.2, was 6.1"])
    with pytest.raises(StalePlan) as refused:
        session.approve(plan())
    assert refused.value.differences == ("kernel: 6.2, was 6.1",)


def test_one_conversion_at_a_time(session: Session) -> None:
    session.approve(plan())
    session.approve(plan("plan-2"))  # nothing has been changed yet: another plan may take over
    assert session.approved() == plan("plan-2")
    session.consent(*MIRROR)
    session.start()
    session.wait()
    with pytest.raises(Refused, match="under way"):
        session.approve(plan("plan-3"))
    assert session.approved() == plan("plan-2")


def test_while_a_worker_is_at_work_nothing_else_begins(session: Session) -> None:
    session.approve(plan())
    with worker_lock(session.conversion.state.lock):
        for doing in (session.start, session.retry, lambda: session.approve(plan("plan-2"))):
            with pytest.raises(Refused, match="worker is at work"):
                doing()
        with pytest.raises(Refused, match="worker is at work"):
            session.undo()
    assert session.view().phase is Phase.APPROVED


def test_pause_and_go_on(session: Session) -> None:
    session.worker_seconds = 0.3
    session.approve(plan())
    session.consent(*MIRROR)
    session.start()
    session.wait(lambda view: view.current is not None and view.current.id == "copy-system")
    session.pause(True)
    assert session.view().pausing
    view = session.wait()
    assert view.phase is Phase.PAUSED
    assert session.conversion.effects == FIRST_HALF[:4]
    session.worker_seconds = 0.0
    session.start()
    assert session.wait().phase is Phase.REBOOT


def test_progress_is_seen_while_a_step_runs(session: Session) -> None:
    session.worker_seconds = 0.4
    session.approve(plan())
    session.start()
    view = session.wait(lambda view: view.progress is not None)
    assert view.progress is not None
    assert (view.progress.step, view.progress.fraction) == ("check", 0.5)
    assert session.wait().progress is None


def test_after_a_fall_back_a_retry_wants_consent_anew(session: Session) -> None:
    to_the_reboot(session)
    session.conversion.reboot(md=False)
    assert session.view().phase is Phase.FELL_BACK
    with pytest.raises(Refused):
        session.start()
    session.retry()
    view = session.view()
    assert view.phase is Phase.CONSENT
    assert [s.id for s in view.steps if s.state is StepState.FINISHED] == ["check"]
    with pytest.raises(NoConsent):
        session.start()
    session.consent(*MIRROR)
    session.start()
    assert session.wait().phase is Phase.REBOOT
    assert session.conversion.effects == [*FIRST_HALF, *FIRST_HALF[1:]]


def test_after_a_fall_back_no_step_counts_as_done_by_its_traces(session: Session) -> None:
    """The mirror failed to boot: what lies on it is made anew, however right it looks."""
    session.approve(plan())
    for _ in range(2):
        session.consent(*MIRROR)
        session.conversion.spawn(seconds=0.0, knows=True).communicate(timeout=END)
        assert session.view().phase is Phase.REBOOT
        session.conversion.reboot(md=False)
        session.retry()
    assert session.conversion.effects == [*FIRST_HALF, *FIRST_HALF[1:]]


def test_after_a_failure_a_retry_keeps_the_consent(session: Session) -> None:
    session.approve(plan())
    session.consent(*MIRROR)
    trouble = session.conversion.trouble("copy-system")
    session.start()
    assert session.wait().phase is Phase.FAILED
    trouble.unlink()
    session.retry()
    session.start()
    assert session.wait().phase is Phase.REBOOT


def to_the_reboot(session: Session) -> None:
    """The first half is done."""
    session.approve(plan())
    session.consent(*MIRROR)
    session.start()
    session.wait()


def the_old_system_after_the_mirror_ran(session: Session) -> None:
    """The mirror was confirmed and ran; at this boot its disk was not found."""
    to_the_reboot(session)
    session.conversion.reboot(md=False)
    session.conversion.world.set(ran=True)


@pytest.mark.parametrize("retried", [True, False], ids=["on the screen", "by resume"])
def test_a_copy_that_a_power_cut_tore_begins_anew_however_it_is_gone_on_with(
    session: Session, retried: bool
) -> None:
    session.approve(plan())
    session.consent(*MIRROR)
    session.conversion.trouble("copy-system")
    session.start()
    assert session.wait().phase is Phase.FAILED
    session.conversion.reboot(md=False)
    session.conversion.trouble("copy-system").unlink()
    before = len(session.conversion.effects)
    if retried:
        session.retry()
    session.start()
    assert session.wait().phase is Phase.REBOOT
    assert session.conversion.effects[before:] == list(
        FIRST_HALF[FIRST_HALF.index("make-filesystems"):])


def test_undo_before_anything_was_changed(session: Session) -> None:
    session.approve(plan())
    session.undo()
    assert not (session.conversion.where / "blanked").exists()
    view = session.view()
    assert view.phase is Phase.NONE
    assert view.headline.startswith("Undone.")
    assert session.approved() is None
    session.approve(plan())
    assert session.view().phase is Phase.APPROVED


def test_a_mirror_that_ran_the_machine_since_is_undone_with_consent_alone(
    session: Session
) -> None:
    """Its disk was not found at one boot, and the old system came up: the mirror is newer."""
    the_old_system_after_the_mirror_ran(session)
    view = session.view()
    assert view.phase is Phase.FELL_BACK and view.mirror_newer
    assert view.headline == "This is the old system on sda. The mirror ran since, and is newer."
    assert view.next.startswith("Boot the mirror")
    assert "erases it" in view.hint
    with pytest.raises(NoConsent, match="what was written since is on it alone"):
        session.undo()
    session.retry()
    with pytest.raises(NoConsent):  # a new try that has not begun has erased nothing
        session.undo()
    with pytest.raises(NoConsent, match="is not the id of sdb"):
        session.consent("undo", "SRC1")
    blanked = session.conversion.where / "blanked"
    assert not blanked.exists()
    session.consent("undo", "MIR1")
    session.undo()
    assert blanked.exists()


def test_a_consent_to_an_undo_counts_for_no_later_one(session: Session) -> None:
    to_the_reboot(session)
    session.consent("undo", "MIR1")  # which wants none before the mirror has run
    session.conversion.reboot(md=False)
    session.conversion.world.set(ran=True)
    with pytest.raises(NoConsent):
        session.undo()


def test_a_mirror_that_is_made_anew_is_newer_no_more(session: Session) -> None:
    the_old_system_after_the_mirror_ran(session)
    session.retry()
    session.consent(*MIRROR)
    session.conversion.trouble("copy-system")
    session.start()
    view = session.wait()
    assert view.phase is Phase.FAILED and not view.mirror_newer
    session.undo()
    assert session.view().phase is Phase.NONE


def test_undo_takes_the_mirror_away(session: Session) -> None:
    to_the_reboot(session)
    blanked = session.conversion.where / "blanked"
    trouble = session.conversion.trouble("undo")
    with pytest.raises(BootmirrorError, match="sdb is busy"):
        session.undo()
    view = session.view()
    assert (view.phase, view.message) == (Phase.INTERRUPTED, "sdb is busy.")
    for doing in (session.start, session.retry):
        with pytest.raises(Refused, match="undo was interrupted"):
            doing()
    assert not blanked.exists()
    trouble.unlink()
    session.undo()
    assert blanked.exists()
    assert session.view().phase is Phase.NONE
    with pytest.raises(Refused, match="No conversion"):
        session.start()


def test_an_error_that_nothing_foresaw_is_told_in_an_undo_too(session: Session) -> None:
    to_the_reboot(session)
    trouble = session.conversion.trouble("undo", "crash")
    with pytest.raises(BootmirrorError, match="RuntimeError: a fault"):
        session.undo()
    view = session.view()
    assert (view.phase, view.message) == (Phase.INTERRUPTED, "RuntimeError: a fault")
    assert "fault of bootmirror itself" in view.hint
    trouble.unlink()
    session.undo()
    assert session.view().phase is Phase.NONE


def test_an_undo_that_is_stopped_can_be_gone_on_with(session: Session) -> None:
    to_the_reboot(session)
    where = session.conversion
    steps, around = recipe(where.where / "effects"), where.world.around()

    def stopped(_plan: Plan, _machine: Machine) -> tuple[Action, ...]:
        raise Stopped

    assert UndoWorker(where.state, steps, around, QuietHost).run(stopped) is ExitCode.FAILED
    assert session.view().headline.startswith("The undo was interrupted.")
    session.undo()
    assert session.view().phase is Phase.NONE


def test_no_undo_on_the_mirror_or_once_the_source_has_gone(session: Session) -> None:
    to_the_reboot(session)
    session.conversion.reboot(md=True)
    with pytest.raises(Refused, match="runs from the mirror"):
        session.undo()
    session.consent(*SOURCE)
    session.start()
    session.wait()
    session.conversion.world.set(md=False)
    with pytest.raises(Refused, match="no way back"):
        session.undo()


def test_reboot_only_when_it_is_time(session: Session) -> None:
    session.approve(plan())
    with pytest.raises(Refused, match="not time to reboot"):
        session.reboot()


def test_reboot_copies_what_was_written_since(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.approve(plan())
    session.consent(*MIRROR)
    session.start()
    session.wait()
    ran: list[list[str]] = []
    monkeypatch.setattr(session._host, "run", lambda argv, **_: ran.append(list(argv)))
    monkeypatch.setattr(session._host, "sync", lambda: None)
    session.reboot()
    assert session.conversion.effects == FIRST_HALF
    session.conversion.world.set(skew=121)
    session.reboot()
    assert session.conversion.effects == [*FIRST_HALF, "final-copy", "reboot"]
    assert [argv[-1] for argv in ran] == ["reboot", "reboot"]


def test_a_failing_final_copy_keeps_the_machine_up(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.approve(plan())
    session.consent(*MIRROR)
    session.start()
    session.wait()
    monkeypatch.setattr(session._host, "run", lambda argv, **_: pytest.fail("rebooted"))
    session.conversion.world.set(skew=121)
    session.conversion.trouble("final-copy")
    with pytest.raises(Refused, match="not time to reboot"):
        session.reboot()
    assert session.view().exit_code == ExitCode.FAILED


def test_idle_the_very_same_view_is_given(session: Session) -> None:
    session.approve(plan())
    assert session.view() is session.view()
    session.conversion.journal().append("note", text="news")
    assert session.view().output[-1] == "news"
