"""The colours of the formats: what the readers take for what."""

from __future__ import annotations

from time import monotonic

import pytest
from hypothesis import given

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.lexers import LEXERS, lexer_of
from bootmirror.formats.lilo_conf import lint_lilo_conf
from bootmirror.formats.mdadm_conf import lint_mdadm_conf
from bootmirror.formats.raidtab import lint_raidtab
from bootmirror.formats.shell_settings import ShellSettings
from bootmirror.formats.tokens import Kind, Lexer, Tokens

from .test_every_format import texts
from .texts import LONG

PATHS = ("/etc/raidtab", "/etc/fstab", "/etc/mdadm/mdadm.conf", "/etc/lilo.conf",
         "/etc/default/grub")


def read(path: str, text: str) -> list[Tokens]:
    """The tokens of each line."""
    found, inside = [], ""
    for line in text.split("\n"):
        tokens, inside = lexer_of(path)(line, inside)
        found.append(tokens)
    return found


def shown(path: str, text: str) -> list[tuple[str, str]]:
    """The pieces of a text with their kinds."""
    lines = zip(text.split("\n"), read(path, text), strict=True)
    return [(line[a:b], kind.value) for line, tokens in lines for a, b, kind in tokens]


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("/etc/raidtab", "raiddev /dev/md0 # both\n\tRAID-level\t1\nraid-dsk 0",
     [("raiddev", "keyword"), ("/dev/md0", "place"), ("# both", "comment"),
      ("RAID-level", "keyword"), ("1", "number")]),
    ("/etc/fstab", "#x\nUUID=1a / ext4 errors=remount-ro 0 1 # c",
     [("#x", "comment"), ("UUID=1a", "place"), ("/", "place"), ("ext4", "keyword"),
      ("errors=remount-ro", "value"), ("0", "number"), ("1", "number"), ("# c", "comment")]),
    ("/etc/mdadm/mdadm.conf", "ARRAY /dev/md0\n  name='a b' # c\nFROG 1",
     [("ARRAY", "keyword"), ("/dev/md0", "place"), ("name=", "keyword"), ("'a b'", "value"),
      ("# c", "comment"), ("1", "number")]),
    ("/etc/default/grub", "A=5 # c\nexport B=\"x $(ls\nfoo) b\nc\" C='/x'; D=a\\\nb E=2\nfrog x",
     [("A", "keyword"), ("5", "number"), ("# c", "comment"), ("export B", "keyword"),
      ('"x $(ls', "value"), ("foo) b", "value"), ('c"', "value"), ("C", "keyword"),
      ("'/x'", "place"), ("D", "keyword"), ("a\\", "value"), ("b", "value"), ("E", "keyword"),
      ("2", "number")]),
    ("/etc/lilo.conf", "boot=/dev/md0 # c\nlba32 append = \"a\\\nb c\" root=\n/dev/md0 frog=1\n"
     "vga=a\\\n delay=20",
     [("boot", "keyword"), ("/dev/md0", "place"), ("# c", "comment"), ("lba32", "keyword"),
      ("append", "keyword"), ('"a\\', "value"), ('b c"', "value"), ("root", "keyword"),
      ("/dev/md0", "place"), ("1", "number"), ("vga", "keyword"), ("a\\", "value"),
      ("delay", "keyword"), ("20", "number")]),
    ("/etc/default/grub", 'A+="x"', []),
    ("/etc/dracut.conf.d/60-bootmirror.conf", 'A+=" x "', [("A", "keyword"), ('" x "', "value")]),
    ("/boot/grub/custom.cfg", "set x=1 # not coloured", []),
])
def test_each_format_in_its_colours(
    path: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert shown(path, text) == expected


@pytest.mark.parametrize("path", PATHS)
@given(text=texts)
def test_tokens_lie_in_their_line_one_after_the_other(path: str, text: str) -> None:
    for line, tokens in zip(text.split("\n"), read(path, text), strict=True):
        ends = [0, *(end for _, end, _ in tokens)]
        assert all(before <= start < end for before, (start, end, _)
                   in zip(ends, tokens, strict=False))
        assert ends[-1] <= len(line)


@pytest.mark.parametrize("lexer", dict(LEXERS).values())
@pytest.mark.parametrize("text", LONG, ids=lambda text: repr(text[:2]))
def test_a_megabyte_is_coloured_within_seconds(lexer: Lexer, text: str) -> None:
    began, inside = monotonic(), ""
    for line in text.split("\n"):
        _, inside = lexer(line, inside)
    assert monotonic() - began < 20


@given(text=texts)
def test_a_word_the_lint_does_not_know_is_never_a_keyword(text: str) -> None:
    for path, lint, phrase in (
        ("/etc/raidtab", lint_raidtab, "is no word of a raidtab"),
        ("/etc/mdadm/mdadm.conf", lint_mdadm_conf, "mdadm does not know the word"),
    ):
        for complaint in lint(text):
            if phrase in complaint.message:
                assert Kind.KEYWORD not in _kinds_at(path, text, complaint)


def _kinds_at(path: str, text: str, complaint: Complaint) -> list[Kind]:
    tokens = read(path, text)[complaint.line - 1]
    return [kind for start, _, kind in tokens if start == complaint.column - 1]


def test_what_lilo_does_not_know_is_no_keyword() -> None:
    text = "boot=/dev/md0\nfrog=1\nimage=/vmlinuz\nlabel=x\n"
    (complaint,) = (c for c in lint_lilo_conf(text) if "does not know" in c.message)
    assert _kinds_at("/etc/lilo.conf", text, complaint) == []


@given(text=texts)
def test_every_value_the_shell_reader_finds_is_coloured(text: str) -> None:
    """The lexer goes line by line; it ends where the reader of the whole text ends."""
    starts: dict[int, Kind] = {}
    offset = 0
    for line, tokens in zip(text.split("\n"), read("/etc/default/grub", text), strict=True):
        starts |= {offset + start: kind for start, _, kind in tokens}
        offset += len(line) + 1
    for assignment in ShellSettings.parse(text).assignments:
        if assignment.end > assignment.start and text[assignment.start] not in "\\\n":
            assert assignment.start in starts
