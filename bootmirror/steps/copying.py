"""One file system copied, with the progress told by how full the copy is.

rsync copies, and brings a copy up to date. Into an empty file system ``cp`` does the same work with
a third of the processor time, which is what a copy waits for when the disks are fast; rsync has
the last word whenever cp meets trouble, and again in the final copy.
"""

from __future__ import annotations

import contextlib
import errno
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import NO_ROOM, CommandFailed, StepFailed
from bootmirror.host.host import Host
from bootmirror.plan.preflight import FULLEST
from bootmirror.sizes import readable

# Everything a file has: hard links, ACLs, extended attributes with capabilities, holes, ids as
# numbers, and only this file system. Times to the nanosecond: a file that was written again within
# the second of its first copy, and is as long as before, is another one.
RSYNC = ("rsync", "-aHAXSx", "--numeric-ids", "--whole-file", "--modify-window=-1")
# A list of names on standard input, as ``listed`` makes it.
FROM_LIST = ("--from0", "--files-from=-")
BATCH = 2_000  # names that a list has at most
PARTIAL = 23  # rsync(1): some files could not be copied; each has a line of its own on stderr
VANISHED = 24  # rsync(1): files went away while they were copied; on a running system they do
PASSES = 8  # that rsync makes where what it fell over is a file that changed while it was read
# What rsync meets when a file is cut short (it says ENODATA itself, map_ptr in its fileio.c), goes
# away between two looks at it, or has become a directory or a link.
CHANGED = frozenset((errno.ENODATA, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP))
SHORT = 200  # characters of a path in the sentence; one may have thousands
TOO_LONG = "File name too long"  # of a path, too: ENAMETOOLONG, errno(3)
NAMED = 5  # files in the sentence; the log has rsync's own last lines

# rsync: [sender] read errors mapping "/a/file": Input/output error (5)
# filename overflows max-path len by 125: a/very/deep/file
_TOO_LONG = re.compile(r"^filename overflows max-path len by \d+: (?P<path>.+)$", re.M)
_ERRNO = re.compile(r"\((\d+)\)$")
_NOT_COPIED = re.compile(r'^rsync: .*?"(?P<path>[^"\n]+)".*: (?P<why>[^:\n]+) \(\d+\)$', re.M)


@dataclass(frozen=True)
class Copy:
    """Bring ``target`` to what ``source`` is. ``delete`` what is gone there, in a later pass."""

    source: str
    target: str
    excludes: tuple[str, ...] = ()
    delete: bool = False
    shown: str = "/"

    def argv(self) -> list[str]:
        return [
            *RSYNC,
            *(["--delete"] if self.delete else []),
            *(f"--exclude={pattern}" for pattern in self.excludes),
            f"{self.source}/", f"{self.target}/",
        ]

    def describe(self) -> str:
        return " ".join(self.argv())

    def perform(self, host: Host, report: Report) -> None:
        with self.watched(host, report):
            self.passes(host, report, lambda: host.stream(
                self.argv(), lambda _line: None, ok=(0, VANISHED)))

    def passes(self, host: Host, report: Report, rsync: Callable[[], object]) -> None:
        """Run rsync until nothing that it reads changes meanwhile. Raises StepFailed, which says
        what lacks room, or which files could not be copied."""
        for left in reversed(range(PASSES)):
            try:
                rsync()
                return
            except CommandFailed as error:
                if NO_ROOM in error.output or _full(host, self.target):
                    raise self._no_room(host) from error
                if error.returncode != PARTIAL:
                    raise
                if not left or not _changed_meanwhile(error.output):
                    raise self._not_copied(error) from error
                report.note("files changed while they were read: once more")

    def _no_room(self, host: Host) -> StepFailed:
        """The files grew after the plan was made, or take more room in the copy."""
        used = _use(host, self.source)[0]
        fits = 0 < used <= FULLEST * _blocks(host, self.target)
        if fits and not _without_inodes(host, self.target):
            return StepFailed(
                f"The mirror has no room left for {self.shown}, though the {readable(used)} in use "
                "there would fit: files that share blocks (reflinks, snapshots) or have holes may "
                "take more room in the copy, where each has its own.",
                "Move such files (copies made by cp, images of virtual machines) elsewhere, or "
                "remove some, then go on; or undo, and take a larger mirror.",
            )
        return StepFailed(
            f"The mirror has no room left for {self.shown}, which holds {readable(used)} by now.",
            f"Remove something from {self.shown}, or move it elsewhere, then go on; or undo, and "
            "take a larger mirror.",
        )

    def _not_copied(self, error: CommandFailed) -> StepFailed:
        """Which files they are: none is passed over in silence."""
        why = files_not_copied(error.output, (self.source, self.target), self.shown)
        if not why:
            return error
        if _changed_meanwhile(error.output):
            return StepFailed(
                f"{told_files(why)}. What lies there changed each time it was read.",
                "Stop the program that writes there (fuser or lsof names it), then go on.",
            )
        return StepFailed(
            f"{told_files(why)}.",
            "Move each further up in its tree, or remove it, then go on: no program that copies by "
            "name reaches it."
            if set(why.values()) == {TOO_LONG} else
            "Restore each from a backup, or remove it, then go on. A disk that cannot be read may "
            "be dying: look at its messages (dmesg) and at smartctl.",
        )

    @contextlib.contextmanager
    def watched(self, host: Host, report: Report) -> Iterator[None]:
        """Tell the progress while the copy is made inside."""
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(host, report, ended), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    def _watch(self, host: Host, report: Report, ended: threading.Event) -> None:
        """Once a second: bytes and files that have arrived, of those the source holds."""
        began, first = time.monotonic(), _use(host, self.target)[0]
        while not ended.wait(1.0):
            total, files_total = _use(host, self.source)
            done, files = _use(host, self.target)
            speed = int(max(0, done - first) / max(time.monotonic() - began, 0.001))
            report.progress(
                min(done, total), total, files_done=min(files, files_total),
                files_total=files_total, speed=speed, text=self.shown,
                seconds_left=max(0, total - done) // speed if speed else None,
            )


@dataclass(frozen=True)
class FirstCopy:
    """The long copy into a file system that was just made."""

    copy: Copy

    def argv(self) -> list[str]:
        # Links, rights, times, ACLs, attributes with capabilities and holes are kept by -a too.
        return ["cp", "-ax", f"{self.copy.source}/.", f"{self.copy.target}/"]

    def describe(self) -> str:
        return f"{' '.join(self.argv())}; if it is not empty, or that fails: {self.copy.describe()}"

    def perform(self, host: Host, report: Report) -> None:
        """cp fails where a file vanished or cannot be read: rsync then tells which of the two."""
        if set(host.listing(self.copy.target)) <= {"lost+found"}:
            with self.copy.watched(host, report):
                if host.stream(self.argv(), lambda _line: None, ok=(0, 1)) == 0:
                    return
        self.copy.perform(host, report)


def listed(paths: Iterable[str]) -> str:
    """The standard input for FROM_LIST: paths from the source's top.

    rsync passes over a name that begins with # or ; (Samba's #recycle, MySQL's #innodb_redo)
    without a word: each begins with ./ for it.
    """
    return "".join(f"./{path}\0" for path in paths)


def files_not_copied(output: str, places: tuple[str, ...], shown: str) -> dict[str, str]:
    """The files below ``places`` that rsync names, as the system knows them, each with the reason.

    ``shown`` is where the system has what lies in ``places``.
    """
    top = shown.rstrip("/")

    def known(path: str) -> str:
        for place in places:
            if path.startswith(f"{place}/"):
                return f"{top}{path.removeprefix(place)}"
        return path

    why = {known(found["path"]): found["why"] for found in _NOT_COPIED.finditer(output)}
    return why | {f"{top}/{found['path']}": TOO_LONG for found in _TOO_LONG.finditer(output)}


def _changed_meanwhile(output: str) -> bool:
    """Whether all that rsync fell over are files that became others while it read them."""
    found = [_ERRNO.search(line) for line in output.splitlines() if line.startswith("rsync: ")]
    return bool(found) and all(code is not None and int(code[1]) in CHANGED for code in found)


def told_files(why: dict[str, str]) -> str:
    """That they could not be copied, as the beginning of a sentence."""
    named = "; ".join(f"{_short(path)}: {reason}" for path, reason in list(why.items())[:NAMED])
    more = f"; and {len(why) - NAMED} more, see the log" if len(why) > NAMED else ""
    files = "1 file" if len(why) == 1 else f"{len(why)} files"
    return f"{files} could not be copied: {named}{more}"


def _short(path: str) -> str:
    """A path as a sentence can hold it: its beginning and its end."""
    half = SHORT // 2
    return path if len(path) <= SHORT else f"{path[:half]}…{path[-half:]}"


def _full(host: Host, path: str) -> bool:
    """Whether no block or no inode is free: a program that lost its writer does not say why."""
    use = host.usage(path)
    return use is not None and (use.f_bavail == 0 or _without_inodes(host, path))


def _without_inodes(host: Host, path: str) -> bool:
    use = host.usage(path)
    return use is not None and use.f_files > 0 and use.f_ffree == 0


def _blocks(host: Host, path: str) -> int:
    """Bytes of the file system mounted at a path, in use or not."""
    use = host.usage(path)
    return use.f_blocks * use.f_frsize if use is not None else 0


def _use(host: Host, path: str) -> tuple[int, int]:
    """Bytes and inodes in use of the file system mounted at a path."""
    use = host.usage(path)
    if use is None:
        return 0, 0
    return (use.f_blocks - use.f_bfree) * use.f_frsize, use.f_files - use.f_ffree
