"""/etc/raidtab: the readable description of the arrays, from the days of raidtools.

A section begins with ``raiddev``; the options of the array follow, then each ``device`` with the
line that says its role and number. Keywords are taken in any case; real files vary, so optional
lines may be missing. Source: raidtab(5) of raidtools 0.90.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.raidtab_lint import lint_sections
from bootmirror.formats.raidtab_model import ROLES, RaidDev, RaidDisk
from bootmirror.formats.raidtab_parse import parse_sections

__all__ = ["ROLES", "RaidDev", "RaidDisk", "Raidtab", "generate_raidtab", "lint_raidtab"]

WIDTH = 16  # the values' column, counted from the keyword


@dataclass(frozen=True)
class Raidtab:
    """The file's text and the arrays it describes, as far as they could be read."""

    text: str
    sections: tuple[RaidDev, ...]
    complaints: tuple[Complaint, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> Raidtab:
        """Never raises: what cannot be read is in ``complaints``."""
        sections, complaints = parse_sections(text)
        return cls(text, sections, complaints)

    @property
    def readable(self) -> bool:
        """Whether every line could be read. What seems to be missing may else stand in one that
        could not: only that line is worth a complaint then."""
        return not any(c.severity is Severity.ERROR for c in self.complaints)

    def render(self) -> str:
        return self.text


def lint_raidtab(text: str) -> tuple[Complaint, ...]:
    """What can be said without knowing the machine, in the order of the lines."""
    parsed = Raidtab.parse(text)
    meant = lint_sections(parsed.sections) if parsed.readable else ()
    return tuple(sorted([*parsed.complaints, *meant]))


def generate_raidtab(sections: Sequence[RaidDev], header_comment: str = "") -> str:
    """A raidtab for these arrays. Each line of ``header_comment`` becomes a comment on top."""
    header = [f"# {line}".rstrip() for line in header_comment.splitlines()]
    blocks = ["\n".join(header)] if header else []
    blocks += ["\n".join(_section(section)) for section in sections]
    return "".join(f"{block}\n" for block in "\n\n".join(blocks).split("\n")) if blocks else ""


def _section(section: RaidDev) -> list[str]:
    lines = [
        f"raiddev {section.device}",
        _line("raid-level", section.level),
        _line("nr-raid-disks", section.nr_raid_disks),
    ]
    if section.nr_spare_disks:
        lines.append(_line("nr-spare-disks", section.nr_spare_disks))
    lines.append(_line("persistent-superblock", section.persistent_superblock))
    if section.chunk_size is not None:
        lines.append(_line("chunk-size", section.chunk_size))
    for disk in section.disks:
        lines += [_line("device", disk.device), _line(disk.role, disk.number)]
    return lines


def _line(keyword: str, value: str | int) -> str:
    return f"    {keyword.ljust(WIDTH - 1)} {value}"
