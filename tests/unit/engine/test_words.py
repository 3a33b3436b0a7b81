"""The line on top: in words, and short enough for 80 columns with a border on each side."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.engine.lock import worker_lock
from bootmirror.engine.surroundings import holding, lacking
from bootmirror.engine.words import DOING, PHASES, WIDTH
from tests.unit.engine.conftest import MIRROR, SOURCE, Conversion
from tests.unit.engine.fakes import recipe

SAFE = {
    "check": "Nothing has been changed.",
    "copy-system": "sda is still whole: a reboot brings back today's system.",
    "final-copy": "sda is still whole: a failing boot falls back to it.",
    "read-back-mirror": "The system runs from sdb; sda is still whole.",
    "resync": "sdb alone holds the system: leave it in.",
    "verify": "sda and sdb both hold the system.",
}


@pytest.mark.parametrize("step", SAFE)
def test_it_says_what_is_safe_at_each_step(conversion: Conversion, step: str) -> None:
    """Each step fails once: the line is read while it has failed, and while it is at work."""
    conversion.approve(MIRROR, SOURCE)
    after = next(s.after_reboot for s in recipe(conversion.where / "x") if s.id == step)
    if after:
        conversion.work()
        conversion.reboot(md=True)
    conversion.trouble(step)
    conversion.work()
    assert conversion.view().headline == f"{step} failed. {SAFE[step]}"
    with worker_lock(conversion.state.lock):
        assert conversion.view().headline == f"{DOING[step]} {SAFE[step]}"


def test_every_line_fits() -> None:
    ids = list(DOING)
    safe = dict.fromkeys(ids[:8], SAFE["copy-system"])
    safe |= dict.fromkeys(ids[8:11], SAFE["final-copy"])
    safe |= dict.fromkeys(ids[11:], SAFE["resync"])
    safe |= dict.fromkeys(("confirm-first-boot", "read-back-mirror"), SAFE["read-back-mirror"])
    lines = [f"{doing} {safe[i]}" for i, doing in DOING.items()]
    lines += [line.format(source="sda", mirror="sdb") for line in PHASES.values()]
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("phase", ["failed", "interrupted"])
def test_a_long_line_is_cut_at_a_sentence(conversion: Conversion, phase: str) -> None:
    conversion.approve(MIRROR)
    conversion.trouble("arm-first-boot", "fail" if phase == "failed" else "crash")
    conversion.work()
    if phase == "interrupted":
        conversion.journal().append("started", step="arm-first-boot")
    headline = conversion.view().headline
    assert headline.endswith("sda is still whole: a failing boot falls back to it.") or (
        headline.endswith(" sda is still whole.")
    )
    assert len(headline) <= WIDTH


def test_a_mirror_that_lost_a_half_is_not_called_whole(conversion: Conversion) -> None:
    conversion.approve(MIRROR, SOURCE)
    conversion.work()
    conversion.reboot(md=True)
    conversion.work()
    assert conversion.view().headline == "Mirrored. sda and sdb both hold the system."
    conversion.world.set(lacking=["md0", "md1"])
    view = conversion.view()
    assert view.headline == "md0 and md1 have only one half in sync. Leave both disks in."
    assert view.next == "Look at the arrays: one may be rebuilding, or a disk gone."


def test_it_is_md_that_says_which_disk_holds_the_system(conversion: Conversion) -> None:
    """Once the old disk is in sync the mirror may drop out; and names are given anew at a boot."""
    conversion.approve(MIRROR, SOURCE)
    conversion.work()
    conversion.reboot(md=True)
    conversion.trouble("resync")
    conversion.work()
    for disks, told in ((["sda"], "sda alone holds the system: leave it in."),
                        (["sda", "sdb"], "sda and sdb hold it together: leave them in.")):
        conversion.world.set(lacking=["md0"], holding=disks)
        assert conversion.view().headline == f"resync failed. {told}"


def test_the_disks_of_the_halves_in_sync_are_found(tmp_path: Path) -> None:
    for disk, state in (("sda", "in_sync\n"), ("sdb", "spare\n"), ("sdc", "faulty\n")):
        partition = tmp_path / "devices" / disk / f"{disk}2"
        partition.mkdir(parents=True)
        (partition / "partition").write_text("2\n")
        member = tmp_path / "md0" / "md" / f"dev-{disk}2"
        member.mkdir(parents=True)
        (member / "state").write_text(state)
        (member / "block").symlink_to(partition)
    assert holding(("md0", "md7"), tmp_path) == ("sda",)


def test_arrays_that_lack_a_half_are_found(tmp_path: Path) -> None:
    for name, degraded in (("md0", "1\n"), ("md1", "0\n"), ("md127", "\n"), ("sda", None)):
        (tmp_path / name / "md").mkdir(parents=True)
        if degraded is not None:
            (tmp_path / name / "md" / "degraded").write_text(degraded)
    assert lacking(tmp_path) == ("md0",)


def test_a_half_lost_before_the_end_is_told_too(conversion: Conversion) -> None:
    """As verify is about to look: somebody may pull the disk that still has everything."""
    conversion.approve(MIRROR, SOURCE)
    conversion.work()
    conversion.reboot(md=True)
    conversion.trouble("verify")
    conversion.work()
    conversion.world.set(lacking=["md0"], holding=["sdb"])
    assert conversion.view().headline == "verify failed. sdb alone holds the system: leave it in."
