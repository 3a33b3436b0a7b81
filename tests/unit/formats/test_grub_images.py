"""GRUB's images on a disk against those in /boot: what may differ, and what must not."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.grub_images import (
    SECTOR,
    core_rest,
    core_sector,
    same_boot_code,
    same_core,
)

BOOT = bytes(92) + (5).to_bytes(8, "little") + bytes(range(1, 256)) + bytes(155) + b"\x55\xaa"
BOOT_IMG = BOOT[: SECTOR - 2].ljust(510, b"\0") + b"\x55\xaa"
# A list of two runs: GRUB leaves out sectors that other programs have marked as theirs.
LIST = struct.pack("<QHHQHHQHH", 0, 0, 0, 9, 2, 0x8A0, 2, 3, 0x820)
CORE_IMG = b"d" * (SECTOR - len(LIST)) + LIST + b"c" * 1000
OWN = {*range(0x03, 0x5A), *range(0x5C, 0x68), *range(0x1B8, 0x1FE)}


@given(st.integers(0, SECTOR - 1))
def test_each_byte_of_the_code_counts(place: int) -> None:
    changed = bytearray(BOOT_IMG)
    changed[place] ^= 0x40
    assert same_boot_code(bytes(changed), BOOT_IMG) == (place in OWN)


def test_no_sector_is_no_code() -> None:
    assert not same_boot_code(b"", BOOT_IMG)
    assert core_sector(b"") == 0
    assert core_rest(b"") == ()


def test_where_core_img_lies() -> None:
    assert core_sector(BOOT_IMG) == 5
    assert core_rest(CORE_IMG[:SECTOR]) == ((2, 3), (9, 2))


def test_a_list_without_an_end_is_none() -> None:
    assert core_rest(b"d" * SECTOR) == ()


@given(st.integers(0, len(CORE_IMG) - 1))
def test_each_byte_of_core_img_counts(place: int) -> None:
    changed = bytearray(CORE_IMG)
    changed[place] ^= 1
    own = place in range(0x210, 0x214) or place in range(SECTOR - 24, SECTOR)
    assert same_core(bytes(changed) + b"its error-correcting code", CORE_IMG) == own


def test_a_core_img_cut_short_is_another() -> None:
    assert not same_core(CORE_IMG[:-1], CORE_IMG)
    assert not same_core(b"", b"")
