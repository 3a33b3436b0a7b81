"""/etc/fstab: the file systems, read to objects and changed field by field.

Source: fstab(5), getmntent(3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bootmirror.formats.fstab_fields import FIELDS, decoded, encoded, field_words, split_options
from bootmirror.formats.fstab_lint import lint_fstab
from bootmirror.formats.lines import number_of, split_lines, with_newline

__all__ = ["Fstab", "FstabEntry", "lint_fstab"]

_QUOTED = re.compile(r"""([A-Z]+=)(["'])(.*)\2""", re.DOTALL)  # a tag, its value in quotes
_DEFAULTS = ("none", "none", "auto", "defaults", "0", "0")


@dataclass(frozen=True)
class FstabEntry:
    """One line that names a file system. Missing fields have fstab(5)'s defaults."""

    spec: str
    file: str
    vfstype: str
    options: tuple[str, ...] = ()
    freq: int = 0
    passno: int = 0
    line: int = 0  # from 1

    @property
    def device(self) -> str:
        """The spec as libmount takes it: a tag's value may stand in quotes (UUID="…")."""
        found = _QUOTED.fullmatch(self.spec)
        return f"{found[1]}{found[3]}" if found else self.spec

    def option(self, name: str) -> str | None:
        """The value of ``name=value``, "" for a bare ``name``, None when it is not there."""
        for option in self.options:
            key, _, value = option.partition("=")
            if key == name:
                return value
        return None


@dataclass(frozen=True)
class Fstab:
    """The file's lines, each with its newline, and the entries in them."""

    lines: tuple[str, ...]
    entries: tuple[FstabEntry, ...]

    @classmethod
    def parse(cls, text: str) -> Fstab:
        """Never raises; lines of fewer than two fields are kept, and are no entries."""
        return cls._of(split_lines(text))

    @classmethod
    def _of(cls, lines: Sequence[str]) -> Fstab:
        found = (_entry(number, line) for number, line in enumerate(lines, 1))
        return cls(tuple(lines), tuple(entry for entry in found if entry is not None))

    def render(self) -> str:
        return "".join(self.lines)

    def entry_for(self, mountpoint: str) -> FstabEntry | None:
        """The entry of a mount point; of several the last, which is what one would see."""
        return next(reversed(self.entries_for(mountpoint)), None)

    def entries_for(self, mountpoint: str) -> tuple[FstabEntry, ...]:
        """All entries of a mount point."""
        wanted = mountpoint.rstrip("/") or "/"
        return tuple(e for e in self.entries
                     if mountpoint and (e.file.rstrip("/") or "/") == wanted)

    def with_fields(  # noqa: PLR0913 - one for each field of a line
        self,
        entry: FstabEntry,
        *,
        spec: str | None = None,
        file: str | None = None,
        vfstype: str | None = None,
        options: str | Sequence[str] | None = None,
        freq: int | None = None,
        passno: int | None = None,
    ) -> Fstab:
        """Only these fields of an entry changed; the rest of its line stays byte for byte.

        Values are given as they are meant: blanks in them are escaped here. Raises ValueError when
        the entry is not in this file.
        """
        joined = options if options is None or isinstance(options, str) else ",".join(options)
        numbers = [None if number is None else str(number) for number in (freq, passno)]
        wanted = [spec, file, vfstype, joined, *numbers]
        place = self._place_of(entry)
        line = _with_words(self.lines[place], wanted)
        return self._of([*self.lines[:place], line, *self.lines[place + 1 :]])

    def with_line_after(self, entry: FstabEntry | None, text: str) -> Fstab:
        """A line (or several) put after an entry's, or with None at the end."""
        place = len(self.lines) if entry is None else self._place_of(entry) + 1
        before = [*self.lines[: max(place - 1, 0)], *map(with_newline, self.lines[:place][-1:])]
        return self._of([*before, *split_lines(with_newline(text)), *self.lines[place:]])

    def without(self, entry: FstabEntry) -> Fstab:
        """The file without an entry's line. Raises ValueError when it is not in this file."""
        place = self._place_of(entry)
        return self._of([*self.lines[:place], *self.lines[place + 1 :]])

    def _place_of(self, entry: FstabEntry) -> int:
        """The index of an entry's line; found by its content when lines were put before it."""
        if entry in self.entries:
            return entry.line - 1
        alike = [e for e in self.entries if replace(e, line=entry.line) == entry]
        if len(alike) != 1:
            raise ValueError(f"this fstab does not hold the entry of {entry.file!r}")
        return alike[0].line - 1


def _entry(number: int, line: str) -> FstabEntry | None:
    words = [word.text for word in field_words(line)]
    if len(words) < 2:
        return None
    spec, file, vfstype, options, freq, passno = words + [""] * (len(FIELDS) - len(words))
    return FstabEntry(
        spec=decoded(spec),
        file=decoded(file),
        vfstype=decoded(vfstype),
        options=split_options(decoded(options)),
        freq=number_of(freq) or 0,
        passno=number_of(passno) or 0,
        line=number,
    )


def _with_words(line: str, wanted: Sequence[str | None]) -> str:
    """A line with some of its fields replaced; missing ones before them get their defaults."""
    words = field_words(line)
    last = max((i for i, value in enumerate(wanted) if value is not None), default=-1)
    pieces, place = [], 0
    for i, word in enumerate(words):
        pieces += [line[place : word.start], _field(wanted[i], word.text, i)]
        place = word.end
    for i in range(len(words), last + 1):
        pieces += [" ", _field(wanted[i], _DEFAULTS[i], i)]
    return "".join([*pieces, line[place:]])


def _field(wanted: str | None, present: str, index: int) -> str:
    """The field as written. An empty one would move those after it, so it gets its default."""
    return present if wanted is None else encoded(wanted) or _DEFAULTS[index]
