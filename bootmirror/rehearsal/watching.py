"""Watches a boot: console and report come in, and at some point it is decided."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bootmirror.rehearsal import reasons
from bootmirror.rehearsal.console import Console
from bootmirror.rehearsal.hidden import NOTHING, Hidden
from bootmirror.rehearsal.outcome import Outcome, Stage, Verdict
from bootmirror.rehearsal.reasons import Reason
from bootmirror.rehearsal.report import LONGEST, BootReport, parse_report
from bootmirror.rehearsal.stages import later, stage_of

GRACE = 3.0  # seconds in which more of the reason may come
ANSWERS = 20.0  # seconds the initramfs's shell may take to answer
REPORTS = 180.0  # seconds from the login prompt in which a system may report itself up
UNREPORTED = Reason(
    "It boots up to its login prompt, but nothing in it tells where its root is.",
    "A system that was converted by a bootmirror with rehearse tells; look at its console.",
)
_LOGIN = re.compile(r"\blogin:(?: \w+ \(automatic login\))?$")


@dataclass
class _Since:
    """When something was first so, in seconds since the beginning."""

    at: float | None = None

    def long(self, so: bool, now: float, seconds: float) -> bool:
        """Whether it has been so for that long."""
        if not so:
            self.at = None
            return False
        if self.at is None:
            self.at = now
        return now - self.at >= seconds


class Watch:
    """One boot. Times are seconds since the machine was switched on."""

    def __init__(self, tag: str, limit: float, hidden: Hidden = NOTHING) -> None:
        self.console = Console()
        self.stage = Stage.FIRMWARE
        self._tag = tag
        self.limit = limit
        self._hidden = hidden
        self._report = ""
        self._heard = 0.0
        self._seen = 0  # bytes of the console
        self._reason = _Since()
        self._login: float | None = None  # when a login prompt was first seen
        self._asked: float | None = None

    @property
    def alive(self) -> bool:
        """Whether the console has shown anything."""
        return self._seen > 0

    def hear(self, console: bytes, report: bytes, now: float) -> None:
        """Take in what came."""
        self._report = (self._report + report.decode("utf-8", "replace"))[-LONGEST:]
        if not console:
            return
        self._heard, self._seen = now, self._seen + len(console)
        for line in self.console.feed(console):
            self.stage = later(self.stage, stage_of(line))
            if self._login is None and _LOGIN.search(line):
                self._login = now

    def question(self, now: float) -> str:
        """What to type now: the initramfs's shell is asked once about its arrays and disks."""
        if self._asked is None and reasons.SHELL.search(self.console.last):
            self._asked = now
            return f"{reasons.ASK}\n"
        return ""

    def decide(self, now: float) -> Outcome | None:
        """The outcome, once there is one."""
        report = parse_report(self._report, self._tag)
        if report is not None:
            return self._told(report, now)
        lines = self.console.lines
        reason = reasons.why(lines, self._hidden)
        if self._reason.long(reason is not None and self._answered(now), now, GRACE) and reason:
            return self._not_up(reason, now)
        if now - self._heard > reasons.SILENT:
            silent = reasons.silent_boot_sector(self.stage, self.console.last)
            if silent:
                return self._not_up(silent, now)
        if self._login is not None and now - self._login >= REPORTS:
            return Outcome(
                Verdict.UNCONFIRMED, UNREPORTED.text, UNREPORTED.hint, Stage.SYSTEM, now)
        if now > self.limit:
            late = reasons.out_of_time(
                self.stage, self.console.last, now, now - self._heard)
            return self._not_up(reason or late, now)
        return None

    def ended(self, now: float) -> Outcome:
        """The machine is off; it had not been decided before."""
        lines = self.console.lines
        return self.decide(now) or self._not_up(
            reasons.why(lines, self._hidden) or reasons.restarted(self.stage, lines), now)

    def _answered(self, now: float) -> bool:
        """Whether nothing is awaited that was asked for."""
        if self._asked is None or now - self._asked > ANSWERS:
            return True
        return reasons.answered(self.console.lines)

    def _told(self, report: BootReport, now: float) -> Outcome:
        if report.state != "up":
            reason = reasons.why(self.console.lines, self._hidden, report.awaited) or (
                reasons.emergency(report.awaited, (), self._hidden))
            return self._not_up(reason, now)
        self.stage = Stage.UP
        if not report.array:
            return self._not_up(Reason(
                f"It boots, but its root is {report.root or 'nowhere to be found'}, on no array.",
                "It is not the mirror that boots: look at its boot loader's entries and root=.",
            ), now)
        return Outcome(Verdict.PROVED, _proved(report), "", Stage.UP, now)

    def _not_up(self, reason: Reason, now: float) -> Outcome:
        return Outcome(reason.verdict, reason.text, reason.hint, self.stage, now)


def _proved(report: BootReport) -> str:
    array = next(a for a in report.arrays if a.name == report.array)
    told = f"It boots, with its root on {array.name} ({array.level} {array.picture})"
    if report.absent:
        told += f"; not mounted: {', '.join(report.absent[:5])}"
    if report.failed:  # a network, say, that a rehearsal has not got
        told += f"; not started in the virtual machine: {', '.join(report.failed[:5])}"
    return f"{told}."
