"""Settings files that the shell sources: /etc/default/grub, initramfs-tools' conf.d, os-release.

They are read without a shell: nothing in them is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.lines import split_lines, with_newline
from bootmirror.formats.shell_words import Assignment, assignments

_BARE = re.compile(r"[A-Za-z0-9_./:=,+@%-]+")
_SPACED = re.compile(r"[ \t]*([A-Za-z_][A-Za-z0-9_]*)(?:[ \t]+=|(\+)=|=[ \t]+[^ \t\n#;])")


@dataclass(frozen=True)
class ShellSettings:
    """The file's text and the assignments in it."""

    text: str
    assignments: tuple[Assignment, ...]

    @classmethod
    def parse(cls, text: str) -> ShellSettings:
        """Never raises: what is no assignment is kept and passed over."""
        return cls(text, tuple(assignments(text)))

    def render(self) -> str:
        return self.text

    def get(self, name: str) -> str | None:
        """The last value assigned, unquoted; ``$NAME`` and the like stay as written."""
        last = self._last(name)
        return last.value if last else None

    def with_value(self, name: str, value: str) -> ShellSettings:
        """The last assignment of ``name`` replaced in its place, or a new one at the end.

        Where the present value holds something the shell expands, ``$`` and backquotes in the new
        one are taken to be such too; elsewhere they are quoted.
        """
        last = self._last(name)
        if last is None:
            kept = with_newline(self.text)
            return self.parse(f"{kept}{name}={_quoted(value, '', expands=False)}\n")
        written = self.text[last.start : last.end]
        quoted = _quoted(value, written[:1], expands=last.expands)
        return self.parse(self.text[: last.start] + quoted + self.text[last.end :])

    def _last(self, name: str) -> Assignment | None:
        return next((a for a in reversed(self.assignments) if a.name == name), None)


def _quoted(value: str, quote: str, *, expands: bool) -> str:
    """The value as one shell word, in the quotes the file used where they can hold it."""
    if quote not in ("'", '"') and _BARE.fullmatch(value):
        return value
    if quote == "'" and "'" not in value and not expands:
        return f"'{value}'"
    special = r'(["\\])' if expands else r'(["\\$`])'
    return '"' + re.sub(special, r"\\\1", value) + '"'


def lint_shell_settings(text: str, *, appends: bool = False) -> tuple[Complaint, ...]:
    """What the shell would stumble over; ``appends``: it is bash, which knows ``+=``."""
    known = tuple(assignments(text, appends=appends))
    found = [_open_quote(text, a) for a in known if not a.closed]
    covered = _covered(text, known)
    for number, line in enumerate(split_lines(text), 1):
        spaced = None if number in covered else _SPACED.match(line)
        if spaced and not (spaced[2] and appends):
            found.append(_not_an_assignment(number, spaced))
        if line.endswith("\r\n"):
            found.append(_carriage_return(number, line))
    return tuple(sorted(found))


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _covered(text: str, known: Iterable[Assignment]) -> set[int]:
    """The numbers of the lines that lie inside a value of several lines."""
    inside: set[int] = set()
    for assignment in known:
        if "\n" in text[assignment.start : assignment.end]:
            first = place_of(text, assignment.start)[0]
            inside.update(range(first + 1, place_of(text, assignment.end)[0] + 1))
    return inside


def _open_quote(text: str, assignment: Assignment) -> Complaint:
    line, column = place_of(text, assignment.start)
    return Complaint(
        line, column, f"The value of {assignment.name} opens a quote that is never closed",
        "close it at the end of the value",
    )


def _not_an_assignment(number: int, found: re.Match[str]) -> Complaint:
    name = found[1]
    if found[2]:
        return Complaint(
            number, found.start(1) + 1, f"{name}+= is not known to the shell that reads this file",
            f'write {name}="${name} …"',
        )
    return Complaint(
        number, found.start(1) + 1, f"A blank beside the = of {name} makes this line a command",
        f"write {name}=value without blanks, and quote a value that holds some",
    )


def _carriage_return(number: int, line: str) -> Complaint:
    return Complaint(
        number, len(line) - 1, "This line ends in a carriage return, as files from Windows do",
        "remove it: the shell makes it part of the value", Severity.WARNING,
    )
