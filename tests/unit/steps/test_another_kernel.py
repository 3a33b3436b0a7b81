"""The machine may run another kernel in the second half than the plan was made with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.machine.model import Machine
from tests.unit.plan.test_layouts import shown
from tests.unit.steps.machines import MACHINES, planned

SECOND_HALF = ("confirm-first-boot", "read-back-mirror", "partition-source", "add-source", "resync",
               "boot-loader-on-both", "verify")
NEWER = "9.9.9-1-amd64"


def _upgraded(machine: Machine) -> Machine:
    """Booted into a newer kernel; the other one was removed."""
    return replace(machine, kernel=NEWER, kernels=(NEWER,))


@pytest.mark.parametrize("loader", MACHINES)
@pytest.mark.parametrize("tool", ["initramfs-tools", "dracut"])
def test_it_is_the_running_kernels_initramfs_that_is_built_and_looked_at(
    loader: str, tool: str
) -> None:
    plan = replace(planned(loader), initramfs=tool)
    said = shown(plan, _upgraded(MACHINES[loader]), "boot-loader-on-both")
    assert f"check that /boot/initrd.img-{NEWER} holds raid1, mdadm and mdadm.conf" in said


@pytest.mark.parametrize("loader", MACHINES)
def test_the_plans_kernel_is_wanted_by_no_step_after_the_reboot(loader: str) -> None:
    plan = planned(loader)
    for step in SECOND_HALF:
        assert plan.kernel not in shown(plan, _upgraded(MACHINES[loader]), step), step
