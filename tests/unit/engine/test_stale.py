"""Which steps are out of date, or were torn by a power cut."""

from __future__ import annotations

import pytest

from bootmirror.engine.history import History, StepHistory
from bootmirror.engine.phases import Now
from bootmirror.engine.stale import stale_steps, torn_steps
from bootmirror.engine.view import StepState
from bootmirror.errors import CopyTorn
from bootmirror.steps.recipe import STEPS

NOW = Now(at_work=False, boot_id="boot-2", root_on_md=False)


def _history(step: str, state: StepState, boot_id: str) -> History:
    return History(steps={step: StepHistory(state, boot_id=boot_id)})


@pytest.mark.parametrize("step", ["copy-system", "final-copy"])
@pytest.mark.parametrize("state", [StepState.RUNNING, StepState.INTERRUPTED, StepState.FAILED])
def test_a_copy_cut_off_by_a_power_cut_begins_with_new_file_systems(
    step: str, state: StepState
) -> None:
    steps = torn_steps(_history(step, state, "boot-1"), STEPS, NOW)
    assert steps[:2] == ["make-filesystems", "copy-system"]
    assert steps[-1] == "reboot"


@pytest.mark.parametrize("step", ["copy-system", "build-initramfs", "reboot"])
def test_a_write_to_the_copy_that_failed_makes_all_of_it_anew(step: str) -> None:
    history = History()
    history.fold([{"kind": "failed", "step": step, "error": CopyTorn.__name__}])
    steps = torn_steps(history, STEPS, NOW)
    assert steps[:2] == ["make-filesystems", "copy-system"]
    history.fold([{"kind": "again", "steps": steps, "afresh": True}])
    assert torn_steps(history, STEPS, NOW) == []


@pytest.mark.parametrize(
    ("step", "state", "boot_id"),
    [
        ("copy-system", StepState.INTERRUPTED, "boot-2"),  # killed, but the machine went on
        ("copy-system", StepState.FINISHED, "boot-1"),  # it ended with a sync
        ("build-initramfs", StepState.INTERRUPTED, "boot-1"),
    ],
)
def test_what_was_not_torn_is_kept(step: str, state: StepState, boot_id: str) -> None:
    assert torn_steps(_history(step, state, boot_id), STEPS, NOW) == []


@pytest.mark.parametrize(("hours", "erasing", "again"), [
    (2, False, []), (25, False, ["read-back-mirror"]), (-25, False, ["read-back-mirror"]),
    (25, True, []),
])
def test_the_mirror_is_read_once_more_where_the_consent_came_late(
    hours: int, erasing: bool, again: list[str]
) -> None:
    history = History()
    history.fold([{"kind": "finished", "step": "read-back-mirror", "time": 1e9},
                  *([{"kind": "started", "step": "partition-source", "time": 1e9}] * erasing)])
    on_md = Now(at_work=False, boot_id="boot-3", root_on_md=True)
    assert stale_steps(history, STEPS, on_md, 1e9 + hours * 3600) == again


def test_no_step_of_the_first_half_runs_from_the_array() -> None:
    history = _history("copy-system", StepState.INTERRUPTED, "boot-1")
    on_md = Now(at_work=False, boot_id="boot-2", root_on_md=True)
    assert torn_steps(history, STEPS, on_md) == []


def test_facts_do_not_count_as_the_work_of_a_torn_step() -> None:
    history = History()
    history.fold([{"kind": "again", "steps": ["make-filesystems"], "afresh": True}])
    assert history.retried == {"make-filesystems"}
    history.fold([{"kind": "again", "steps": ["final-copy"]}])
    assert history.retried == {"make-filesystems"}
