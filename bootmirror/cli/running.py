"""Commands that do: apply, resume, undo. The worker does the work; they start and follow it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Collection
from pathlib import Path
from shlex import quote

from bootmirror.cli.follow import POLL, follow
from bootmirror.cli.output import print_json, view_json
from bootmirror.cli.planning import config_path, read_config, show_actions
from bootmirror.cli.sessions import open_session
from bootmirror.cli.telling import tell
from bootmirror.engine.phases import CONFIRM
from bootmirror.engine.plan_file import read_plan_file
from bootmirror.engine.session import Session
from bootmirror.engine.view import UNDO, ConversionView, Phase, StepState
from bootmirror.errors import ExitCode, FellBack, NoConsent, Refused, StalePlan, UsageError
from bootmirror.host.private_directory import opened_directory
from bootmirror.machine.model import Machine
from bootmirror.plan.fingerprint import differences
from bootmirror.plan.model import Plan


def apply(options: argparse.Namespace) -> int:
    session = open_session(options)
    plan = read_plan_file(options.plan)
    machine = session.look()
    if options.configs is not None:
        plan = with_edits(session, machine, plan, options.configs)
    if options.dry_run:
        show_actions(session, machine, plan, json=options.json)
        return int(ExitCode.DONE)
    _known(plan, options.erase)
    if plan.mirror.id not in options.erase:
        raise _wanted(plan, plan.mirror.id)
    session.approve(plan)
    _consent(session, options.erase)
    before = session.view()
    session.start()
    return _to_the_end(session, before, options)


def with_edits(session: Session, machine: Machine, plan: Plan, directory: Path) -> Plan:
    """The same plan with the files as the user left them. Raises Refused, UsageError.

    It is made anew, from today's facts: the approval compares them with the old plan's first.
    """
    choices = plan.choices
    for config, text in zip(plan.configs, _texts(directory, plan), strict=True):
        path = config_path(directory, config)
        if text != config.generated and not config.editable:
            raise UsageError(f"{path} follows from the plan and cannot be edited.",
                             "Put back what plan --configs wrote.")
        choices = choices.edited(config.path, None if text == config.generated else text)
    made = session.plan(machine, choices)
    if made.fingerprint != plan.fingerprint:
        found = differences(plan, machine, "all")
        raise StalePlan(
            f"The machine is not as it was when the plan was made: {'; '.join(found)}.",
            "Make a new plan, and carry your edits over to its files.", found,
        )
    return made


def _texts(directory: Path, plan: Plan) -> list[str]:
    """The files of --configs, in the plan's order. Raises Refused unless they and their directory
    are root's or ours, UsageError when one cannot be read."""
    path = directory
    try:
        with opened_directory(directory) as handle:
            texts = []
            for config in plan.configs:
                path = config_path(directory, config)
                texts.append(read_config(path, handle))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", "plan --configs writes all of them."
        ) from error
    return texts


def resume(options: argparse.Namespace) -> int:
    session = open_session(options)
    view, plan = after_confirmation(session), session.approved()
    if plan is None:
        session.start()  # a recording says that it is one
        raise Refused("No conversion is under way.", "Make a plan and apply it first.")
    _known(plan, options.erase)
    if view.phase is Phase.RUNNING:
        _consent(session, options.erase)
    elif view.phase is not Phase.DONE:
        view = _go_on(session, plan, view, options.erase)
    code = _to_the_end(session, view, options)
    now = session.view()
    if now.phase is Phase.REBOOTED:  # the first boot's own worker was the quicker of the two
        code = _to_the_end(session, _go_on(session, plan, now, options.erase), options)
    return code


def after_confirmation(session: Session) -> ConversionView:
    """The view, once the worker that a first boot starts by itself has done its one step."""
    while confirming(view := session.view()):
        time.sleep(POLL)
    return view


def confirming(view: ConversionView) -> bool:
    """Whether a worker is at work and nothing after the first boot's confirmation has begun."""
    ids = [step.id for step in view.steps]
    if view.phase is not Phase.RUNNING or CONFIRM not in ids:
        return False
    place = ids.index(CONFIRM)
    return (
        all(step.state is StepState.FINISHED for step in view.steps[:place])
        and all(step.state is StepState.WAITING for step in view.steps[place + 1 :])
    )


def _go_on(
    session: Session, plan: Plan, view: ConversionView, erase: Collection[str]
) -> ConversionView:
    """Set a worker to work; the view before it, in which a new try has nothing finished."""
    if view.phase is Phase.FELL_BACK:
        _try_again(session, plan, view, erase)
    _consent(session, erase)
    view = session.view()
    if view.phase is Phase.CONSENT:
        raise _wanted(plan, view.consent_disk)
    session.start()
    return view


def _try_again(
    session: Session, plan: Plan, view: ConversionView, erase: Collection[str]
) -> None:
    if plan.mirror.id not in erase:
        raise FellBack(
            f"{view.headline} {view.message}",
            f"To try again: bootmirror resume --erase {quote(plan.mirror.id)}.",
        )
    session.retry()


def undo(options: argparse.Namespace) -> int:
    session = open_session(options)
    for given in options.erase:
        session.consent(UNDO, given)
    session.undo()
    view = session.view()
    if options.json:
        print_json({"conversion": view_json(view)})
    else:
        tell(view.headline)
    return int(ExitCode.DONE)


def _known(plan: Plan, erase: Collection[str]) -> None:
    """Raises NoConsent when an id is neither disk's: it may be a slip of the pen."""
    for given in erase:
        if given not in (plan.source.id, plan.mirror.id):
            raise NoConsent(
                f"--erase {given} names no disk of this plan.",
                f"The mirror {plan.mirror.name} is {plan.mirror.id}, the source "
                f"{plan.source.name} is {plan.source.id}.",
            )


def _wanted(plan: Plan, disk_id: str) -> NoConsent:
    disk = next(d for d in (plan.mirror, plan.source) if d.id == disk_id)
    return NoConsent(
        f"{disk.name} ({disk.model}, {disk.id}) will be erased, and nobody consented to that.",
        f"Consent with --erase {quote(disk.id)}.",
        disk.id,
    )


def _consent(session: Session, erase: Collection[str]) -> None:
    """Record what --erase says, for every waiting step that erases such a disk."""
    for step in session.view().steps:
        if step.erases and step.erases in erase and step.state is not StepState.FINISHED:
            session.consent(step.id, step.erases)


def _to_the_end(session: Session, before: ConversionView, options: argparse.Namespace) -> int:
    code = follow(session, before, json=options.json)
    if code == ExitCode.REBOOT_NOW and options.reboot:
        session.reboot()
    return code
