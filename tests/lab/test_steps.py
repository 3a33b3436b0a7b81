"""The steps of the conversion on real md: done, done twice, killed, and cut off by a power failure.

The boot loader, the initramfs and the reboot itself belong to tests/vm; here the second boot starts
from the array because the lab mounts it as the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import MIRROR, small_server
from tests.lab.lab import MIB, Lab

pytest.importorskip("bootmirror.steps.recipe")

FIRST_HALF = ("check", "partition-mirror", "create-arrays", "make-filesystems", "copy-system",
              "write-configs")
BEHIND_THE_TABLE = FIRST_HALF[2:]  # which is written anew whenever its step runs
SECOND_HALF = ("read-back-mirror", "partition-source", "add-source", "resync")


def run_steps(lab: Lab, *steps: str, root: str = "disk") -> str:
    return lab.run("steps.py", "run", *steps, root=root).check().output


def look(lab: Lab, *words: str, root: str = "disk") -> dict[str, Any]:
    return lab.run("look.py", *words, root=root).check().result


def planned(place: Path, image: Path) -> Lab:
    lab = small_server(place, image, MIRROR)
    lab.run("steps.py", "plan", root="disk").check()
    return lab


def first_mebibyte(path: Path) -> str:
    """The source's partition table, boot code and the gap after it."""
    with path.open("rb") as image:
        return hashlib.sha256(image.read(MIB)).hexdigest()


def whole(copy: dict[str, Any]) -> None:
    """The copy holds every file of the system, and no other."""
    assert copy["differing"] == []
    assert copy["compared"] > 400


def built(facts: dict[str, Any]) -> dict[str, Any]:
    """What must be alike however often a step ran: tables, arrays, file systems."""
    return {
        "table": facts["disks"]["sdb"]["table_id"],
        "partitions": [(p["partuuid"], p["start"], p["size"], p["type"])
                       for p in facts["disks"]["sdb"]["partitions"]],
        "arrays": {label: (array["uuid"], array["content"]["uuid"])
                   for label, array in facts["arrays"].items()},
    }


class TestTheFirstHalf:
    """From the check to the written configurations, on the running system."""

    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls, tmp_path_factory: pytest.TempPathFactory, server_image: Path) -> Iterator[Lab]:
        yield planned(tmp_path_factory.mktemp("first"), server_image)

    @pytest.fixture(scope="class")
    @classmethod
    def facts(cls, lab: Lab) -> dict[str, Any]:
        before = first_mebibyte(lab.image("source"))
        run_steps(lab, *FIRST_HALF)
        after = first_mebibyte(lab.image("source"))
        return {**look(lab, "copy"), "source start": (before, after)}

    def test_the_mirror_has_the_sources_layout(self, facts: dict[str, Any]) -> None:
        source, mirror = facts["disks"]["sda"], facts["disks"]["sdb"]
        places = [[(p["number"], p["start"], p["size"]) for p in disk["partitions"]]
                  for disk in (source, mirror)]
        assert places[0] == places[1]
        assert [p["type"] for p in mirror["partitions"]] == ["fd", "fd", "82"]
        assert mirror["table_id"] != source["table_id"]
        assert mirror["partitions"][0]["bootable"]

    def test_the_arrays_wait_for_their_second_half(self, facts: dict[str, Any]) -> None:
        assert {label: a["picture"] for label, a in facts["arrays"].items()} == {
            "root": "[U_]", "boot": "[U_]"}
        assert facts["arrays"]["root"]["members"][0]["name"] == "sdb2"

    def test_the_copy_is_whole(self, facts: dict[str, Any]) -> None:
        whole(facts["copy"])

    def test_the_copys_fstab_names_the_arrays(self, facts: dict[str, Any]) -> None:
        fstab = facts["texts"]["etc/fstab"]
        for label in ("root", "boot"):
            assert f"UUID={facts['arrays'][label]['content']['uuid']}" in fstab

    def test_the_copys_mdadm_conf_names_the_arrays(self, facts: dict[str, Any]) -> None:
        for array in facts["arrays"].values():
            assert array["uuid"] in facts["texts"]["etc/mdadm/mdadm.conf"]

    def test_the_sources_table_and_boot_code_did_not_change(self, facts: dict[str, Any]) -> None:
        before, after = facts["source start"]
        assert before == after

    def test_a_second_run_builds_nothing_anew(self, lab: Lab, facts: dict[str, Any]) -> None:
        run_steps(lab, *BEHIND_THE_TABLE)
        again = look(lab, "copy")
        assert built(again) == built(facts)
        whole(again["copy"])


def test_steps_killed_at_any_moment_can_be_run_again(tmp_path: Path, server_image: Path) -> None:
    lab = planned(tmp_path, server_image)
    for step in FIRST_HALF:
        lab.run("steps.py", "kill", step, "2", root="disk").check()
    facts = look(lab, "copy")
    assert facts["arrays"].keys() == {"root", "boot"}
    whole(facts["copy"])


def test_a_copy_cut_off_by_a_power_failure_is_completed(
    tmp_path: Path, server_image: Path
) -> None:
    lab = planned(tmp_path, server_image)
    cut = lab.run("steps.py", "run", *FIRST_HALF, root="disk", cut_at="runs: /usr/bin/cp -ax")
    assert cut.code is None
    assert "copy-system done" not in cut.output
    run_steps(lab, *BEHIND_THE_TABLE)
    whole(look(lab, "copy")["copy"])


def test_a_mirror_with_a_past_is_built_anew(tmp_path: Path, server_image: Path) -> None:
    """udev starts old arrays as soon as it sees their members in a new table."""
    lab = small_server(tmp_path, server_image, MIRROR)
    lab.run("steps.py", "used-run", *FIRST_HALF[:4], root="disk").check()
    facts = look(lab)
    assert {label: a["picture"] for label, a in facts["arrays"].items()} == {
        "root": "[U_]", "boot": "[U_]"}


class TestTheSecondHalf:
    """On the arrays: the old disk becomes the other half."""

    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls, tmp_path_factory: pytest.TempPathFactory, server_image: Path) -> Iterator[Lab]:
        lab = planned(tmp_path_factory.mktemp("second"), server_image)
        run_steps(lab, *FIRST_HALF)
        yield lab

    def test_the_old_disk_joins_and_is_brought_up_to_date(self, lab: Lab) -> None:
        cut = lab.run("steps.py", "run", *SECOND_HALF, root="array", cut_at="add-source done")
        assert cut.code is None
        run_steps(lab, *SECOND_HALF, root="array")
        facts = look(lab, root="array")
        assert facts["mounts"]["/"].startswith("/dev/md")
        for label, number in (("boot", 1), ("root", 2)):
            array = facts["arrays"][label]
            assert array["picture"] == "[UU]"
            assert array["sync"] is None
            assert {m["name"] for m in array["members"]} == {f"sda{number}", f"sdb{number}"}
            assert all(m["bad_blocks"] == 0 for m in array["members"])
        run_steps(lab, *SECOND_HALF, root="array")
        again = look(lab, root="array")
        assert again["disks"]["sda"]["table_id"] == facts["disks"]["sda"]["table_id"]
        assert {n: a["picture"] for n, a in again["arrays"].items()} == {
            "root": "[UU]", "boot": "[UU]"}
