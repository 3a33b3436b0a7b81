"""What the panes are drawn with: widths hold for every text, and repaints miss no changed cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.glyphs import ASCII, UNICODE
from tui.text import Span, fit, plain, printable, width_of, wrap
from tui.widgets.canvas import _changes
from tui.widgets.disk_map import Extent, disk_map
from tui.words import clock, left, size

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


@given(st.text(max_size=50))
def test_nothing_unprintable_passes(text: str) -> None:
    shown = printable(text).replace("\t", "")
    assert shown.isprintable()
    assert ASCII.readable(shown).isascii()


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
