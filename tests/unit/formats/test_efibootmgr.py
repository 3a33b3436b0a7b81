"""efibootmgr's output, of version 17 and of 18, which shows where an entry leads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.efibootmgr import parse_efibootmgr

OLD = """\
BootNext: 0007
BootCurrent: 0004
Timeout: 3 seconds
BootOrder: 0004,0000,0007
Boot0000* UiApp
Boot0004* debian
Boot0007  bootmirror PM-0002-B
MirroredPercentageAbove4G: 0.00
"""
NEW = ("BootOrder: 00AF\n"
       "Boot00AF* debian\tHD(1,GPT,5f,0x800,0x1f)/File(\\EFI\\debian\\shimx64.efi)\n")


def test_entries_order_and_the_one_shot_entry() -> None:
    found = parse_efibootmgr(OLD)
    assert [(e.number, e.label) for e in found.entries] == [
        ("0000", "UiApp"), ("0004", "debian"), ("0007", "bootmirror PM-0002-B")]
    assert found.order == ("0004", "0000", "0007")
    assert (found.current, found.next) == ("0004", "0007")
    assert [e.number for e in found.labelled("bootmirror PM-0002-B")] == ["0007"]
    assert found.labelled("bootmirror PM-0002") == ()


def test_the_place_an_entry_leads_to_is_no_part_of_its_label() -> None:
    (entry,) = parse_efibootmgr(NEW).entries
    assert entry.label == "debian"
    assert entry.path.startswith("HD(1,GPT")


def test_a_machine_without_entries() -> None:
    assert parse_efibootmgr("No BootOrder is set; firmware will attempt recovery\n").entries == ()


@given(st.text())
def test_no_output_breaks_it(text: str) -> None:
    parse_efibootmgr(text)
