"""Programs that are missing, or fail; each call of one leaves a mark.

    missing:PROGRAM   it is not installed any more
    failing:PROGRAM=N it ends with that exit code

Without a mark the fault did not come about: nobody needed the program.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bootmirror.host.host import PATH, Host

PROGRAMS = Path("/usr/sbin")  # what lies there comes first in bootmirror's PATH
DIRECTORIES = ("/usr/sbin", "/usr/bin")
CALLS = Path("/run/lab-calls")  # a line for each
# What stands in. In the lab a chroot is none: the path is the same there.
SCRIPT = """\
#!/bin/sh
echo {program} >>{calls}
echo '{program}: it went wrong' >&2
exit {code}
"""


def missing(program: str) -> None:
    take_away(program)
    absolute = Host.absolute

    def looked_for(self: Host, argv: Sequence[str]) -> list[str]:
        if program in programs_of(argv):
            with CALLS.open("a") as file:
                file.write(f"{program}\n")
        return absolute(self, argv)

    Host.absolute = looked_for  # type: ignore[method-assign]


def failing(detail: str) -> None:
    program, _, code = detail.partition("=")
    take_away(program)
    script = PROGRAMS / program
    script.write_text(SCRIPT.format(program=program, calls=CALLS, code=code))
    script.chmod(0o755)


def take_away(program: str) -> None:
    """Raises RuntimeError where it was not there, or is all the same."""
    if not shutil.which(program, path=PATH):
        raise RuntimeError(f"{program} was not there before")
    for directory in DIRECTORIES:
        (Path(directory) / program).unlink(missing_ok=True)
    if found := shutil.which(program, path=PATH):
        raise RuntimeError(f"{found} is still there")


def programs_of(argv: Sequence[str]) -> tuple[str, ...]:
    """The program of a command, and the one that chroot runs."""
    return (argv[0], *argv[2:3]) if argv[0] == "chroot" else (argv[0],)


def calls() -> int:
    """How often one of them was called in this boot."""
    return len(CALLS.read_text().splitlines()) if CALLS.exists() else 0
