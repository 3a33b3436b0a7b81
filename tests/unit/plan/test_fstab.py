"""fstab: which lines change, which stay, and what is said of those nobody recognised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.formats.complaint import Severity
from bootmirror.machine.model import Content, Machine, Partition
from bootmirror.plan.choices import Choices, SwapChoice
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MACHINE, MIB
from tests.unit.plan.test_lvm import GROUP, SWAP, machine_with_volumes

FSTAB = "/etc/fstab"
BOOT, ROOT, AREA = (f"b0075eed-000{n}-4000-8000-00000000000{n}" for n in (1, 2, 3))
OTHER = "5a5a5a5a-0009-4000-8000-000000000009"
ON_MD = replace(CHOICES, swap=SwapChoice.MD)
NFS = "nas:/x  /boot  nfs  noauto,ro 0 0  # by hand\n"


def with_fstab(text: str, machine: Machine = MACHINE) -> Machine:
    return replace(machine, files=tuple(
        (path, text if path == FSTAB else now) for path, now in machine.files))


def with_line(old: str, new: str, machine: Machine = MACHINE) -> Machine:
    now = machine.file(FSTAB) or ""
    assert old in now
    return with_fstab(now.replace(old, new), machine)


def lines(plan: Plan) -> list[str]:
    return plan.config(FSTAB).text.splitlines(keepends=True)


@pytest.mark.parametrize("first", [True, False])
def test_another_line_with_the_mount_point_stays(first: bool) -> None:
    now = MACHINE.file(FSTAB) or ""
    plan = make_plan(with_fstab(NFS + now if first else now + NFS), CHOICES)
    boot = next(f for f in plan.filesystems if f.mountpoint == "/boot")
    assert NFS in lines(plan)
    assert plan.config(FSTAB).text.count(f"UUID={boot.uuid}") == 1
    assert BOOT not in plan.config(FSTAB).text and plan.errors == []


def test_of_the_lines_with_the_mount_point_the_arrays_own_is_judged() -> None:
    machine = with_fstab((MACHINE.file(FSTAB) or "") + NFS)
    plan = make_plan(machine, CHOICES)
    boot = next(f for f in plan.filesystems if f.mountpoint == "/boot")
    without = "".join(line for line in lines(plan) if boot.uuid not in line)
    (lost,) = make_plan(machine, CHOICES.edited(FSTAB, without)).errors
    assert lost[1].message == "no line mounts /boot"


def test_a_volume_is_told_from_another_line_with_its_mount_point() -> None:
    stick = "/dev/disk/by-label/stick /home vfat noauto 0 0\n"
    now = machine_with_volumes().file(FSTAB) or ""
    plan = make_plan(with_fstab(now + stick, machine_with_volumes()), CHOICES)
    assert stick in lines(plan) and plan.errors == []
    assert "/dev/vg0/home" not in plan.config(FSTAB).text


def test_a_device_nobody_knows_is_changed_by_its_mount_point() -> None:
    plan = make_plan(with_line(f"UUID={BOOT}", "/dev/disk/by-diskseq/1-part1"), CHOICES)
    assert "by-diskseq" not in plan.config(FSTAB).text and plan.errors == []


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("choices", [CHOICES, ON_MD])
def test_a_tag_may_stand_in_quotes(quote: str, choices: Choices) -> None:
    text = MACHINE.file(FSTAB) or ""
    for uuid in (BOOT, ROOT, AREA):
        text = text.replace(f"UUID={uuid}", f"UUID={quote}{uuid}{quote}")
    machine = with_fstab(text + f"UUID={quote}{ROOT}{quote} /mnt/again ext4 noauto 0 0\n")
    plan = make_plan(machine, choices)
    written = plan.config(FSTAB).text
    assert quote not in written and ROOT not in written and plan.errors == []
    assert all(f"UUID={swap.uuid} none" in written for swap in plan.swaps)
    kept = make_plan(machine, choices.edited(FSTAB, machine.file(FSTAB)))
    assert any(quote in c.message and "is the old disk's /," in c.message for _, c in kept.errors)


NAMES = ("/dev/disk/by-uuid/22222222-aaaa", "/dev/disk/by-id/dm-name-vg0-swap_1",
         "/dev/disk/by-id/dm-uuid-LVM-g0v2", "/dev/vg0/swap_1", 'UUID="22222222-aaaa"')


@pytest.mark.parametrize("name", NAMES)
def test_swap_on_a_volume_may_have_any_of_its_names(name: str) -> None:
    machine = with_line(SWAP.path, name, machine_with_volumes())
    plan = make_plan(machine, CHOICES)
    assert f"UUID={plan.swaps[0].uuid} none swap" in plan.config(FSTAB).text
    assert name not in plan.config(FSTAB).text and plan.errors == []
    kept = plan.config(FSTAB).text.replace(f"UUID={plan.swaps[0].uuid} none", f"{name} none")
    (stays,) = make_plan(machine, CHOICES.edited(FSTAB, kept)).errors
    assert stays[1].message == f"{name} is the old disk's swap, which is erased"
    assert stays[1].hint == f"write UUID={plan.swaps[0].uuid}"


@pytest.mark.parametrize(("machine", "choices", "severity"), [
    (with_line(f"UUID={AREA}", "/dev/disk/by-diskseq/1-part3"), CHOICES, Severity.WARNING),
    (with_line(f"UUID={AREA}", "/dev/disk/by-diskseq/1-part3"), ON_MD, Severity.ERROR),
    (with_line(SWAP.path, "/dev/disk/by-diskseq/1-part3", machine_with_volumes()), CHOICES,
     Severity.ERROR),
])
def test_swap_nobody_recognised_is_complained_of(
    machine: Machine, choices: Choices, severity: Severity
) -> None:
    plan = make_plan(machine, choices)
    config = plan.config(FSTAB)
    (found,) = [c for c in config.complaints if "by-diskseq" in c.message]
    assert found.severity is severity
    assert "by-diskseq" in config.text.splitlines()[found.line - 1]
    assert f"write UUID={plan.swaps[0].uuid}" in found.hint
    mended = config.text.replace("/dev/disk/by-diskseq/1-part3", f"UUID={plan.swaps[0].uuid}")
    assert make_plan(machine, choices.edited(FSTAB, mended)).config(FSTAB).complaints == ()


def test_a_swap_line_taken_out_is_warned_of() -> None:
    plan = make_plan(MACHINE, ON_MD)
    without = "".join(line for line in lines(plan) if plan.swaps[0].uuid not in line)
    edited = make_plan(MACHINE, ON_MD.edited(FSTAB, without))
    (found,) = edited.config(FSTAB).complaints
    assert found.message == "a swap area has no line any more"
    assert found.hint == f"add: UUID={plan.swaps[0].uuid} none swap sw 0 0" and not edited.errors


def test_swap_that_fstab_did_not_have_is_not_missed() -> None:
    """The first in memory, the second on another disk; the source's own starts by no line."""
    area = Partition(1, "sdc1", "/dev/sdc1", MIB, 64 * MIB, "82", content=Content("swap", OTHER))
    third = replace(MACHINE.disks[0], name="sdc", path="/dev/sdc", serial="C", partitions=(area,))
    machine = replace(MACHINE, disks=(*MACHINE.disks, third))
    for other in ("/dev/zram0", f"UUID={OTHER}", "/swap.img"):
        plan = make_plan(with_line(f"UUID={AREA}", other, machine), ON_MD)
        assert plan.config(FSTAB).complaints == (), other
        assert f"{other} " in plan.config(FSTAB).text


def test_swap_in_another_group_is_not_taken_for_the_sources() -> None:
    other = replace(GROUP, name="vg1", uuid="g1", physical=("/dev/sdc1",), volumes=(
        replace(SWAP, uuid="v9", path="/dev/mapper/vg1-swap_1", device="dm-9",
                content=Content("swap", "99999999-aaaa")),))
    machine = with_line(SWAP.path, "/dev/vg1/swap_1", machine_with_volumes())
    machine = replace(machine, volume_groups=(*machine.volume_groups, other))
    assert make_plan(machine, CHOICES).config(FSTAB).complaints == ()
