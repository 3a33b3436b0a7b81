"""A person's changes carried over to a new version of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.merge import merge

BASE = "one\ntwo\nthree\nfour\n"
texts = st.lists(st.sampled_from("abc"), max_size=8).map(lambda x: "".join(f"{c}\n" for c in x))
loose = texts | st.text(alphabet="ab\n", max_size=12)


@pytest.mark.parametrize(
    ("mine", "new", "merged", "disputed"),
    [
        ("one\nTWO\nthree\nfour\n", "one\ntwo\nthree\nfour\nfive\n",
         "one\nTWO\nthree\nfour\nfive\n", ()),
        ("# mine\none\ntwo\nthree\nfour\n", "two\nthree\nfour\n", "# mine\ntwo\nthree\nfour\n", ()),
        ("one\ntwo\nTHREE\nfour\n", "one\ntwo\nthree\nFOUR\n", "one\ntwo\nTHREE\nFOUR\n", ()),
        ("one\nmine\nthree\nfour\n", "one\nnew\nthree\nfour\n", "one\nmine\nthree\nfour\n", (2,)),
        ("one\nthree\nfour\n", "one\nnew\nthree\nfour\n", "one\nthree\nfour\n", (2,)),
        (BASE + "mine\n", BASE + "new\n", BASE + "mine\nnew\n", (5,)),
        (BASE + "mine", BASE + "new\n", BASE + "mine\nnew\n", (5,)),
    ],
)
def test_changes_of_both_are_kept_and_mine_wins(
    mine: str, new: str, merged: str, disputed: tuple[int, ...]
) -> None:
    found = merge(BASE, mine, new)
    assert (found.text, found.disputed) == (merged, disputed)


@given(base=loose, other=loose)
def test_a_change_on_one_side_is_taken_as_it_is(base: str, other: str) -> None:
    assert merge(base, other, base).text == other
    assert merge(base, base, other).text == other
    assert merge(base, other, other).text == other
    assert merge(base, other, other).disputed == ()


@given(base=texts, mine=texts, new=texts)
def test_it_never_invents_a_line(base: str, mine: str, new: str) -> None:
    found = merge(base, mine, new)
    lines = found.text.splitlines()
    assert set(lines) <= {*base.splitlines(), *mine.splitlines(), *new.splitlines()}
    assert all(1 <= number <= len(lines) + 1 for number in found.disputed)
