"""A spare of every array, on a third disk: added by real md once both halves are alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.conftest import MIRROR, small_server
from tests.lab.lab import MIB, LabDisk
from tests.lab.test_steps import FIRST_HALF, SECOND_HALF, look, run_steps

THIRD = LabDisk("third", 400 * MIB, "BMLAB-THI-3")


def test_the_spares_join_last_and_take_no_half(
    tmp_path_factory: pytest.TempPathFactory, server_image: Path
) -> None:
    lab = small_server(tmp_path_factory.mktemp("spares"), server_image, MIRROR, THIRD)
    lab.run("steps.py", "plan-spare", root="disk").check()
    run_steps(lab, *FIRST_HALF)
    run_steps(lab, *SECOND_HALF, root="array")
    arrays = look(lab, root="array")["arrays"].values()
    assert {a["picture"] for a in arrays} == {"[UU]"}
    halves = {m["name"][:3] for a in arrays for m in a["members"] if m["slot"] is not None}
    assert halves == {"sda", "sdb"}
    # Whether udev has put them in by now or not: the step sees to it.
    found = lab.run("spares.py", root="array").check().result
    both = ["sdc1", "sdc2"]
    assert found == {"added": both, "left out": ["sdc2"], "again": both, "once more": both}
