"""Nothing is written to an array that merely has the name of ours; originals are kept."""

from __future__ import annotations

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
