"""A boot loader reads XFS without its log: what took a file's place has to be where it looks."""

from __future__ import annotations

from pathlib import Path

from tests.lab.lab import MIB, Lab, LabDisk


def test_a_boot_loader_sees_the_new_file_once_the_log_is_written_back(tmp_path: Path) -> None:
    lab = Lab(tmp_path, [LabDisk("disk", 400 * MIB, "BMLAB-XFS-1")])
    found = lab.run("xfs_log.py").check().result
    assert found["told"] == [True, True]
    assert found["first"] == {"grub/grub.cfg": "old"}
    # Flushed alone, the new one is not what a boot loader finds: the hazard is there.
    assert found["without"] != {"grub/grub.cfg": "new"}
    assert found["with"] == {"grub/grub.cfg": "newest"}
