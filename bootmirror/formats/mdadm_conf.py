"""mdadm.conf: which arrays are assembled, and what else mdadm is told.

A line that begins with a blank goes on with the line before it. Keywords are taken in any case and
may be cut to three letters; ``#`` begins a comment where a word would begin. Source: mdadm.conf(5),
and ``conf_line`` in mdadm's config.c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.formats.lines import split_lines, with_newline
from bootmirror.formats.mdadm_conf_lines import Statement, statements
from bootmirror.formats.mdadm_conf_lint import lint_mdadm_conf, plain_uuid

__all__ = ["ArrayLine", "MdadmConf", "lint_mdadm_conf"]

# The comment under which Debian's mkconf writes the arrays.
_PLACE = "# definitions of existing MD arrays"
_NUMBERED = re.compile(r"\Amd/(\d+)\Z", re.ASCII)


@dataclass(frozen=True)
class ArrayLine:
    """An ARRAY line. ``uuid`` is in md's form: eight hex digits four times, joined by colons."""

    device: str = ""  # /dev/md0; may be missing, or <ignore>
    uuid: str = ""
    metadata: str = ""
    name: str = ""
    line: int = 0

    def __str__(self) -> str:
        tags = (("metadata", self.metadata), ("UUID", self.uuid), ("name", self.name))
        given = [_quoted(f"{tag}={value}") for tag, value in tags if value]
        return " ".join(["ARRAY", *([_quoted(self.device)] if self.device else []), *given])

    def is_of(self, other: ArrayLine) -> bool:
        """Whether it means the other's array, or takes its device name."""
        same = bool(self.uuid) and plain_uuid(self.uuid) == plain_uuid(other.uuid)
        return same or (bool(self.device) and _node(self.device) == _node(other.device))


@dataclass(frozen=True)
class MdadmConf:
    """The file's lines, each with its newline, and the arrays in them."""

    lines: tuple[str, ...]
    arrays: tuple[ArrayLine, ...]

    @classmethod
    def parse(cls, text: str) -> MdadmConf:
        """Never raises: what is not understood is kept."""
        lines = split_lines(text)
        found = (_array(s) for s in statements(lines) if s.keyword == "ARRAY")
        return cls(tuple(lines), tuple(found))

    def render(self) -> str:
        return "".join(self.lines)

    @property
    def told(self) -> tuple[str, ...]:
        """Whom the monitor tells: an address to mail to, a program to run (mdadm.conf(5))."""
        return tuple(s.words[1].text for s in statements(self.lines)
                     if s.keyword in ("MAILADDR", "PROGRAM") and len(s.words) > 1)

    def others(self, arrays: Sequence[ArrayLine]) -> tuple[ArrayLine, ...]:
        """The lines of arrays that are none of these, and take the name of none."""
        return tuple(line for line in self.arrays if not any(line.is_of(a) for a in arrays))

    def with_arrays(self, arrays: Sequence[ArrayLine]) -> MdadmConf:
        """These arrays too. What the file says of one of them, or of another array with the device
        name of one, goes; all other lines stay byte for byte, those of other arrays among them.

        They go where the first of what goes was, else behind the last ARRAY line, else below
        Debian's comment for them, or to the end.
        """
        old = [s for s in statements(self.lines) if s.keyword == "ARRAY"]
        kept = self.others(arrays)
        dropped = {place for s in old if _array(s) not in kept for place in s.places}
        behind = old[-1].places[-1] + 1 if old else self._place_for_new()
        at = min(dropped, default=behind)
        before = [with_newline(line) for line in self.lines[:at]]
        after = [line for i, line in enumerate(self.lines[at:], at) if i not in dropped]
        return self.parse("".join([*before, *(f"{array}\n" for array in arrays), *after]))

    def _place_for_new(self) -> int:
        for place, line in enumerate(self.lines, 1):
            goes_on = place < len(self.lines) and self.lines[place][:1] in (" ", "\t")
            if line.strip() == _PLACE and not goes_on:
                return place
        return len(self.lines)


def _array(statement: Statement) -> ArrayLine:
    device = ""
    tags: dict[str, str] = {}
    for word in statement.words[1:]:
        tag, sign, value = word.text.partition("=")
        if sign:
            tags[tag.lower()] = value
        elif not device:
            device = word.text
    return ArrayLine(
        device, tags.get("uuid", ""), tags.get("metadata", ""), tags.get("name", ""), statement.line
    )


def _node(device: str) -> str:
    """A device as the kernel calls it: /dev/md/0 and md0 are /dev/md0 (mdadm.conf(5))."""
    return _NUMBERED.sub(r"md\1", device.removeprefix("/dev/"))


def _quoted(word: str) -> str:
    """A word as mdadm reads it back: quoted when it holds a blank or begins like a comment."""
    if not any(char in word for char in " \t\"'") and not word.startswith("#"):
        return word
    return f"'{word}'" if '"' in word else f'"{word}"'
