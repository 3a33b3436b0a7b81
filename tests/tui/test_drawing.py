"""What the panes are drawn with: widths hold for every text, and repaints miss no changed cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.machine.model import Sync
from tests.hostile import faults_of, hostile
from tests.unit.plan.test_layouts import MACHINE
from tui.glyphs import ASCII, UNICODE
from tui.text import Span, columns, fit, plain, short, sign_for_sign, width_of, wrap
from tui.widgets.array_lines import sync_line
from tui.widgets.canvas import _changes
from tui.widgets.differences import changed_lines
from tui.widgets.disk_map import Extent, disk_map
from tui.widgets.disk_pane import letter_of
from tui.words import clock, identity_kind, left, size

WORDS = st.text(alphabet=st.sampled_from("ab 漢é…/[]-"), max_size=60)
CELLS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "bold"])), max_size=40)


@given(st.lists(WORDS, max_size=4), st.integers(1, 80), st.sampled_from(["", "…"]))
def test_a_fitted_line_has_exactly_the_width(texts: list[str], width: int, cut: str) -> None:
    assert width_of(fit(tuple(Span(text) for text in texts), width, cut)) == width


@given(WORDS, st.integers(4, 80))
def test_folding_keeps_every_word_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, indent="  ", first="- ")
    assert all(width_of(line) <= width for line in lines)
    kept = "".join(line[1].text for line in lines).replace(" ", "")
    assert kept == text.replace(" ", "")


@given(CELLS, CELLS)
def test_a_repaint_covers_every_cell_that_changed(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    after = (after + [(" ", "")] * len(before))[: len(before)]  # lines have the canvas's width
    painted = {x for start, end in _changes(before, after) for x in range(start, end)}
    changed = {x for x, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
    assert changed <= painted
    assert bool(painted) == bool(changed)


@given(
    st.lists(st.integers(1, 10**12), min_size=0, max_size=8),
    st.integers(30, 120),
    st.sampled_from([UNICODE, ASCII]),
)
def test_a_disk_map_has_its_width_and_a_letter_for_each_partition(
    sizes: list[int], width: int, glyphs: object
) -> None:
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    extents = [Extent(a, b, "X") for a, b in zip(starts, sizes, strict=True)]
    made = disk_map(sum(sizes) + 10**9, extents, width, glyphs)  # type: ignore[arg-type]
    assert width_of(made) == width
    assert plain(made).count("X") == len(sizes)


@given(st.text(max_size=50) | hostile(300))
def test_an_editor_has_a_sign_for_each_character_and_nothing_unprintable(text: str) -> None:
    shown = sign_for_sign(text)
    assert len(shown) == len(text)
    assert not faults_of(shown.replace("\t", ""))
    assert ASCII.readable(shown).isascii()


def test_an_editor_shows_control_characters_by_their_pictures() -> None:
    assert sign_for_sign("a\x1b[2J\tb\x7f\u202e\udc9b") == "a␛[2J\tb␡\ufffd\ufffd"


@given(hostile(2000), st.integers(2, 80))
def test_what_is_folded_is_printable_and_within_its_width(text: str, width: int) -> None:
    for made in wrap(text, width):
        assert not faults_of(plain(made)) and width_of(made) <= width


@given(hostile(2000), st.integers(2, 80))
def test_what_is_cut_short_is_printable_and_within_its_width(text: str, width: int) -> None:
    shown = short(text, width)
    assert not faults_of(shown) and width_of((Span(shown),)) <= width


def test_columns_stand_under_each_other_whatever_is_in_them() -> None:
    assert columns([("a\x1b", "1"), ("漢字", "2")]) == ["a\\x1b 1", "漢字  2"]


@given(hostile(2000), st.integers(30, 120))
def test_a_changed_line_is_shown_whole_within_the_width(text: str, width: int) -> None:
    made = changed_lines("", text.replace("\n", " "), width)
    assert all(width_of(line) <= width and not faults_of(plain(line)) for line in made)


def test_a_wide_line_of_a_file_is_shown_to_its_end() -> None:
    made = changed_lines("", "漢" * 60 + "!", 40)
    assert "".join(plain(line).strip() for line in made).endswith("!")


@pytest.mark.parametrize("mountpoint", ["/漢", "/\u0301", "/ß", "/.x", "//"])
def test_the_map_names_an_odd_mount_point_by_its_number(mountpoint: str) -> None:
    assert letter_of(mountpoint, 3) == "3"


def test_a_bar_is_full_only_at_the_end() -> None:
    assert UNICODE.bar(0.999, 10) == "█" * 9 + "░"
    assert UNICODE.bar(1.0, 10) == "█" * 10
    assert ASCII.bar(0.5, 4) == "##.."


def test_numbers_in_words() -> None:
    assert [size(n) for n in (512, 250_000_000, 20 * 10**9, 4 * 10**12)] == [
        "512 B",
        "250 MB",
        "20.0 GB",
        "4.0 TB",
    ]
    assert [clock(n) for n in (None, 12.4, 3723)] == ["", "0:12", "1:02:03"]
    assert [left(n) for n in (None, 11, 112, 11_100)] == [
        "",
        "11 s left",
        "1 min 52 s left",
        "3 h 5 min left",
    ]


@pytest.mark.parametrize(("waiting", "words"), [
    ("delayed", "waits for another array"), ("pending", "begins with the first write to it"),
    ("unheard-of", "has not begun")])
def test_what_a_resync_waits_for(waiting: str, words: str) -> None:
    told = plain(sync_line(Sync("resync", waiting=waiting), 80, UNICODE, indent=0))
    assert told == f"resync {waiting}: {words}"


def test_what_kind_of_name_a_disk_goes_by() -> None:
    disk = replace(MACHINE.disks[0], serial="A1", wwn="0x5", by_path=("/dev/disk/by-path/ata-1",))
    assert [identity_kind(name, disk) for name in disk.identities] == ["S/N", "WWN", "ID", "ID"]
    assert identity_kind("/dev/disk/by-path/ata-1", disk) == "port"
