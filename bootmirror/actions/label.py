"""Labelling a file system that is mounted."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host

# linux/fs.h: _IOW(0x94, 50, char[FSLABEL_MAX]). XFS has it since Linux 4.18, ext4 since 5.17.
SETFSLABEL, LONGEST = 0x41009432, 256


@dataclass(frozen=True)
class SetLabel:
    """Set a label; where that cannot be done it is told, and the work goes on."""

    mountpoint: str
    label: str

    def describe(self) -> str:
        return f"label the file system mounted at {self.mountpoint} {self.label!r}"

    def perform(self, host: Host, report: Report) -> None:
        del host
        try:
            handle = os.open(self.mountpoint, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                label = self.label.encode("utf-8", "surrogateescape")
                fcntl.ioctl(handle, SETFSLABEL, label.ljust(LONGEST, b"\0"))
            finally:
                os.close(handle)
        except OSError as error:
            # Nothing that bootmirror writes finds a file system by its label.
            report.note(f"the label {self.label!r} could not be set on {self.mountpoint}: "
                        f"{error.strerror}; set it by hand (e2label, xfs_admin)")
