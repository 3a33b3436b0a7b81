"""The full log: everything a person may want to see afterwards, tracebacks included."""

from __future__ import annotations

import errno
import os
import time
import traceback
from pathlib import Path

from bootmirror.host.clean import visible
from bootmirror.host.private import open_private
from bootmirror.machine.redaction import redact

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Log:
    """Appends lines with the time of day (local) before each, and nothing a terminal would obey.

    Secrets are taken out of them. Where there is no room they are left out: the journal is what
    decides.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, text: str) -> None:
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        told = (visible(redact(line).expandtabs()) for line in text.rstrip("\n").split("\n"))
        lines = "".join(f"{stamp} [{os.getpid()}] {line}\n" for line in told)
        try:
            self._append(lines.encode())
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise

    def _append(self, data: bytes) -> None:
        handle = open_private(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)

    def exception(self, error: BaseException) -> None:
        self.write("".join(traceback.format_exception(error)))
