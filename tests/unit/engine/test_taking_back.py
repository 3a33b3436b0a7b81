"""A boot from the mirror that nobody takes is taken back; its copy would grow old."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.actions.action import Action
from bootmirror.cli import taking_back as command
from bootmirror.engine.lock import worker_lock
from bootmirror.engine.taking_back import chosen, take_back, take_back_later
from bootmirror.engine.view import Phase, StepState
from bootmirror.errors import ExitCode, Refused, StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.recipe import STEPS
from bootmirror.steps.take_back import take_back_actions
from tests.unit.engine.conftest import Conversion, at_the_reboot
from tests.unit.engine.fakes import QuietHost, Said, recipe
from tests.unit.steps.machines import MACHINES, planned

AGAIN = ["final-copy", "reboot"]


def taken_back(conversion: Conversion, when: float, fault: str = "") -> bool:
    def actions(plan: Plan, machine: Machine) -> tuple[Action, ...]:
        del plan, machine
        if fault:
            raise StepFailed(fault)
        return (Said("disarmed"),)

    return take_back(conversion.state, recipe(conversion.where / "effects"), when, actions,
                     around=conversion.world.around(), make_host=QuietHost)


def time_of_choice(conversion: Conversion) -> float:
    return chosen(conversion.state, recipe(conversion.where / "effects"))


def test_the_next_reboot_starts_the_old_system_and_says_so(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    assert taken_back(conversion, time_of_choice(conversion))
    view = conversion.view()
    assert view.phase is Phase.PAUSED
    assert view.headline == "Nobody rebooted for an hour. sda is still whole."
    assert "was taken back" in view.message and view.hint
    assert [step for step, state in conversion.states().items()
            if state is StepState.WAITING][: len(AGAIN)] == AGAIN
    conversion.reboot(md=False)
    assert conversion.view().phase is Phase.PAUSED, "the mirror did not fail to come up"


def test_going_on_copies_what_changed_and_chooses_it_again(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    taken_back(conversion, time_of_choice(conversion))
    before = len(conversion.effects)
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert conversion.effects[before:] == AGAIN
    assert conversion.view().phase is Phase.REBOOT
    assert conversion.view().message == ""


def test_another_choice_is_left_alone(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    first = time_of_choice(conversion)
    conversion.world.set(skew=300)  # seconds: the final copy is out of date
    assert conversion.work() is ExitCode.REBOOT_NOW
    assert time_of_choice(conversion) != first
    assert not taken_back(conversion, first)
    assert conversion.view().phase is Phase.REBOOT


@pytest.mark.parametrize("md", [True, False])
def test_once_the_machine_has_restarted_nothing_is_taken_back(
    conversion: Conversion, md: bool
) -> None:
    at_the_reboot(conversion)
    when = time_of_choice(conversion)
    conversion.reboot(md=md)
    assert not taken_back(conversion, when)
    assert conversion.view().phase is (Phase.REBOOTED if md else Phase.FELL_BACK)


def test_a_try_that_fails_is_gone_on_with(conversion: Conversion) -> None:
    """It is written down first: a cut in between is no mirror that failed to come up."""
    at_the_reboot(conversion)
    when = time_of_choice(conversion)
    with pytest.raises(StepFailed):
        taken_back(conversion, when, "It broke.")
    assert conversion.view().phase is Phase.PAUSED
    assert taken_back(conversion, when)
    told = conversion.state.journal.read_text()
    assert told.count('"taken-back"') == 1
    conversion.work()
    assert not taken_back(conversion, when), "the boot is chosen anew"
    assert conversion.view().phase is Phase.REBOOT


def test_a_pause_that_was_wished_for_hides_nothing_of_it(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    conversion.journal().append("pause", wanted=True)
    taken_back(conversion, time_of_choice(conversion))
    assert conversion.view().headline.startswith("Nobody rebooted for an hour.")


def test_a_worker_at_work_is_not_disturbed(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    with worker_lock(conversion.state.lock), pytest.raises(Refused):
        taken_back(conversion, time_of_choice(conversion))


def test_without_a_choice_there_is_none(conversion: Conversion) -> None:
    conversion.approve()
    assert time_of_choice(conversion) == 0.0


class Recording(Host):
    def __init__(self) -> None:
        super().__init__()
        self.ran: list[Sequence[str]] = []

    def find(self, program: str) -> str:
        return f"/usr/bin/{program}"

    def run(self, argv: Sequence[str], **_how: Any) -> Any:
        self.ran.append(argv)


def test_systemd_is_told_to_see_to_it(conversion: Conversion, tmp_path: Path) -> None:
    host = Recording()
    take_back_later(host, conversion.state, 1764193512.123456, tmp_path)
    (argv,) = host.ran
    assert argv[0] == "systemd-run" and "--on-active=3600" in argv
    assert argv[-1] == "--take-back=1764193512.123456"


@pytest.mark.parametrize(("when", "systemd"), [(0.0, True), (1.5, False)])
def test_nothing_is_asked_of_systemd_for_no_choice_or_without_it(
    conversion: Conversion, tmp_path: Path, when: float, systemd: bool
) -> None:
    host = Recording()
    take_back_later(host, conversion.state, when, tmp_path / ("" if systemd else "none"))
    assert host.ran == []


def test_the_timers_process_waits_for_who_is_at_work(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def busy(_state: object, _steps: object, when: float, _actions: object) -> bool:
        tries.append(when)
        if len(tries) < 3:
            raise Refused("A worker is at work already.")
        return True

    monkeypatch.setattr(command, "take_back", busy)
    monkeypatch.setattr(command, "AGAIN", 0.0)
    assert command.now(conversion.state, 1.5) == ExitCode.DONE
    assert tries == [1.5] * 3
    tries.clear()
    monkeypatch.setattr(command, "TRIES", 2)
    at_the_reboot(conversion)
    with pytest.raises(Refused):
        command.now(conversion.state, 1.5)
    view = conversion.view()
    assert view.message == ("The chosen boot could not be taken back: A worker is at work already.")
    assert "undo" in view.hint


def test_a_timer_that_cannot_be_set_is_in_the_log(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_arguments: object) -> None:
        raise StepFailed("systemd-run failed (1): no bus")

    at_the_reboot(conversion)
    monkeypatch.setattr(command, "take_back_later", failing)
    command.later(conversion.state)
    assert "no bus" in conversion.state.log.read_text()
    assert conversion.view().phase is Phase.REBOOT
    assert conversion.view().message.startswith("Nothing will take the chosen boot back")


@pytest.mark.parametrize("loader", MACHINES)
def test_it_is_what_the_final_copy_begins_with(loader: str) -> None:
    plan, machine = planned(loader), MACHINES[loader]
    final_copy = next(s for s in STEPS if s.id == "final-copy").actions(plan, machine)
    assert take_back_actions(plan, machine) == final_copy[: len(take_back_actions(plan, machine))]
    assert take_back_actions(plan, machine)
