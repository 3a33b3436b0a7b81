"""A headline that is not so is a loss, and one that is so is none."""

from __future__ import annotations

import pytest

from tests.faults.standing import untrue

BEGUN = ("approved", "worker", "check", "partition-mirror", "create-arrays")
THROUGH = (*BEGUN, "reboot", "partition-source", "add-source")
UNDONE = (*BEGUN, "undoing", "undo", "undone", "approved")
WHOLE = "copy-system failed. sda is still whole: a reboot brings back today's system."
FROM_MIRROR = "The machine runs from the mirror. sda still holds the old system."


@pytest.mark.parametrize(("headline", "root", "before", "truth"), [
    ("Interrupted at check. Nothing has been changed.", "disk", BEGUN[:4], ""),
    ("Interrupted at check. Nothing has been changed.", "disk", BEGUN, "written to"),
    ("Not mirrored. Nothing has been changed.", "disk", UNDONE, ""),
    (WHOLE, "disk", BEGUN, ""),
    (WHOLE, "array", BEGUN, "runs from the mirror"),
    (WHOLE, "disk", THROUGH, "the old disk has been written to"),
    (FROM_MIRROR, "array", BEGUN, ""),
    (FROM_MIRROR, "disk", BEGUN, "runs from the old disk"),
    ("Mirrored. sda and sdb both hold the system.", "array", THROUGH, ""),
])
def test_a_headline_is_held_against_what_is_known(
    headline: str, root: str, before: tuple[str, ...], truth: str
) -> None:
    wrong = untrue({"stood": {"headline": headline}, "root": root}, before)
    assert (truth in wrong) if truth else not wrong


def test_a_boot_that_was_cut_before_it_said_anything_is_no_loss() -> None:
    assert untrue({}, THROUGH) == ""
