"""crypttab as machines have it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.crypttab import Crypttab, lint_crypttab

SAMPLE = """\
# <target> <source> <key file> <options>
sda5_crypt UUID=1b1e0c3c-0000-4000-8000-000000000001 none luks,discard
swap\t/dev/sda3\t/dev/urandom\tswap,cipher=aes-xts-plain64,size=256
data   PARTUUID=0001-02 -
  old  /dev/sdb1
"""
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789_=/.-", min_size=1).filter(lambda w: w != "-")


def test_entries_with_and_without_the_last_fields() -> None:
    found = Crypttab.parse(SAMPLE).entries
    assert [(e.line, e.name, e.key) for e in found] == [
        (2, "sda5_crypt", "none"), (3, "swap", "/dev/urandom"), (4, "data", "none"),
        (5, "old", "none")]
    assert found[0].options == ("luks", "discard")
    assert lint_crypttab(SAMPLE) == ()


def test_what_would_be_passed_over_is_told() -> None:
    found = lint_crypttab("a /dev/x none luks discard\nb\nc /dev/y\nc /dev/z\n")
    assert [(c.line, c.message) for c in found] == [
        (1, "This line has 5 fields, not four"), (2, "b has no device"),
        (4, "c was defined in line 3 already")]


def test_a_control_byte_is_not_passed_on() -> None:
    (complaint,) = lint_crypttab("\x1b[31m\n")
    assert "\x1b" not in complaint.message


@given(st.lists(st.tuples(words, words, words), max_size=6, unique_by=lambda line: line[0]))
def test_what_was_written_is_read(lines: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{name}\t{device} {key}\n" for name, device, key in lines)
    found = Crypttab.parse(text).entries
    assert [(e.name, e.device, e.key) for e in found] == lines
    assert lint_crypttab(text) == ()
