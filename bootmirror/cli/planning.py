"""``plan``: from two disks to a plan file; changes nothing on the machine."""

from __future__ import annotations

import argparse
import contextlib
import os
from dataclasses import replace
from pathlib import Path

from bootmirror.cli.output import action_lines, plan_lines, print_json
from bootmirror.cli.sessions import open_session
from bootmirror.cli.telling import tell
from bootmirror.engine.plan_file import write_plan_file
from bootmirror.engine.session import Session
from bootmirror.errors import ExitCode, NotWritten, Refused, UsageError
from bootmirror.host.host import LARGEST_FILE, Host
from bootmirror.host.private import read_trusted, replace_private
from bootmirror.host.private_directory import opened_directory
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan.choices import SwapChoice
from bootmirror.plan.model import ConfigFile, Plan
from bootmirror.records import to_plain

YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def plan(options: argparse.Namespace) -> int:
    session = open_session(options)
    removable, swap = settings_of(options)
    machine = session.look()
    source, mirror = _disk(machine, options.source), _disk(machine, options.mirror)
    _refuse(session, machine, source, mirror, removable)
    choices = replace(session.choose(source.id, mirror.id, removable), swap=swap)
    made = session.plan(machine, choices)
    if options.configs is not None:
        write_configs(options.configs, made)
    if options.out is not None:
        Host().make_directory(options.out.absolute().parent)
        write_plan_file(options.out, made)
    if options.dry_run:
        show_actions(session, machine, made, json=options.json)
    elif options.json:
        print_json({"plan": to_plain(made)})
    else:
        tell(*plan_lines(made))
    return int(ExitCode.DONE)


def show_actions(session: Session, machine: Machine, made: Plan, *, json: bool) -> None:
    steps = session.actions(machine, made)
    if json:
        print_json({"plan_id": made.id, "steps": to_plain(steps)})
    else:
        tell(*action_lines(steps))


def settings_of(options: argparse.Namespace) -> tuple[bool, SwapChoice]:
    """Whether a removable disk may be the mirror (--allow-removable too), and where swap goes.

    Raises UsageError for a --set that is not known.
    """
    allowed, swap = bool(options.allow_removable), SwapChoice.PLAIN
    for setting in options.settings:
        key, _, value = setting.partition("=")
        if key == "allow_removable" and value.lower() in (*YES, *NO):
            allowed = value.lower() in YES
        elif key == "swap" and value in list(SwapChoice):
            swap = SwapChoice(value)
        else:
            raise UsageError(
                f"--set {setting} is not known.",
                "What can be set: allow_removable=yes or =no, swap=plain or =md.",
            )
    return allowed, swap


def _disk(machine: Machine, wanted: str) -> Disk:
    """The disk named by path, link, kernel name or id."""
    disk = machine.disk(wanted)
    if disk is None and wanted.startswith("/"):
        disk = machine.disk(str(Path(wanted).resolve()))
    if disk is None:
        raise Refused(
            f"There is no disk {wanted} on this machine.",
            "Name one that bootmirror status or lsblk lists.",
        )
    return disk


def _refuse(
    session: Session, machine: Machine, source: Disk, mirror: Disk, removable: bool
) -> None:
    found = (
        *session.source_refusals(machine, source.id),
        *session.mirror_refusals(machine, source.id, mirror.id, removable),
    )
    if found:
        raise Refused(" ".join(str(refusal) for refusal in found))


def write_configs(directory: Path, made: Plan) -> None:
    """Put the generated files there, for us alone to read: they may hold passwords.

    Raises Refused before anything a user edited is lost, NotWritten.
    """
    try:
        if not os.path.lexists(directory):
            Host().make_directory(directory.absolute(), 0o700)
        with opened_directory(directory) as handle:
            for config in made.configs:
                _keep_edits(config_path(directory, config), config, handle)
            for config in made.configs:
                replace_private(
                    config_path(directory, config), config.text, lasting=True, dir_fd=handle)
    except OSError as error:
        raise NotWritten(directory, error) from error


def _keep_edits(path: Path, config: ConfigFile, directory: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        if read_config(path, directory) != config.text:
            raise Refused(
                f"{path} is there already and differs from what is generated.",
                "Move it away, or name another directory.",
            )


def read_config(path: Path, directory: int) -> str:
    """A file of --configs, in its open directory. Raises Refused unless it is root's or ours,
    OSError."""
    return read_trusted(path, LARGEST_FILE, dir_fd=directory).decode("utf-8", "surrogateescape")


def config_path(directory: Path, config: ConfigFile) -> Path:
    """/etc/default/grub lies in the directory as etc-default-grub: plain, and no two alike."""
    return directory / config.path.strip("/").replace("/", "-")
