"""No disk is written that is in use or is not the one that was meant: tried on real devices."""

from __future__ import annotations

from typing import Any

import pytest

from bootmirror.host.boot_code import hand_on
from tests.lab.conftest import MIRROR, SOURCE
from tests.lab.lab import MIB, Lab


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What guest/identity.py was told."""
    lab = Lab(tmp_path_factory.mktemp("identity"), [SOURCE, MIRROR])
    return lab.run("identity.py").check().result


@pytest.mark.parametrize("state", ["free", "made sure", "first table", "same table again", "unused",
                                   "free again"])
def test_the_right_disk_may_be_written(found: dict[str, Any], state: str) -> None:
    assert found[state] == ""


@pytest.mark.parametrize("state", ["mounted", "table while mounted", "swap", "array member",
                                   "table of a member", "mapped", "partition while mounted",
                                   "partition while mapped"])
def test_a_disk_in_use_is_refused(found: dict[str, Any], state: str) -> None:
    assert found[state].startswith("Refused: /dev/sd")
    assert "cannot be opened for us alone: Device or resource busy" in found[state]


def test_the_new_table_hands_a_bios_on_to_the_other_disk(found: dict[str, Any]) -> None:
    """Not libparted's code, which would start what cannot be started."""
    sector = bytes.fromhex(found["boot code"])
    assert sector[:440] == hand_on("0x44332211")
    assert sector[510:] == b"\x55\xaa"
    assert found["table"]["table_id"] != ""


def test_a_read_only_disk_is_refused(found: dict[str, Any]) -> None:
    assert found["read-only"].startswith("StepFailed: The partition table of /dev/sdb could not be")
    assert found["read-only disk kept"] is True


@pytest.mark.parametrize("state", ["wrong size", "wrong number", "not sure"])
def test_another_disk_is_refused(found: dict[str, Any], state: str) -> None:
    assert found[state].startswith("Refused: /dev/sda is not the disk it was")
    assert str(found["size"]) in found[state]


def test_a_file_is_refused(found: dict[str, Any]) -> None:
    assert found["not a device"].startswith("Refused")


def test_a_link_is_not_followed(found: dict[str, Any]) -> None:
    assert found["a link"].startswith("Refused")


def test_a_disk_without_boot_code_keeps_its_identifier(found: dict[str, Any]) -> None:
    before, after = found["identifier"]
    assert after == before
    assert found["type"] == "fd"


def test_a_blank_disk_holds_nothing_that_linux_takes_for_partitions(found: dict[str, Any]) -> None:
    assert found["blanked"] == ""
    assert found["blank"] is True
    assert found["partitions of it"] == []


def test_a_protective_mbr_is_marked_active_where_it_shall_be(found: dict[str, Any]) -> None:
    assert found["active"] == [False, True]
    assert found["active kept"] is True


def test_an_array_survives_the_attempt(found: dict[str, Any]) -> None:
    assert found["members still there"] is True


def test_the_kernel_knows_the_new_table_at_once(found: dict[str, Any]) -> None:
    sectors = {number: int(size) * 512 for number, size in found["kernel"].items()}
    assert sectors == {"1": 48 * MIB, "2": 100 * MIB, "3": 24 * MIB}


def test_the_table_is_what_was_asked_for(found: dict[str, Any]) -> None:
    disk = found["table"]
    assert disk["table"] == "dos"
    seen = [(p["number"], p["start"], p["size"], p["type"], p["bootable"])
            for p in disk["partitions"]]
    assert seen == [
        (1, MIB, 48 * MIB, "fd", True),
        (2, 49 * MIB, 100 * MIB, "fd", False),
        (3, 149 * MIB, 24 * MIB, "82", False),
    ]
