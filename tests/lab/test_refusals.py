"""What bootmirror will not do, on real devices: the sentence, and that no byte changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import MIRROR, small_server
from tests.lab.lab import MIB, LabDisk

SMALL = LabDisk("small", 64 * MIB, "BMLAB-SMALL-3")
TWIN = LabDisk("twin", 64 * MIB, "BMLAB-SMALL-3")

SENTENCES = {  # state: the refusal's code and sentence
    "same disk twice": ("same-disk", "sda cannot mirror itself."),
    "mounted": ("mounted", "sdb1 is mounted on /mnt."),
    "swap": ("swap", "sdb1 is in use as swap."),
    "array member": ("array-member", "sdb1 is a member of the array md9."),
    "lvm": ("lvm", "sdb1 belongs to LVM, and is in use."),
    "lvm elsewhere too": ("lvm", "sdb belongs to the volume group vg9, which lies on /dev/sdc "
                          "too."),
    "crypt": ("crypt", "sdb1 belongs to a crypt device (LUKS)."),
    "mapped": ("mapped", "sdb1 is used by the device mapper (dm-0)."),
    "read-only": ("read-only", "sdb is read-only."),
    "too small": ("too-small", "sde is too small: it has 16.8 MB (16777216 bytes), the partitions "
                  "of sda end at "),
    "same identity": ("same-identity", "sdc and sdd answer to the same identity BMLAB-SMALL-3."),
    "not the root": ("not-the-root", "sdb does not hold the running system; it runs from sda."),
    "missing program": ("missing-program", "The program mdadm is not installed."),
    "removable": ("removable", "sde is a removable disk."),
    "unknown disk": ("unknown-disk", "There is no disk sdz on this machine."),
    "not root": ("not-root", "bootmirror must run as root to see and change disks."),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, server_image: Path) -> dict[str, Any]:
    """What guest/refusals.py was told."""
    lab = small_server(tmp_path_factory.mktemp("refusals"), server_image, MIRROR, SMALL, TWIN)
    return lab.run("refusals.py", root="disk").check().result


def test_nothing_is_refused_where_all_is_well(found: dict[str, Any]) -> None:
    assert found["nothing wrong"]["told"] == []


@pytest.mark.parametrize("state", SENTENCES)
def test_it_is_refused_with_a_sentence_and_a_way_out(found: dict[str, Any], state: str) -> None:
    code, sentence = SENTENCES[state]
    told = [refusal for refusal in found[state]["told"] if refusal["code"] == code]
    assert any(refusal["message"].startswith(sentence) for refusal in told), found[state]["told"]
    assert all(refusal["hint"].endswith(".") for refusal in told)


@pytest.mark.parametrize("state", [s for s in SENTENCES if s not in ("same identity", "too small")])
def test_nothing_else_is_held_against_it(found: dict[str, Any], state: str) -> None:
    allowed = {
        "removable": {"removable", "too-small"},  # the removable disk of the lab is small, too
        "not the root": {"not-the-root", "running-system"},  # its mirror is the running disk
        "not root": {"not-root", "content", "empty-partition", "table"},
    }.get(state, {SENTENCES[state][0]})
    assert {refusal["code"] for refusal in found[state]["told"]} <= allowed


@pytest.mark.parametrize("state", ["nothing wrong", *SENTENCES])
def test_the_disk_did_not_change(found: dict[str, Any], state: str) -> None:
    assert found[state]["before"] == found[state]["after"]
