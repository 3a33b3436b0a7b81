"""What rsync takes for copied, by size and time, and is not.

A program may write to a file and give it its old time back (containers of encrypted data, ``touch
-r``); and what is written through a mapping (mmap) to a page that waits to go to the disk changes
no time at all. The inode says that something changed since the copies began: there the content is
compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.steps.copying import BATCH, FROM_LIST, RSYNC, VANISHED, Copy, listed
from bootmirror.steps.late_walk import LateFile, batches, late_files
from bootmirror.steps.noted_times import COPIES_BEGIN, noted

# In place: the other names of a file that is in another batch stay names of it.
AGAIN = (*RSYNC, "--ignore-times", "--inplace", "--ignore-missing-args", *FROM_LIST)


@dataclass(frozen=True)
class CompareAgain:
    """Behind ``copy``, which brought the rest up to date: read, and copy what differs."""

    copy: Copy

    def describe(self) -> str:
        return (f"compare what changed below {self.copy.source} since the copies began, byte by "
                "byte, and copy what differs")

    def perform(self, host: Host, report: Report) -> None:
        since = noted(host, COPIES_BEGIN) or 0.0
        changed = late_files(self.copy.source, self.copy.target, since, self.copy.excludes)
        try:
            with self.copy.watched(host, report):
                for batch in batches(changed, BATCH):
                    self.copy.passes(host, report, partial(self._again, host, batch))
        except OSError as error:
            raise StepFailed(
                f"{self.copy.shown} cannot be looked through: {error.strerror}.",
                "A disk may be dying: look at the system's messages (dmesg) and at smartctl.",
            ) from error

    def _again(self, host: Host, files: Sequence[LateFile]) -> None:
        host.run([*AGAIN, f"{self.copy.source}/", f"{self.copy.target}/"],
                 stdin=listed(found.path for found in files), ok=(0, VANISHED))
