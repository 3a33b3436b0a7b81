"""The command line as argparse sees it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from bootmirror import __version__
from bootmirror.errors import UsageError

EPILOG = """\
Exit codes: 0 done, 1 failed, 2 usage, 3 refused (nothing was changed, or
--erase did not name the disk to be erased next), 4 reboot now, 5 paused, or
a person must look, 130 left with Ctrl-C (a conversion goes on, a rehearsal
ends).
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are our own one-line errors."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", f"See {self.prog} -h.")


def parser() -> Parser:
    """All commands a person may give."""
    top = Parser(
        prog="bootmirror",
        description="Turns a running one-disk Linux machine into a RAID-1 mirror\n"
        "that boots from either disk. Without a command: the full screen.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"bootmirror {__version__}")
    _common(top)
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    _status(commands)
    _plan(commands)
    _apply(commands)
    _resume(commands)
    _command(commands, "verify", "check the finished mirror; exit 1: something is amiss", json=True)
    _command(commands, "capture", "print the machine's facts as JSON, for --machine")
    _undo(commands)
    _rehearse(commands)
    return top


def worker_parser() -> Parser:
    """The hidden command that the others start (bootmirror.engine.launcher)."""
    hidden = Parser(prog="bootmirror worker", allow_abbrev=False)
    _common(hidden)
    hidden.add_argument("--undo", action="store_true")
    hidden.add_argument("--rehearse", default="", metavar="DISK")
    _virtual_machine(hidden)
    hidden.add_argument("--take-back", type=float, metavar="TIME")
    hidden.add_argument("--until", default="", metavar="STEP")  # stop when that one is finished
    return hidden


def _common(into: argparse.ArgumentParser) -> None:
    """Options that may stand before or after the command."""
    into.add_argument(
        "--machine", type=Path, metavar="FILE", default=argparse.SUPPRESS,
        help="replay a captured machine, read only",
    )
    into.add_argument(
        "--state", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS
    )


def _command(
    commands: argparse._SubParsersAction[Parser], name: str, text: str, *, json: bool = False
) -> Parser:
    parser = commands.add_parser(
        name, help=text, description=f"{text[:1].upper()}{text[1:]}.", allow_abbrev=False
    )
    _common(parser)
    if json:
        parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _status(commands: argparse._SubParsersAction[Parser]) -> None:
    _command(commands, "status", "disks, arrays, resync, and where a conversion stands", json=True)


def _plan(commands: argparse._SubParsersAction[Parser]) -> None:
    plan = _command(commands, "plan", "make a plan; changes nothing", json=True)
    plan.add_argument("--source", metavar="DEV", required=True, help="the disk with the system")
    plan.add_argument("--mirror", metavar="DEV", required=True, help="the disk to mirror onto")
    plan.add_argument("--out", type=Path, metavar="FILE", help="write the plan here, for apply")
    plan.add_argument(
        "--configs", type=Path, metavar="DIR",
        help="write the generated configuration files there for editing; apply takes them back",
    )
    plan.add_argument("--dry-run", action="store_true", help="print every action of every step")
    _choices(plan)


def _choices(parser: Parser) -> None:
    parser.add_argument(
        "--set", dest="settings", metavar="KEY=VALUE", action="append", default=[],
        help="a choice: allow_removable=yes, swap=md (plain on each disk without it)",
    )
    parser.add_argument(
        "--allow-removable", action="store_true", help="the mirror may be a removable disk"
    )


def _apply(commands: argparse._SubParsersAction[Parser]) -> None:
    apply = _command(commands, "apply", "carry out a plan, up to the reboot (exit 4)", json=True)
    apply.add_argument("plan", type=Path, metavar="PLAN", help="what plan --out wrote")
    apply.add_argument(
        "--configs", type=Path, metavar="DIR", help="the edited configuration files"
    )
    apply.add_argument(
        "--dry-run", action="store_true", help="print every action of every step, do nothing"
    )
    _erase(apply)


def _resume(commands: argparse._SubParsersAction[Parser]) -> None:
    resume = _command(
        commands, "resume", "go on: after the reboot, an interruption or a failure", json=True
    )
    _erase(resume)


def _undo(commands: argparse._SubParsersAction[Parser]) -> None:
    undo = _command(
        commands, "undo", "on the old system, while its disk is whole: take the mirror away",
        json=True,
    )
    undo.add_argument(
        "--erase", metavar="ID", action="append", default=[],
        help="consent to erasing a mirror that ran the machine since, by its serial number",
    )


def _erase(parser: Parser) -> None:
    parser.add_argument(
        "--erase", metavar="ID", action="append", default=[],
        help="consent to erasing this disk, by its serial number (or WWN, or port)",
    )
    parser.add_argument(
        "--reboot", action="store_true", help="restart the machine when it is time to"
    )


def _rehearse(commands: argparse._SubParsersAction[Parser]) -> None:
    rehearse = _command(
        commands, "rehearse", "boot a disk or an image in a virtual machine; only reads it",
        json=True,
    )
    rehearse.add_argument(
        "disk", nargs="?", metavar="DISK", help="a disk, or an image file (raw, or NAME.qcow2); "
        "without one, each disk that it is time for: before the reboot the first boot",
    )
    rehearse.add_argument(
        "--firmware", choices=("bios", "uefi"), default="",
        help="of an image, or of a disk of no conversion; else by its ESP",
    )
    _virtual_machine(rehearse)
    rehearse.add_argument("--stop", action="store_true",
                          help="end the one that runs of a disk of the conversion; others: Ctrl-C")


def _virtual_machine(parser: Parser) -> None:
    parser.add_argument(
        "--bus", choices=("sata", "scsi", "virtio", "nvme"), default="",
        help="what the disk hangs on; else as on this machine, an image on SATA",
    )
    parser.add_argument(
        "--accelerator", choices=("kvm", "tcg"), default="",
        help="tcg emulates the processor, which is slow; else KVM where it works",
    )
    parser.add_argument(
        "--limit", type=positive_number, default=0, metavar="SECONDS",
        help="how long a boot may take; else 300, emulated 900",
    )
    parser.add_argument(
        "--memory", type=positive_number, default=0, metavar="MIB",
        help="of the virtual machine; else 1024, or half of what is free",
    )


def positive_number(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise ValueError
    return value
