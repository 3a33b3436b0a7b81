"""Nothing is written to an array that merely has the name of ours; originals are kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.actions.disks import MakeSureOfArrays
from bootmirror.actions.files import WriteFile
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host, Result
from tests.unit.steps.test_copying import Quiet

OURS, OTHER = "0f0f0f0f:11111111:22222222:33333333", "dead0000:11111111:22222222:33333333"


class OneArray(Host):
    """mdadm --detail --export as it answers for one array."""

    def __init__(self, uuid: str) -> None:
        super().__init__()
        self.uuid = uuid

    def run(self, argv: Sequence[str], **_rest: Any) -> Result:
        assert argv[0] == "mdadm"
        output = f"MD_LEVEL=raid1\nMD_UUID={self.uuid}\n" if self.uuid else ""
        return Result(0 if self.uuid else 1, output, "")


def test_our_array_passes() -> None:
    MakeSureOfArrays((("/dev/md0", OURS),)).perform(OneArray(OURS), Quiet())


@pytest.mark.parametrize("uuid", [OTHER, ""])
def test_another_array_of_that_name_or_none_stops_the_step(uuid: str) -> None:
    with pytest.raises(StepFailed, match="/dev/md0 is not the array 0f0f0f0f"):
        MakeSureOfArrays((("/dev/md0", OURS),)).perform(OneArray(uuid), Quiet())


def test_a_configuration_file_is_replaced_and_its_original_kept(tmp_path: Path) -> None:
    path = tmp_path / "fstab"
    path.write_text("the user's\n")
    for text in ("ours\n", "ours\n", "ours again\n"):
        WriteFile(str(path), text, "what is mounted where").perform(Host(), Quiet())
    assert path.read_text() == "ours again\n"
    assert (tmp_path / "fstab.bootmirror-orig").read_text() == "the user's\n"


@pytest.mark.parametrize("closed", [0o600, 0o640])
def test_a_new_file_made_after_another_is_as_closed_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: int
) -> None:
    conf, path = tmp_path / "lilo.conf", tmp_path / "lilo.conf.sda"
    conf.write_text("password=secret\n")
    conf.chmod(closed)
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _handle, uid, gid: given.append((uid, gid)))
    WriteFile(str(path), "password=secret\n", "new", like=str(conf)).perform(Host(), Quiet())
    assert path.stat().st_mode & 0o7777 == closed
    assert given == [(conf.stat().st_uid, conf.stat().st_gid)]


def test_a_file_that_is_there_or_has_no_other_to_go_by_keeps_to_its_own(tmp_path: Path) -> None:
    conf, there, new = (tmp_path / name for name in ("conf", "there", "new"))
    conf.write_text("")
    conf.chmod(0o600)
    there.write_text("the user's\n")
    there.chmod(0o640)
    WriteFile(str(there), "ours\n", "why", like=str(conf)).perform(Host(), Quiet())
    WriteFile(str(new), "ours\n", "why", like=str(tmp_path / "none")).perform(Host(), Quiet())
    assert [p.stat().st_mode & 0o7777 for p in (there, new)] == [0o640, 0o644]
