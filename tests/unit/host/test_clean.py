"""What comes from disks and labels is printable and bounded after cleaning."""

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.host.clean import LIMIT, clean, clean_lines


def test_control_sequences_are_shown_not_obeyed() -> None:
    assert clean("a\x1b[2Jb\x07") == "a\\x1b[2Jb\\x07"
    assert clean(b"disk\xff\x00") == "disk\\xff\\x00"
    assert clean("right\u202eleft") == "right\\u202eleft"
    assert clean("  QUANTUM é  ") == "QUANTUM é"
    assert clean(None) == ""


def test_lines_end_at_carriage_returns_too() -> None:
    assert clean_lines("10%\r20%\r\n\n done\n") == ["10%", "20%", "done"]


@given(raw=st.text() | st.binary(), limit=st.integers(1, 60))
def test_any_string_comes_out_printable_and_bounded(raw: str | bytes, limit: int) -> None:
    text = clean(raw, limit)
    assert text.isprintable() and len(text) <= limit
    assert all(line.isprintable() and len(line) <= LIMIT for line in clean_lines(raw))
