"""The errors of bootmirror: one tree, each with a sentence for a person and a stable exit code.

    BootmirrorError          1  something failed; the message says what, the hint what to do next
    ├── UsageError           2  the command line is off
    ├── Refused              3  nothing was changed
    │   ├── StalePlan        3  the plan was made from other facts than today's
    │   └── NoConsent        3  a step that erases a disk was not consented to
    ├── StepFailed           1  a step of the conversion failed
    │   ├── CommandFailed    1  a program it ran failed
    │   ├── CopyTorn         1  what the copy holds is not known: it must be made anew
    │   └── NotWritten       1  a file could not be written
    ├── JournalFailed        1  the journal cannot be written: nothing more is done
    ├── NotRead              1  where a conversion stands cannot be read: its disk is gone, say
    └── NeedsPerson          5  a person must look before anything goes on
        └── FellBack         5  the first boot from the mirror did not come up; the old disk did

Exit code 4 ("reboot now") is an outcome, not an error: see ``ExitCode``.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller; stable, documented in the guide."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    REBOOT_NOW = 4
    NEEDS_PERSON = 5


# errno(3) in the C locale, ENOSPC; also where inodes are used up.
NO_ROOM = "No space left on device"
LEFT = 130  # the shells' code for a program ended by Ctrl-C


class BootmirrorError(Exception):
    """Base of all errors a person may see.

    ``message`` is a sentence that says what happened; ``hint`` a sentence that says what to do.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(BootmirrorError):
    """The command line or a file given on it cannot be understood."""

    exit_code = ExitCode.USAGE


class Refused(BootmirrorError):  # noqa: N818 - the word the user reads
    """bootmirror will not do this, and has changed nothing."""

    exit_code = ExitCode.REFUSED


class StalePlan(Refused):
    """The facts differ from those the plan was made from; ``differences`` lists how."""

    def __init__(self, message: str, hint: str = "", differences: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.differences = tuple(differences)


class NoConsent(Refused):
    """A step erases a disk and nobody consented to that; ``disk_id`` is what must be typed."""

    def __init__(self, message: str, hint: str = "", disk_id: str = "") -> None:
        super().__init__(message, hint)
        self.disk_id = disk_id


class StepFailed(BootmirrorError):  # noqa: N818 - says what happened
    """A step could not do its work; what it had done so far is in the journal."""


class CommandFailed(StepFailed):
    """A program ended with an exit code the caller did not allow.

    ``output`` is what it printed, as it was; ``said`` is the line of it for the sentence.
    """

    def __init__(
        self, argv: Sequence[str], returncode: int, output: str, hint: str = "", said: str = ""
    ) -> None:
        lines = output.splitlines()
        last = said or next((line for line in reversed(lines) if line.strip()), "no output")
        how = f"was ended by signal {-returncode}" if returncode < 0 else f"failed ({returncode})"
        super().__init__(f"{argv[0].rsplit('/', 1)[-1]} {how}: {last.strip()}", hint)
        self.argv = tuple(argv)
        self.returncode = returncode
        self.output = output


class CopyTorn(StepFailed):
    """A write to the copy did not reach its disk: a file may look right and lack its content."""


class NotWritten(StepFailed):
    """A file could not be written, or its directory made."""

    def __init__(self, path: object, error: OSError) -> None:
        super().__init__(f"{path} could not be written: {error.strerror}.", room(path, error))


class JournalFailed(BootmirrorError):  # noqa: N818 - says what happened
    """What is done could not be written down, so nothing more is done."""

    def __init__(self, path: object, error: OSError | Refused) -> None:
        if isinstance(error, Refused):
            why, hint = error.message, error.hint
        else:
            why, hint = f"{error.strerror}.", room(path, error)
        super().__init__(f"The journal {path} cannot be written: {why}", hint)


class NotRead(BootmirrorError):  # noqa: N818 - says what happened
    """What is on the disk about the conversion is not known, which is not the same as nothing."""

    def __init__(self, path: object, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be read: {error.strerror}.",
            "Look at the disk that holds it (dmesg). What was written stays there: attach the disk "
            "again or reboot, then go on.")


def room(path: object, error: OSError) -> str:
    """What to do about a file that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Make room on the file system that holds it (df {path}; df -i), then go on."
    if error.errno == errno.EROFS:
        return "Its file system is read-only: look why (dmesg), mount it writable, then go on."
    return f"Look at {path}, its file system and its disk (dmesg), then go on."


def own_fault(error: Exception, log: object) -> BootmirrorError:
    """The sentence for an error that nothing foresaw; ``log`` is where its traceback stands."""
    return BootmirrorError(
        f"{type(error).__name__}: {error}",
        f"This is a fault of bootmirror itself; {log} has the details.",
    )


class NeedsPerson(BootmirrorError):  # noqa: N818 - says what is wanted
    """Going on by itself could lose something: a person must look first."""

    exit_code = ExitCode.NEEDS_PERSON


class FellBack(NeedsPerson):
    """The first boot did not come up on the array: the machine is back on its old disk."""
