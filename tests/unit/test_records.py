"""Records: frozen dataclasses to JSON and back."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.errors import UsageError
from bootmirror.records import from_plain, to_plain


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    name: str
    size: int = 0


@dataclass(frozen=True)
class Outer:
    ratio: float
    flag: bool
    colour: Colour
    inner: Inner | None = None
    inners: tuple[Inner, ...] = ()
    pair: tuple[str, int] = ("", 0)
    number: int | None = None
    pairs: tuple[tuple[str, str], ...] = field(default=())


texts = st.text(max_size=8) | st.just("\udcff")
inners = st.builds(Inner, texts, st.integers())
outers = st.builds(
    Outer, st.floats(allow_nan=False), st.booleans(), st.sampled_from(Colour), st.none() | inners,
    st.lists(inners, max_size=3).map(tuple), st.tuples(texts, st.integers()),
    st.none() | st.integers(), st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


@given(outers)
def test_what_was_written_reads_back_through_json(outer: Outer) -> None:
    assert from_plain(Outer, json.loads(json.dumps(to_plain(outer)))) == outer


PLAIN: dict[str, Any] = {"ratio": 1, "flag": True, "colour": "red"}


def test_missing_fields_with_defaults_get_them_and_whole_numbers_are_ratios() -> None:
    built = from_plain(Outer, PLAIN)
    assert built == Outer(1.0, True, Colour.RED) and isinstance(built.ratio, float)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"flag": 1}, r"Outer\.flag: a bool"),
        ({"ratio": True}, r"Outer\.ratio: a float"),
        ({"number": True}, r"Outer\.number: a int"),
        ({"colour": "green"}, r"Outer\.colour: 'green'"),
        ({"colour": []}, r"Outer\.colour: \[\]"),
        ({"inner": []}, r"Outer\.inner: an object"),
        ({"inner": {"name": 5}}, r"Outer\.inner\.name: a str"),
        ({"inner": {"size": 5}}, r"Outer\.inner: .*name"),
        ({"inners": [{"name": "a"}, {"nmae": "b"}]}, r"Outer\.inners\[1\]: unknown field 'nmae'"),
        ({"inners": {}}, r"Outer\.inners: a list"),
        ({"pair": ["a"]}, r"Outer\.pair: 2 values"),
        ({"extra": 1}, r"Outer: unknown field 'extra'"),
    ],
)
def test_what_is_off_is_named_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(UsageError, match=place):
        from_plain(Outer, PLAIN | change)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(
        st.sampled_from(["ratio", "flag", "colour", "inner", "name", "x"]), inside, max_size=4),
    max_leaves=12,
))
def test_any_json_is_read_or_refused(plain: Any) -> None:
    try:
        from_plain(Outer, plain)
    except UsageError as error:
        assert str(error)
