"""raidtab: read, generated, and complained about."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.complaint import Severity
from bootmirror.formats.raidtab import (
    RaidDev,
    RaidDisk,
    Raidtab,
    generate_raidtab,
    lint_raidtab,
)

MD0 = RaidDev("/dev/md0", "1", 2, 0, 1, None, (
    RaidDisk("/dev/sdb2", "raid-disk", 0), RaidDisk("/dev/sda2", "failed-disk", 1)))
MD1 = replace(MD0, device="/dev/md1", disks=(
    RaidDisk("/dev/sdb1", "raid-disk", 0), RaidDisk("/dev/sda1", "failed-disk", 1)))

GOOD = """\
# two mirrors
raiddev /dev/md0
    raid-level      1
    nr-raid-disks   2
    persistent-superblock 1
    device          /dev/sdb2
    raid-disk       0
    device          /dev/sda2
    failed-disk     1

raiddev /dev/md1
    raid-level      1
    nr-raid-disks   2
    persistent-superblock 1
    device          /dev/sdb1
    raid-disk       0
    device          /dev/sda1
    failed-disk     1
"""


def placeless(section: RaidDev) -> RaidDev:
    disks = tuple(replace(disk, line=0, column=0) for disk in section.disks)
    return replace(section, disks=disks, line=0, column=0, options=())


def test_the_generated_file_is_aligned_and_reads_back() -> None:
    assert generate_raidtab([MD0, MD1], "two mirrors").replace("rs\n\nraid", "rs\nraid") == GOOD
    assert tuple(map(placeless, Raidtab.parse(GOOD).sections)) == (MD0, MD1)
    assert lint_raidtab(GOOD) == ()


def test_places_are_those_of_the_names() -> None:
    section = Raidtab.parse(GOOD).sections[1]
    assert (section.line, section.column, section.name) == (11, 1, "md1")
    assert [(disk.line, disk.column) for disk in section.disks] == [(15, 21), (17, 21)]


def test_keywords_in_any_case_and_missing_lines_are_taken() -> None:
    text = "RaidDev /dev/md0 # root\nRAID-LEVEL 1\nDevice /dev/sdb2\r\nRaid-Disk 0\n"
    (section,) = Raidtab.parse(text).sections
    assert section.level == "1" and section.persistent_superblock == 1
    assert placeless(section).disks == (RaidDisk("/dev/sdb2", "raid-disk", 0),)
    assert Raidtab.parse(text).complaints == ()


def edited(old: str, new: str) -> list[tuple[int, int, str]]:
    assert GOOD.count(old) >= 1
    found = lint_raidtab(GOOD.replace(old, new, 1))
    return [(c.line, c.column, c.message) for c in found if c.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("raid-level ", "raidlevel ", 3, 5, "no word of a raidtab"),
        ("    raid-disk       0\n    device          /dev/sda2", "    device          /dev/sda2",
         6, 21, "given no role"),
        ("    failed-disk     1\n\n", "\n", 8, 21, "given no role"),
        ("failed-disk     1", "failed-disk", 9, 5, "has no value"),
        ("failed-disk     1", "failed-disk     b", 9, 21, "no number"),
        ("failed-disk     1", "failed-disk     0", 8, 21, "as /dev/sdb2 in line 6 has"),
        ("failed-disk     1", "failed-disk     2", 8, 21, "counted from 0"),
        ("failed-disk     1", "parity-disk     1", 8, 21, "no parity"),
        ("raid-disk       0", "failed-disk     0", 2, 1, "no half that works"),
        ("nr-raid-disks   2", "nr-raid-disks   3", 4, 21, "nr-raid-disks 3, but 2"),
        ("    nr-raid-disks   2\n", "", 2, 1, "does not say how many"),
        ("nr-raid-disks   2", "nr-raid-disks   ²", 4, 21, "no number"),
        ("    device          /dev/sda2", "    nr-spare-disks 1\n    device /dev/sda2", 8, 20,
         "nr-spare-disks 1, but 0"),
        ("raid-level      1", "raid-level      5", 3, 21, "raid-level 5"),
        ("persistent-superblock 1", "persistent-superblock 0", 5, 27, "persistent superblock"),
        ("/dev/sdb1", "/dev/sdb2", 15, 21, "it already belongs to md0 (line 6)"),
        ("/dev/sda2", "/dev/sdb2", 8, 21, "twice (line 6)"),
        ("/dev/sda2", "sda2", 8, 21, "no device"),
        ("/dev/md1", "/dev/md0", 11, 1, "in line 2 already"),
        ("/dev/md1", "/dev/md512", 11, 1, "no name for an array"),
        ("raiddev /dev/md0\n", "", 2, 5, "before the first raiddev"),
        ("raid-level      1", "raid-level      1 2", 3, 23, "one word too many"),
        ("    device          /dev/sdb2\n", "", 6, 5, "does not follow a device"),
    ],
)
def test_complaints_have_their_place(
    old: str, new: str, line: int, column: int, words: str
) -> None:
    found = edited(old, new)
    assert any(c[:2] == (line, column) and words in c[2] for c in found), found


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("raiddev /dev/md0", "raidev /dev/md0", 2),
        ("raiddev /dev/md0\n", "", 2),
        ("raiddev /dev/md1", "raidev /dev/md1", 11),
        ("raid-disk       0", "raid-dsk        0", 7),
        ("raid-disk       0", "raid-disk       O", 7),
        ("device          /dev/sdb2", "devce           /dev/sdb2", 6),
        ("nr-raid-disks   2", "nr-raid-disk    2", 4),
    ],
)
def test_one_typo_is_one_complaint(old: str, new: str, line: int) -> None:
    found = edited(old, new)
    assert [c[0] for c in found] == [line], found


def test_what_changes_nothing_is_a_warning() -> None:
    for old, new in (("raid-level      1", "chunk-size 64\nraid-level 1"),
                     ("raid-level      1", "raid-level 1\nraid-level 1")):
        found = lint_raidtab(GOOD.replace(old, new, 1))
        assert [c.severity for c in found] == [Severity.WARNING]


devices = st.integers(0, 40).map(lambda n: f"/dev/sd{chr(97 + n % 26)}{n}")
disks = st.builds(
    RaidDisk, devices, st.sampled_from(["raid-disk", "spare-disk", "parity-disk", "failed-disk"]),
    st.integers(0, 99),
)
sections_drawn = st.lists(st.builds(
    RaidDev, st.integers(0, 511).map(lambda n: f"/dev/md{n}"), st.sampled_from(["0", "1", "5"]),
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 1), st.none() | st.integers(1, 4096),
    st.lists(disks, max_size=4).map(tuple),
), max_size=4)


@given(sections=sections_drawn, header=st.text(max_size=60))
def test_generated_arrays_read_back(sections: list[RaidDev], header: str) -> None:
    parsed = Raidtab.parse(generate_raidtab(sections, header))
    assert list(map(placeless, parsed.sections)) == sections
    assert parsed.complaints == ()
