"""The lab's md is real, and bootmirror reads it right in every state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import MIRROR, SOURCE
from tests.lab.lab import Lab

KIB = 1024


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What guest/md_states.py saw."""
    lab = Lab(tmp_path_factory.mktemp("md"), [SOURCE, MIRROR])
    return lab.run("md_states.py").check().result


def members(array: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {member["name"]: member for member in array["members"]}


def test_an_array_made_with_missing_runs_degraded(seen: dict[str, Any]) -> None:
    state = seen["degraded"]
    assert "[2/1] [U_]" in state["mdstat"]
    array = state["arrays"]["md0"]
    assert (array["level"], array["metadata"], array["slots"]) == ("raid1", "1.2", 2)
    assert state["pictures"] == {"md0": "[U_]", "md1": "[U_]"}
    assert [m["name"] for m in array["members"]] == ["sdb2"]
    assert array["members"][0]["slot"] == 0
    assert array["sync"] is None
    assert state["arrays"]["md1"]["metadata"] == "1.0"


def test_partitions_name_the_array_that_holds_them(seen: dict[str, Any]) -> None:
    state = seen["degraded"]
    assert state["holders"]["sdb2"] == ["md0"]
    assert state["kinds"]["sdb2"] == "linux_raid_member"
    assert state["holders"]["sda1"] == []


def test_the_uuid_is_mdadms_own(seen: dict[str, Any]) -> None:
    uuid = seen["degraded"]["arrays"]["md0"]["uuid"]
    assert uuid and f"Array UUID : {uuid}" in seen["examine"]["/dev/sdb2"]


def test_the_size_is_the_arrays(seen: dict[str, Any]) -> None:
    array = seen["degraded"]["arrays"]["md1"]
    # Metadata 1.0 takes the end of the partition: a little less than 64 MiB is left.
    assert 63 << 20 < array["size"] < 64 << 20


def test_a_recovery_is_read_with_its_progress(seen: dict[str, Any]) -> None:
    state = seen["recovering"]
    array = state["arrays"]["md0"]
    assert state["pictures"]["md0"] == "[U_]"
    sync = array["sync"]
    assert (sync["operation"], sync["waiting"]) == ("recovery", "")
    assert sync["total"] == array["size"]
    # Work under way is taken off again in /proc/mdstat, so the count may step back a little.
    assert 100 * sync["done"] / sync["total"] == pytest.approx(state["percent"], abs=10)
    assert sync["done"] > 0
    # Limited to 4096 KiB/s; the kernel's own measure swings.
    assert 0 < sync["speed"] < 20_000 * KIB
    assert sync["seconds_left"] is not None and sync["seconds_left"] > 0
    new = members(array)["sda2"]
    assert "in_sync" not in new["state"]


def test_an_array_whose_turn_has_not_come_is_delayed(seen: dict[str, Any]) -> None:
    state = seen["recovering"]
    assert "resync=DELAYED" in state["mdstat"]
    sync = state["arrays"]["md1"]["sync"]
    assert sync["waiting"] == "delayed"
    assert sync["done"] == 0


def test_a_glance_sees_what_a_whole_look_sees(seen: dict[str, Any]) -> None:
    whole, glanced = seen["recovering"]["arrays"], seen["recovering"]["glance"]
    assert set(glanced) == {"md0", "md1"}
    for name in glanced:
        assert glanced[name]["uuid"] == whole[name]["uuid"]
        assert set(members(glanced[name])) == set(members(whole[name]))
    assert glanced["md0"]["sync"]["done"] >= whole["md0"]["sync"]["done"]


def test_a_finished_recovery_is_clean(seen: dict[str, Any]) -> None:
    state = seen["clean"]
    assert state["pictures"] == {"md0": "[UU]", "md1": "[UU]"}
    for array in state["arrays"].values():
        assert array["sync"] is None
        assert array["state"] in ("clean", "active", "active-idle")
        assert {m["slot"] for m in array["members"]} == {0, 1}
        assert all("in_sync" in m["state"] and m["bad_blocks"] == 0 for m in array["members"])


def test_a_failed_member_is_seen_as_failed(seen: dict[str, Any]) -> None:
    array = seen["failed"]["arrays"]["md1"]
    assert seen["failed"]["pictures"]["md1"] == "[U_]"
    failed = members(array)["sda1"]
    assert "faulty" in failed["state"] and failed["slot"] is None


def test_a_read_only_array_is_seen_as_such(seen: dict[str, Any]) -> None:
    state = seen["read-only"]
    assert state["arrays"]["md0"]["state"] == "readonly"
    assert state["pictures"]["md1"] == "[U_]"


def test_the_boot_has_an_identity(seen: dict[str, Any]) -> None:
    assert len(seen["degraded"]["boot_id"]) == 36


def test_each_boot_is_another(blank_lab: Lab, tmp_path: Path) -> None:
    script = tmp_path / "boot_id.py"
    script.write_text(
        "from bootmirror.host.host import Host\n"
        "from bootmirror.machine.inspect import boot_id\n"
        "print(boot_id(Host()))\n"
    )
    first, second = (blank_lab.run(script).check().output for _ in range(2))
    assert first != second
