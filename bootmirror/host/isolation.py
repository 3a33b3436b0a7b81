"""The process kept apart from who started it: environment, search path, present directory.

The installed ``bootmirror`` (bin/bootmirror) sees to that before the interpreter starts. Started as
``python3 -m bootmirror``, the interpreter has obeyed the environment by the time we are asked, so
we begin anew in an isolated one.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from bootmirror.errors import Refused
from bootmirror.host.host import ENVIRONMENT
from bootmirror.host.own_command import own_command

# What a terminal needs. HOME and PATH are our own; all else (TEXTUAL_DRIVER names a module to
# load, TEXTUAL_LOG a file to write, TMPDIR, EDITOR, SUDO_USER …) is left out.
KEPT = ("TERM", "TERM_PROGRAM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE")
OURS = {name: ENVIRONMENT[name] for name in ("PATH", "HOME")}


def isolate(words: list[str]) -> None:
    """Leave only what is ours of the environment, or become an isolated interpreter.

    ``words`` is the command line without the program.
    """
    if not sys.flags.isolated:
        command = own_command(*words)
        os.execve(command[0], command, cleaned(os.environ))  # noqa: S606 - no shell is wanted
    kept = cleaned(os.environ)
    os.environ.clear()
    os.environ.update(kept)


def cleaned(environment: Mapping[str, str]) -> dict[str, str]:
    """What is left of an environment."""
    return {**{name: environment[name] for name in KEPT if name in environment}, **OURS}


def make_sure_of_code(
    package: Path = Path(__file__).parent.parent, prefix: Path = Path(sys.prefix)
) -> None:
    """Raises Refused when others could change this package, or exchange a directory above it.

    It may be root's, ours, or his whose Python environment runs it: he could change that as well.
    """
    owners = {0, os.geteuid(), prefix.stat().st_uid}
    for directory in (package, *package.parents):
        status = directory.stat()
        sticky = status.st_mode & stat.S_ISVTX and directory != package
        # A group with the owner's number is his own, as Debian makes them.
        group = status.st_mode & stat.S_IWGRP and status.st_gid not in (0, status.st_uid)
        if status.st_uid not in owners or (
            not sticky and (group or status.st_mode & stat.S_IWOTH)
        ):
            raise Refused(
                f"bootmirror lies in {package}, and others than root can write to {directory}.",
                "Install it as README.md says, and start it as bootmirror.",
            )
