"""Where a conversion stands, in each situation a journal and a machine can be in."""

from __future__ import annotations

import pytest

from bootmirror.engine.lock import worker_lock
from bootmirror.engine.phases import mirror_changed
from bootmirror.engine.view import Phase, StepState
from bootmirror.errors import ExitCode, FellBack, NeedsPerson, Refused
from tests.unit.engine.conftest import MIRROR, SOURCE, Conversion
from tests.unit.engine.fakes import FIRST_HALF, recipe


def test_without_a_plan_nothing_has_been_changed(conversion: Conversion) -> None:
    view = conversion.view()
    assert view.phase is Phase.NONE
    assert "Nothing has been changed" in view.headline
    assert not conversion.state.root.exists()


def test_an_approved_plan_waits_for_its_worker(conversion: Conversion) -> None:
    conversion.approve()
    view = conversion.view()
    assert view.phase is Phase.APPROVED
    assert "Nothing has been changed" in view.headline
    assert {s.state for s in view.steps} == {StepState.WAITING}


def test_the_worker_stops_where_a_disk_would_be_erased_without_consent(
    conversion: Conversion,
) -> None:
    conversion.approve()
    assert conversion.work() is ExitCode.REFUSED
    view = conversion.view()
    assert view.phase is Phase.CONSENT
    assert (view.consent_step, view.consent_disk) == MIRROR
    assert conversion.effects == ["check"]
    assert "Nothing has been changed" in view.headline


@pytest.mark.parametrize("wrong", [("partition-mirror", "SRC1"), ("partition-source", "MIR1")])
def test_consent_for_another_disk_or_step_is_none(
    conversion: Conversion, wrong: tuple[str, str]
) -> None:
    conversion.approve(wrong)
    assert conversion.work() is ExitCode.REFUSED
    assert conversion.view().phase is Phase.CONSENT
    assert conversion.effects == ["check"]


def test_the_first_half_ends_before_the_reboot(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    assert conversion.work() is ExitCode.REBOOT_NOW
    view = conversion.view()
    assert view.phase is Phase.REBOOT
    assert conversion.effects == FIRST_HALF
    assert view.steps[3].message == "copy-system went well"


def test_on_the_array_the_second_half_goes_on(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    conversion.reboot(md=True)
    assert conversion.view().phase is Phase.REBOOTED
    assert conversion.work() is ExitCode.REFUSED
    view = conversion.view()
    assert view.phase is Phase.CONSENT
    assert (view.consent_step, view.consent_disk) == SOURCE
    assert "sda is still whole" in view.headline
    conversion.consent(SOURCE)
    assert conversion.work() is ExitCode.DONE
    assert conversion.view().phase is Phase.DONE
    assert conversion.view().headline == "Mirrored. sda and sdb both hold the system."


def test_the_array_knows_the_reboot_step_as_started_only(conversion: Conversion) -> None:
    """Its finish is written after the journal was copied."""
    conversion.approve(MIRROR)
    conversion.work()
    _cut_off_from(conversion, '"kind": "finished", "step": "reboot"')
    conversion.reboot(md=True)
    view = conversion.view()
    assert view.phase is Phase.REBOOTED
    assert conversion.states()["reboot"] is StepState.FINISHED
    conversion.work()
    assert conversion.effects.count("reboot") == 1
    assert conversion.view().phase is Phase.CONSENT


def test_a_pause_wished_for_as_it_reboots_keeps_the_boot_from_nothing(
    conversion: Conversion
) -> None:
    """The wish travels to the mirror with the journal."""
    conversion.approve(MIRROR)
    conversion.work()
    _cut_off_from(conversion, '"kind": "finished", "step": "reboot"')
    conversion.journal().append("pause", wanted=True)
    conversion.reboot(md=True)
    conversion.work()
    assert "confirm-first-boot" in conversion.effects


def test_back_on_the_old_disk_it_says_why(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    conversion.reboot(md=False)
    view = conversion.view()
    assert view.phase is Phase.FELL_BACK
    assert view.message == "GRUB found no array."
    assert "back on sda" in view.headline
    with pytest.raises(FellBack):
        conversion.work()


def test_why_it_fell_back_is_asked_once_not_at_each_poll(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    conversion.reboot(md=False)
    asked: list[str] = []
    reader = conversion.reader()
    reader._explain = lambda plan: asked.append(plan.id) or "so"  # type: ignore[func-returns-value]
    for _ in range(3):
        assert reader.view().message == "so"
        conversion.journal().append("note", text="news")
    assert asked == ["plan-1"]


def test_a_power_cut_in_the_reboot_step_is_an_interruption(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    _cut_off_from(conversion, '"kind": "finished", "step": "reboot"')
    conversion.reboot(md=False)
    assert conversion.view().phase is Phase.INTERRUPTED
    before = len(conversion.effects)
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.effects[before:] == ["arm-first-boot", "final-copy", "reboot"]


@pytest.mark.parametrize("cut", [
    '"kind": "started", "step": "reboot"', '"kind": "started", "step": "final-copy"',
    '"kind": "again"',
])
def test_a_cut_while_the_boot_was_chosen_hides_no_newer_mirror(
    conversion: Conversion, cut: str
) -> None:
    """The boot was chosen, before a last record or before a final copy that was made once more; it
    took the mirror. The old system came up later."""
    conversion.approve(MIRROR)
    conversion.work()
    conversion.world.set(skew=300)  # seconds: the final copy is out of date
    if "reboot" not in cut:
        conversion.work()
    _cut_off_behind(conversion, cut)
    conversion.reboot(md=False)
    conversion.world.set(ran=True)
    view = conversion.view()
    assert view.phase is Phase.FELL_BACK and view.mirror_newer
    before = conversion.effects
    with pytest.raises(FellBack, match="The mirror ran since"):
        conversion.work()
    assert conversion.effects == before


def test_a_final_copy_that_failed_with_the_boot_chosen_hides_no_newer_mirror(
    conversion: Conversion
) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    conversion.world.set(skew=300, all=["/etc/fstab was edited"], source=["/etc/fstab was edited"])
    assert conversion.work() is ExitCode.FAILED
    conversion.reboot(md=False)
    conversion.world.set(ran=True, all=[], source=[])
    assert conversion.view().phase is Phase.FELL_BACK
    with pytest.raises(FellBack):
        conversion.work()


def test_started_from_an_unfinished_mirror_a_person_must_reboot(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    _cut_off_from(conversion, '"kind": "started", "step": "final-copy"')
    conversion.reboot(md=True)
    view = conversion.view()
    assert view.phase is Phase.INTERRUPTED
    assert "Reboot" in view.headline
    with pytest.raises(NeedsPerson):
        conversion.work()


def test_a_failed_step_tells_what_and_what_to_do(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    trouble = conversion.trouble("copy-system")
    assert conversion.work() is ExitCode.FAILED
    view = conversion.view()
    assert view.phase is Phase.FAILED
    assert (view.message, view.hint, view.exit_code) == ("It broke.", "Mend it.", 1)
    assert view.current is not None and view.current.id == "copy-system"
    assert "a reboot brings back today's system" in view.headline
    trouble.unlink()
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.effects == FIRST_HALF


def test_a_fault_of_our_own_is_told_and_its_traceback_logged(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.trouble("copy-system", "crash")
    assert conversion.work() is ExitCode.FAILED
    assert conversion.view().message == "RuntimeError: a fault"
    assert "Traceback" in conversion.state.log.read_text()


def test_a_failed_confirmation_is_a_fall_back(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    conversion.reboot(md=True)
    conversion.trouble("confirm-first-boot", "fell-back")
    assert conversion.work() is ExitCode.NEEDS_PERSON
    view = conversion.view()
    assert view.phase is Phase.FELL_BACK
    assert view.message == "The array did not come up."


def test_a_step_begun_without_a_worker_was_interrupted(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    _cut_off_from(conversion, '"kind": "finished", "step": "copy-system"')
    view = conversion.view()
    assert view.phase is Phase.INTERRUPTED
    assert view.current is not None and view.current.state is StepState.INTERRUPTED
    with worker_lock(conversion.state.lock):
        view = conversion.view()
        assert view.phase is Phase.RUNNING
        assert view.headline.startswith("Copying. sda is still whole")
        assert view.current is not None and view.current.seconds is not None


def test_a_step_the_facts_show_done_is_not_done_again(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    with conversion.spawn(knows=True) as worker:
        worker.communicate()
    _cut_off_from(conversion, '"kind": "finished", "step": "copy-system"')
    with conversion.spawn(knows=True) as worker:
        worker.communicate()
    assert conversion.effects == FIRST_HALF
    assert conversion.view().steps[3].message == "already done"


def test_an_erasing_step_that_was_done_before_counts_as_begun(conversion: Conversion) -> None:
    """Else an undo would say that there is nothing to take back."""
    (conversion.where / "effects").write_text("partition-mirror\n")
    conversion.approve(MIRROR)
    with conversion.spawn(knows=True) as worker:
        worker.communicate()
    reader = conversion.reader()
    reader.refresh()
    assert conversion.view().steps[1].message == "already done"
    assert reader.plan is not None
    assert mirror_changed(reader.history, reader.plan, recipe(conversion.where / "x"))


def test_the_first_boot_confirmed_by_itself_begins_nothing(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    conversion.reboot(md=True)
    assert conversion.work(until="confirm-first-boot") is ExitCode.DONE
    assert conversion.effects[-1] == "confirm-first-boot"
    assert conversion.view().phase is Phase.REBOOTED
    assert conversion.work(until="confirm-first-boot") is ExitCode.DONE
    assert conversion.effects.count("confirm-first-boot") == 1
    conversion.work()
    assert conversion.effects[-1] == "read-back-mirror"


@pytest.mark.parametrize(
    ("scope", "after", "code"),
    [("all", "check", ExitCode.REFUSED), ("source", "copy-system", ExitCode.FAILED)],
)
def test_other_facts_than_the_plans_stop_it(
    conversion: Conversion, scope: str, after: str, code: ExitCode
) -> None:
    """All facts count before the first change; the source's alone once the mirror is ours.

    "Refused" is said only while nothing was changed.
    """
    conversion.approve(MIRROR)
    if after != "check":
        conversion.trouble(after)
        conversion.work()
        conversion.trouble(after).unlink()
    conversion.world.set(**{scope: ["sda2: 3 partitions, were 2"]})
    done = conversion.effects
    assert conversion.work() is code
    view = conversion.view()
    assert view.phase is Phase.FAILED
    assert view.exit_code == code
    assert "sda2: 3 partitions, were 2" in view.message
    assert conversion.effects == done


def test_a_changed_mirror_is_no_reason_to_stop_once_we_changed_it(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.trouble("copy-system")
    conversion.work()
    conversion.trouble("copy-system").unlink()
    conversion.world.set(all=["sdb has partitions"])
    assert conversion.work() is ExitCode.REBOOT_NOW


def test_an_old_final_copy_is_made_again_before_the_reboot(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.effects == FIRST_HALF
    conversion.world.set(skew=121)
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.effects == [*FIRST_HALF, "final-copy", "reboot"]
    assert conversion.view().phase is Phase.REBOOT


def test_a_final_copy_that_waited_for_its_reboot_step_is_made_again_too(
    conversion: Conversion,
) -> None:
    conversion.approve(MIRROR)
    trouble = conversion.trouble("reboot")
    assert conversion.work() is ExitCode.FAILED
    trouble.unlink()
    conversion.world.set(skew=121)
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.effects == [*FIRST_HALF[:-1], "final-copy", "reboot"]


def test_a_pause_takes_effect_after_the_present_step(conversion: Conversion) -> None:
    conversion.approve(MIRROR)
    conversion.journal().append("pause", wanted=True)
    assert conversion.view().pausing
    assert conversion.work() is ExitCode.NEEDS_PERSON
    assert conversion.view().phase is Phase.PAUSED
    conversion.journal().append("pause", wanted=False)
    assert conversion.work() is ExitCode.REBOOT_NOW


def test_without_approval_the_worker_refuses(conversion: Conversion) -> None:
    with pytest.raises(Refused, match="no approved plan"):
        conversion.work()


def _cut_off_from(conversion: Conversion, what: str) -> None:
    """As if the power had gone just before that record was written."""
    lines = conversion.state.journal.read_text().splitlines(keepends=True)
    cut = next(i for i, line in enumerate(lines) if what in line)
    conversion.state.journal.write_text("".join(lines[:cut]))


def _cut_off_behind(conversion: Conversion, what: str) -> None:
    """As if the power had gone right behind the last such record."""
    lines = conversion.state.journal.read_text().splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if what in line)
    conversion.state.journal.write_text("".join(lines[: last + 1]))
