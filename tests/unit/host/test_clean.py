"""What comes from disks and labels is printable and bounded after cleaning."""

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.host.clean import LIMIT, clean, clean_lines, cleaned, odd, visible
from tests.hostile import faults_of, hostile


def test_control_sequences_are_shown_not_obeyed() -> None:
    assert clean("a\x1b[2Jb\x07") == "a\\x1b[2Jb\\x07"
    assert clean(b"disk\xff\x00") == "disk\\xff\\x00"
    assert clean("right\u202eleft") == "right\\u202eleft"
    assert clean("tag\U000e0041") == "tag\\U000e0041"
    assert clean("  QUANTUM é  ") == "QUANTUM é"
    assert clean(None) == ""


def test_what_cannot_be_seen_is_written_out() -> None:
    assert clean("a\u3164b\ufe0f\u200b") == "a\\u3164b\\ufe0f\\u200b"


def test_accents_stay_but_are_not_piled_up() -> None:
    assert clean("e\u0301\u0323") == "e\u0301\u0323"
    assert clean("e" + "\u0301" * 4) == "e\u0301\u0301\\u0301\\u0301"


def test_lines_end_at_carriage_returns_too() -> None:
    assert clean_lines("10%\r20%\r\n\n done\n") == ["10%", "20%", "done"]


@given(raw=st.text() | st.binary() | hostile(), limit=st.integers(1, 60))
def test_any_string_comes_out_printable_and_bounded(raw: str | bytes, limit: int) -> None:
    text = clean(raw, limit)
    assert not faults_of(text) and len(text) <= limit
    assert clean(text, limit) == text
    assert all(not faults_of(line) and len(line) <= LIMIT for line in clean_lines(raw))


@given(hostile())
def test_what_is_written_out_can_be_found_by_its_place(text: str) -> None:
    places = dict(odd(text))
    assert visible(text) == "".join(places.get(i, char) for i, char in enumerate(text))


def test_plain_data_is_cleaned_to_its_depths() -> None:
    assert cleaned({"a\x1b": ["\x07", 3, {"b": ("\r", None)}]}) == {
        "a\\x1b": ["\\x07", 3, {"b": ["", None]}]}
