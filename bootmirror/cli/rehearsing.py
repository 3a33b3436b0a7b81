"""``rehearse``: boots a disk, or an image of one, in a virtual machine; only reads it."""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path

from bootmirror.cli.rehearsal_output import Teller
from bootmirror.cli.sessions import open_session
from bootmirror.engine.rehearsals import look_why, refuse_rehearsal
from bootmirror.engine.session import Session
from bootmirror.engine.view import Phase, RehearsalView, Verdict
from bootmirror.errors import LEFT, BootmirrorError, ExitCode, Refused, UsageError
from bootmirror.host.host import Host
from bootmirror.machine.model import Disk
from bootmirror.rehearsal.rehearse import Moment, Stopped, listen
from bootmirror.rehearsal.rehearse import rehearse as boot
from bootmirror.rehearsal.settings import Settings
from bootmirror.rehearsal.subject import Subject, image, other_disk

POLL = 0.5  # seconds
TELLS = 20.0  # seconds a process that rehearses may take for its first word
APPEARS = 10.0  # seconds that one is waited for which is to be stopped before it has begun
PLACE = Path("/var/tmp")  # noqa: S108 - for a directory of our own in it, mode 0700


def rehearse(options: argparse.Namespace) -> int:
    """Each disk named, or all that can be, one after the other."""
    settings = Settings(options.accelerator, options.limit, options.memory, options.bus)
    given = options.disk
    if given is not None and Path(given).is_file() and not options.stop:
        subject = image(Host(), Path(given), options.bus, options.firmware)
        return _directly(subject, given, settings, options.json)
    if os.geteuid() != 0 and "machine" not in options:
        raise Refused("bootmirror must run as root to read disks.",
                      "Use sudo, or name an image file.")
    session = open_session(options)
    if session.read_only:
        raise Refused("A recording cannot be rehearsed.", "Rehearse on the machine itself.")
    if options.stop:
        session.stop_rehearsal()
        return int(ExitCode.DONE)
    return _of_this_machine(session, given, settings, options)


def _of_this_machine(
    session: Session, given: str | None, settings: Settings, options: argparse.Namespace
) -> int:
    if given is None:
        disks = session.view().rehearsable
        if not disks:
            refuse_rehearsal(session.view(), "")
    else:
        disk = _named(session, given)
        plan = session.approved()
        if plan is None or disk.id not in (plan.source.id, plan.mirror.id):
            subject = other_disk(Host(), disk, options.bus, options.firmware)
            return _directly(subject, disk.name, settings, options.json)
        disks = (disk.id,)
    if options.firmware:
        raise UsageError("--firmware is for images and for disks of no conversion.",
                         "This machine's own firmware is known: leave it out.")
    worst = int(ExitCode.DONE)
    for disk_id in disks:
        worst = max(worst, _by_the_engine(session, disk_id, settings, options.json))
        if worst == LEFT:  # who ends one does not want the next
            break
    return worst


def _named(session: Session, given: str) -> Disk:
    """The disk named by path, link, kernel name or id. Raises Refused."""
    machine = session.look()
    found = machine.disk(given) or machine.disk(str(Path(given).resolve()))
    if found is None:
        raise Refused(f"There is no disk and no image file {given}.",
                      "Name a disk that bootmirror status lists, or a file.")
    return found


def _directly(subject: Subject, name: str, settings: Settings, json: bool) -> int:
    """In this process, and on no record: it is no disk of a conversion."""
    told = Teller(json, name)

    def tell(moment: Moment) -> None:
        told.moment(moment.stage, moment.seconds, moment.console, moment.accelerator)

    # On a line that hung up nobody would see what comes of it; nohup means it to go on.
    wanted = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    listen(*((signal.SIGHUP,) if wanted else ()))
    try:
        outcome = boot(Host(), subject, PLACE, settings, tell)
    except Stopped:
        told.stopped()
        return LEFT
    told.end(outcome.verdict, outcome.reason, outcome.hint, outcome.seconds)
    return _code(outcome.verdict)


def _by_the_engine(session: Session, disk_id: str, settings: Settings, json: bool) -> int:
    """By a process of its own, which writes down what it finds. Ctrl-C ends it too."""
    told = Teller(json, disk_id, first_boot=session.view().phase is Phase.REBOOT)
    own = _Own(session, disk_id)
    try:
        session.rehearse(disk_id, settings)
        now = own.follow(told)
    except KeyboardInterrupt:
        told.stopped(begun=own.stop())
        return LEFT
    if now.verdict is None:
        raise (Refused if now.refused else BootmirrorError)(now.reason, now.hint)
    told.end(now.verdict, now.reason, now.hint, now.seconds)
    return _code(now.verdict)


class _Own:
    """The rehearsal that is begun here, told from another disk's and from what was there before."""

    def __init__(self, session: Session, disk_id: str) -> None:
        self._session = session
        self._disk = disk_id
        self._before = _name(session.view().rehearsal)

    def follow(self, told: Teller) -> RehearsalView:
        """Show it until it has ended. Raises BootmirrorError where nothing is heard of it."""
        heard = time.monotonic()
        while True:
            now = self._view()
            if now is not None:
                heard = time.monotonic()
                told.moment(now.stage, now.seconds, now.console, now.accelerator)
                if not now.running:
                    return now
            elif time.monotonic() - heard > TELLS:
                raise BootmirrorError("The rehearsal ended without a result.",
                                      look_why(self._session.log_path()))
            time.sleep(POLL)

    def stop(self) -> bool:
        """End it; whether there was one to end. A process that was started needs a moment until
        it can be told to stop."""
        until = time.monotonic() + APPEARS
        while self._view() is None:
            if time.monotonic() > until:
                return False
            time.sleep(POLL)
        self._session.stop_rehearsal()
        return True

    def _view(self) -> RehearsalView | None:
        """How far it is; None while it has said nothing."""
        now = self._session.view().rehearsal
        if now is None or now.disk != self._disk or _name(now) == self._before:
            return None
        return now


def _name(view: RehearsalView | None) -> tuple[str, float] | None:
    """What is one rehearsal's alone."""
    return None if view is None else (view.disk, view.began)


def _code(verdict: Verdict) -> int:
    return int(ExitCode.DONE if verdict is Verdict.PROVED else ExitCode.FAILED)

