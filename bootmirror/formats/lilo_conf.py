"""lilo.conf: global options, then ``disk=`` sections, then ``image=`` and ``other=`` sections.

Source: lilo.conf(5) of LILO 24, and its cfg.c and lilo.c.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.lilo_conf_lint import lint_options
from bootmirror.formats.lilo_conf_options import SECTIONS, LiloOption, options_of
from bootmirror.formats.lines import with_newline

__all__ = ["LiloConf", "LiloOption", "LiloSection", "lint_lilo_conf", "quoted"]


@dataclass(frozen=True)
class LiloSection:
    """A ``disk=``, ``image=`` or ``other=`` and the options up to the next one."""

    kind: str
    value: str  # the device or the path
    options: tuple[LiloOption, ...]
    head: LiloOption

    @property
    def line(self) -> int:
        return self.head.line

    def get(self, name: str) -> str | None:
        """An option's value, "" for one without; None when it is not there."""
        return _get(self.options, name)


@dataclass(frozen=True)
class LiloConf:
    """The file's text and the options in it."""

    text: str
    options: tuple[LiloOption, ...]

    @classmethod
    def parse(cls, text: str) -> LiloConf:
        """Never raises: what LILO would stop at is told by the lint."""
        return cls(text, options_of(text)[0])

    def render(self) -> str:
        return self.text

    @property
    def globals(self) -> tuple[LiloOption, ...]:
        """The options before the first section."""
        first = next((i for i, o in enumerate(self.options) if o.name in SECTIONS), None)
        return self.options[:first]

    @property
    def sections(self) -> tuple[LiloSection, ...]:
        starts = [i for i, o in enumerate(self.options) if o.name in SECTIONS]
        ends = [*starts[1:], len(self.options)]
        return tuple(
            LiloSection(
                self.options[start].name, self.options[start].value or "",
                self.options[start + 1 : end], self.options[start],
            )
            for start, end in zip(starts, ends, strict=True)
        )

    def get(self, name: str) -> str | None:
        """A global option's value, "" for one without; None when it is not there."""
        return _get(self.globals, name)

    def with_option(self, name: str, value: str | None) -> LiloConf:
        """A global option set (``value`` None: one without a value), the rest byte for byte.

        It takes the place of the present one, or goes on a line before the first section.
        """
        written = name if value is None else f"{name}={quoted(value)}"
        present = next((o for o in self.globals if o.name == name.lower()), None)
        if present is not None:
            return self.parse(self.text[: present.start] + written + self.text[present.end :])
        first = next((o for o in self.options if o.name in SECTIONS), None)
        place = len(self.text) if first is None else self.text.rfind("\n", 0, first.start) + 1
        if self.globals and place < self.globals[-1].end:  # a section on the line of an option
            return self.parse(f"{self.text[: first.start]}{written}\n{self.text[first.start :]}"
                              if first else self.text)
        before = with_newline(self.text[:place])
        return self.parse(f"{before}{written}\n{self.text[place:]}")

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> LiloConf:
        """The file with places (offsets, end excluded) replaced; they do not overlap."""
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return self.parse(text)

    def without_option(self, name: str) -> LiloConf:
        """The file without a global option; its line goes too when nothing else is on it."""
        present = next((o for o in self.globals if o.name == name.lower()), None)
        if present is None:
            return self
        before, after = self.text[: present.start], self.text[present.end :]
        head, tail = before.rfind("\n") + 1, after.find("\n") + 1
        if not before[head:].strip() and not after[:tail or None].strip():
            before, after = before[:head], after[tail:] if tail else ""
        return self.parse(before + after)


def lint_lilo_conf(text: str) -> tuple[Complaint, ...]:
    """What LILO itself would stop at, in the order of the lines."""
    options, complaints = options_of(text)
    return tuple(sorted([*complaints, *lint_options(options)]))


def _get(options: tuple[LiloOption, ...], name: str) -> str | None:
    found = next((o for o in options if o.name == name.lower()), None)
    return None if found is None else found.value or ""


def quoted(value: str) -> str:
    """A value as LILO reads it back. A newline, which it cannot hold, becomes a blank."""
    plain = value.replace("\n", " ")
    if plain and not any(char in plain for char in ' \t\r"#=\\'):
        return plain
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
