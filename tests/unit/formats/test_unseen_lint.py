"""A file's characters that cannot be shown are warned of, where they stand."""

from __future__ import annotations

from hypothesis import given

from bootmirror.formats.complaint import Severity
from bootmirror.formats.unseen_lint import MOST, lint_unseen
from tests.hostile import faults_of, hostile


def test_each_kind_is_named_with_its_place() -> None:
    text = "plain\ttext é 漢\n# a\x1b[2J\n# \udce9\n# \u202e# x\u200b\n"
    assert [(c.line, c.column, c.message.split()[0]) for c in lint_unseen(text)] == [
        (2, 4, "\\x1b"), (3, 3, "\\xe9"), (4, 3, "\\u202e")]
    assert {c.severity for c in lint_unseen(text)} == {Severity.WARNING}


def test_many_lines_are_counted_not_listed() -> None:
    found = list(lint_unseen("x\r\n" * 100))
    assert len(found) == MOST + 1
    assert found[-1].message == f"so it is in {100 - MOST} more lines from here on"


@given(hostile())
def test_what_is_said_of_any_text_is_short_and_printable(text: str) -> None:
    said = [str(complaint) for complaint in lint_unseen(text)]
    assert len(said) <= MOST + 1
    assert all(len(line) < 200 and not faults_of(line) for line in said)
