"""A small server whose root and swap are logical volumes, on real LVM and md."""

from __future__ import annotations

import pytest

from tests.lab.conftest import MIRROR, SOURCE, small_server
from tests.lab.lab import Lab
from tests.lab.test_steps import FIRST_HALF, SECOND_HALF, look, run_steps, whole


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The server, planned."""
    first = Lab(tmp_path_factory.mktemp("volumes"), [SOURCE])
    first.run("build_source.py", "volumes").check()
    lab = small_server(tmp_path_factory.mktemp("lvm"), first.image(SOURCE.name), MIRROR)
    lab.run("steps.py", "plan", root="volume").check()
    return lab


def test_the_group_is_built_anew_and_the_old_disk_joins(lab: Lab) -> None:
    run_steps(lab, *FIRST_HALF, root="volume")
    facts = look(lab, "copy", root="volume")
    whole(facts["copy"])
    assert facts["mounts"]["/"] == "/dev/mapper/vg0-root", "the old group is as it was"
    # Once more: what an earlier try left is let go.
    run_steps(lab, *FIRST_HALF, root="volume")
    whole(look(lab, "copy", root="volume")["copy"])
    run_steps(lab, *SECOND_HALF, root="new-volume")
    facts = look(lab, root="new-volume")
    assert facts["mounts"]["/"] == "/dev/mapper/vg0_mirror-root"
    assert {a["picture"] for a in facts["arrays"].values()} == {"[UU]"}


def test_verify_finds_volumes_where_they_were_planned(lab: Lab) -> None:
    points = lab.run("points.py", "planned", root="new-volume").check().result
    # Boot loader and initramfs come with steps that need more than this lab's volumes have.
    others = ("boot", "debconf", "monitoring")
    assert {name: detail for name, (ok, detail) in points.items()
            if not ok and not name.startswith(others)} == {}
    for name in ("size of /", "signatures on md0", "signatures on mapper/vg0_mirror-root"):
        assert points[name][0], points
