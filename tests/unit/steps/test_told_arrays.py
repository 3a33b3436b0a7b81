"""Without mdadm nobody knows which array is which: that is told, and not that one is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import StepFailed
from bootmirror.machine.model import Machine
from bootmirror.steps.places import running_array
from bootmirror.steps.told_arrays import make_sure_told
from tests.unit.steps.mirrored import PLAN, mirrored


def silent(machine: Machine) -> Machine:
    """mdadm tells no UUID."""
    return replace(machine, arrays=tuple(replace(array, uuid="") for array in machine.arrays))


def without_mdadm(machine: Machine) -> Machine:
    return replace(silent(machine), programs=(("mdadm", ""),))


@pytest.fixture
def machine() -> Machine:
    return mirrored().machine


@pytest.mark.parametrize("after_reboot", [False, True])
def test_all_is_well_where_every_array_is_told(machine: Machine, after_reboot: bool) -> None:
    make_sure_told(PLAN, machine, after_reboot=after_reboot)
    assert running_array(machine, PLAN.arrays[0]) == machine.arrays[0].path


@pytest.mark.parametrize("after_reboot", [False, True])
def test_a_missing_mdadm_is_named(machine: Machine, after_reboot: bool) -> None:
    machine = without_mdadm(machine)
    with pytest.raises(StepFailed, match="mdadm is not installed") as caught:
        make_sure_told(PLAN, machine, after_reboot=after_reboot)
    assert caught.value.hint == "Install mdadm, then go on."
    with pytest.raises(StepFailed, match="mdadm is not installed"):
        running_array(machine, PLAN.arrays[0])
    make_sure_told(PLAN, replace(machine, arrays=()), after_reboot=after_reboot)


def test_an_mdadm_that_fails_is_told_once_the_arrays_are_there(machine: Machine) -> None:
    machine = silent(machine)
    make_sure_told(PLAN, machine, after_reboot=False)  # they may be somebody else's
    with pytest.raises(StepFailed, match="mdadm does not tell which array /dev/md0 and") as caught:
        make_sure_told(PLAN, machine, after_reboot=True)
    assert "mdadm --detail /dev/md0" in caught.value.hint
    with pytest.raises(StepFailed, match="mdadm does not tell"):
        running_array(machine, PLAN.arrays[0])


def test_somebodys_array_without_superblocks_is_none_of_ours(machine: Machine) -> None:
    built = replace(machine.arrays[0], name="md9", path="/dev/md9", uuid="")
    make_sure_told(PLAN, replace(machine, arrays=(*machine.arrays, built)), after_reboot=True)


def test_an_array_that_only_does_not_run_is_told_as_such(machine: Machine) -> None:
    first, *others = machine.arrays
    stopped = replace(machine, arrays=(replace(first, uuid="", state="inactive"), *others))
    make_sure_told(PLAN, stopped, after_reboot=True)
    with pytest.raises(StepFailed, match="does not run"):
        running_array(stopped, PLAN.arrays[0])


def test_an_array_that_is_gone_is_told_as_gone(machine: Machine) -> None:
    with pytest.raises(StepFailed, match="does not run") as caught:
        running_array(replace(machine, arrays=machine.arrays[1:]), PLAN.arrays[0])
    assert "assemble" in caught.value.hint
