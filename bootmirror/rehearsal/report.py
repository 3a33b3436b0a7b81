"""What the rehearsed system says of its boot by itself (bootmirror.steps.report_unit)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.formats.mdstat import MdstatArray, parse_mdstat
from bootmirror.host.clean import clean
from bootmirror.steps.report_unit import BEGIN, END

LONGEST = 65_536  # characters of a report that are read
NOT_AWAITED = {"nofail", "_netdev", "x-systemd.automount"}  # options of what may come later
MOST = 64  # entries taken of anything it lists


@dataclass(frozen=True)
class BootReport:
    """One report. Its words come from the disk that is rehearsed, and are cleaned."""

    state: str  # "up" or "emergency"
    root: str  # what / is mounted from
    below: tuple[tuple[str, str], ...]  # what that lies on, itself first: path and lsblk's TYPE
    arrays: tuple[MdstatArray, ...]
    absent: tuple[str, ...]  # mount points of fstab that should be mounted and are not
    awaited: tuple[str, ...]  # of these: those that the boot cannot do without
    failed: tuple[str, ...]  # units of systemd

    @property
    def array(self) -> str:
        """The array that root lies on, by name; "" when it lies on none."""
        names = {array.name for array in self.arrays if array.active}
        found = (path.rpartition("/")[2] for path, kind in self.below if kind.startswith("raid"))
        return next((name for name in found if name in names), "")


def parse_report(text: str, tag: str) -> BootReport | None:
    """The report of this rehearsal in what came over the line; None while it is not whole."""
    lines = [line.strip("\r") for line in text[-LONGEST:].split("\n")]
    if f"{BEGIN} {tag}" not in lines:
        return None
    lines = lines[lines.index(f"{BEGIN} {tag}") + 1 :]
    if f"{END} {tag}" not in lines:
        return None
    return _report(lines[: lines.index(f"{END} {tag}")])


def _report(lines: list[str]) -> BootReport:
    def told(word: str) -> list[str]:
        return [line[len(word) + 1 :] for line in lines if line.startswith(f"{word} ")][:MOST]

    below = [entry.rpartition(" ") for entry in told("under")]
    return BootReport(
        state=clean(next(iter(told("state")), "")),
        root=clean(next(iter(told("root")), "")),
        below=tuple((clean(path), clean(kind)) for path, _, kind in below),
        arrays=parse_mdstat("\n".join(told("mdstat"))),
        absent=tuple(clean(target) for target, _ in _absent(told("absent"))),
        awaited=tuple(clean(target) for target, words in _absent(told("absent"))
                      if not words & NOT_AWAITED),
        failed=tuple(clean(unit) for unit in told("failed")),
    )


def _absent(told: list[str]) -> Iterator[tuple[str, set[str]]]:
    for entry in told:
        target, _, options = entry.partition(" ")
        words = set(options.split(","))
        if target.startswith("/") and "noauto" not in words:
            yield target, words
