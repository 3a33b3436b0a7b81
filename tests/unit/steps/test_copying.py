"""Which program copies, and that nothing is taken for copied when one of them met trouble."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bootmirror.errors import CommandFailed, StepFailed
from bootmirror.host.host import Host
from bootmirror.steps.copying import PASSES, Copy, FirstCopy


class Quiet:
    """A report nobody reads."""

    def progress(self, done: int, total: int, **_rest: object) -> None: ...
    def note(self, text: str) -> None: ...
    def result(self, text: str) -> None: ...


class Recorder(Host):
    """Runs what it is told and notes it; ``cp`` ends as it is told to."""

    def __init__(self, cp: int = 0) -> None:
        super().__init__()
        self.cp = cp
        self.ran: list[str] = []

    def stream(
        self, argv: Sequence[str], on_text: Callable[[str], None], *, ok: Sequence[int] = (0,)
    ) -> int:
        self.ran.append(argv[0])
        if argv[0] == "cp" and self.cp:
            if self.cp not in ok:
                raise CommandFailed(list(argv), self.cp, "")
            return self.cp
        return super().stream(argv, on_text, ok=ok)


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "etc").mkdir(parents=True)
    (source / "etc" / "motd").write_text("hello\n")
    (source / "etc" / "issue").hardlink_to(source / "etc" / "motd")
    target.mkdir()
    (target / "lost+found").mkdir()
    return source, target


def first(places: tuple[Path, Path]) -> FirstCopy:
    return FirstCopy(Copy(str(places[0]), str(places[1]), delete=True))


def test_cp_fills_an_empty_file_system(places: tuple[Path, Path]) -> None:
    host = Recorder()
    first(places).perform(host, Quiet())
    assert host.ran == ["cp"]
    motd, issue = (places[1] / "etc" / name for name in ("motd", "issue"))
    assert motd.read_text() == "hello\n" and motd.samefile(issue)


def test_rsync_completes_what_was_begun(places: tuple[Path, Path]) -> None:
    (places[1] / "left over").write_text("from an earlier try\n")
    host = Recorder()
    first(places).perform(host, Quiet())
    assert host.ran == ["rsync"]
    assert (places[1] / "etc" / "motd").exists() and not (places[1] / "left over").exists()


def test_a_file_written_again_in_the_same_second_is_another_one(
    places: tuple[Path, Path]
) -> None:
    source, target = (place / "etc" / "motd" for place in places)
    first(places).perform(Recorder(), Quiet())
    second = 1_700_000_000 * 10**9
    os.utime(target, ns=(second, second + 100_000_000))
    source.write_text("HELLO\n")  # as long as before
    os.utime(source, ns=(second, second + 900_000_000))
    Copy(str(places[0]), str(places[1]), delete=True).perform(Recorder(), Quiet())
    assert target.read_text() == "HELLO\n"


def test_rsync_has_the_last_word_when_cp_met_trouble(places: tuple[Path, Path]) -> None:
    host = Recorder(cp=1)
    first(places).perform(host, Quiet())
    assert host.ran == ["cp", "rsync"]
    assert (places[1] / "etc" / "motd").exists()


def test_a_cp_that_was_killed_is_a_failure(places: tuple[Path, Path]) -> None:
    with pytest.raises(CommandFailed):
        first(places).perform(Recorder(cp=-9), Quiet())


class Full(Host):
    """rsync's other end is gone: what that said may be lost."""

    def __init__(self, said: str, free: int) -> None:
        super().__init__()
        self.said, self.free = said, free

    def stream(
        self, argv: Sequence[str], on_text: Callable[[str], None], *, ok: Sequence[int] = (0,)
    ) -> int:
        raise CommandFailed(list(argv), 11, self.said)

    def usage(self, path: str) -> Any:
        return SimpleNamespace(f_bavail=self.free, f_ffree=9, f_files=10, f_blocks=10, f_bfree=0,
                               f_frsize=1 << 30)


@pytest.mark.parametrize(("said", "free"), [
    ('rsync: [receiver] write failed on "/copy/var/a": No space left on device (28)', 5),
    ("rsync: [sender] write error: Broken pipe (32)", 0),
])
def test_a_mirror_that_is_full_is_told_with_what_to_do(said: str, free: int) -> None:
    with pytest.raises(StepFailed) as failed:
        Copy("/o/3", "/copy/var", shown="/var").perform(Full(said, free), Quiet())
    assert failed.value.message == (
        "The mirror has no room left for /var, which holds 10.7 GB by now.")
    assert "take a larger mirror" in failed.value.hint


class Shared(Full):
    """A source that needs less than the mirror has, and a mirror that is full all the same."""

    def __init__(self, used: int, inodes_free: int = 9) -> None:
        super().__init__("cp: No space left on device", 0)
        self.used, self.inodes_free = used, inodes_free

    def usage(self, path: str) -> Any:
        free = 100 - self.used if path == "/o/3" else 0
        return SimpleNamespace(f_bavail=free, f_ffree=self.inodes_free, f_files=10, f_blocks=100,
                               f_bfree=free, f_frsize=1 << 30)


@pytest.mark.parametrize(("host", "shared"), [
    (Shared(60), True), (Shared(97), True), (Shared(98), False), (Shared(60, 0), False)])
def test_files_that_share_blocks_are_told_where_their_use_would_fit(
    host: Shared, shared: bool
) -> None:
    """Of reflinks the source's own figure counts each block once."""
    with pytest.raises(StepFailed, match="no room left for /var") as failed:
        Copy("/o/3", "/copy/var", shown="/var").perform(host, Quiet())
    assert ("share blocks (reflinks, snapshots)" in failed.value.message) is shared
    assert ("by now" in failed.value.message) is not shared
    assert "take a larger mirror" in failed.value.hint


def test_another_failure_of_rsync_is_told_as_it_is() -> None:
    with pytest.raises(CommandFailed):
        Copy("/o/3", "/copy/var").perform(Full("rsync: Broken pipe (32)", 5), Quiet())


class Partial(Host):
    """rsync that could not read everything."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.passes = 0
        self.said = "\n".join([*lines, "rsync error: some files were not transferred (code 23)"])

    def stream(
        self, argv: Sequence[str], on_text: Callable[[str], None], *, ok: Sequence[int] = (0,)
    ) -> int:
        assert 23 not in ok
        self.passes += 1
        raise CommandFailed(list(argv), 23, self.said)


def test_files_that_cannot_be_read_are_named_as_the_user_knows_them() -> None:
    host = Partial(
        'rsync: [sender] read errors mapping "/o/3/lib/db: a": Input/output error (5)',
        "WARNING: lib/db: a failed verification -- update discarded (will try again).",
        'rsync: [sender] read errors mapping "/o/3/lib/db: a": Input/output error (5)',
        'rsync: [sender] opendir "/o/3/spool" failed: Structure needs cleaning (117)',
    )
    with pytest.raises(StepFailed) as failed:
        Copy("/o/3", "/copy/var", shown="/var").perform(host, Quiet())
    assert failed.value.message == (
        "2 files could not be copied: /var/lib/db: a: Input/output error; "
        "/var/spool: Structure needs cleaning.")
    assert failed.value.hint


@pytest.mark.parametrize("name", ["d" * 100, "d" * 200])
def test_a_path_that_is_too_long_is_named_by_its_ends(
    places: tuple[Path, Path], name: str
) -> None:
    """By the real rsync, which has two ways to say it."""
    here = os.open(places[0], os.O_RDONLY)
    for _ in range(5000 // len(name)):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    with pytest.raises(StepFailed) as failed:
        Copy(str(places[0]), str(places[1]), shown="/var").perform(Host(), Quiet())
    assert re.fullmatch(
        r"1 file could not be copied: /var/d{95}…[d/]{100}: File name too long\.",
        failed.value.message)
    assert "further up" in failed.value.hint
    assert (places[1] / "etc" / "motd").exists()


class CutShort(Host):
    """Each of the first ``times`` passes of the real rsync meets a file that is cut short."""

    def __init__(self, file: Path, times: int) -> None:
        super().__init__()
        self.file, self.times, self.passes = file, times, 0

    def stream(
        self, argv: Sequence[str], on_text: Callable[[str], None], *, ok: Sequence[int] = (0,)
    ) -> int:
        self.passes += 1
        if self.passes > self.times:
            return super().stream(argv, on_text, ok=ok)
        self.file.write_bytes(bytes(1_200_000))
        cutting = threading.Thread(target=self._cut, args=(Path(argv[-1]),))
        cutting.start()
        try:
            return super().stream([*argv[:1], "--bwlimit=2000", *argv[1:]], on_text, ok=ok)
        finally:
            cutting.join()

    def _cut(self, target: Path) -> None:
        """As soon as rsync has begun its copy, under a name that begins with a dot."""
        until = time.monotonic() + 20
        while not any(target.rglob(f".{self.file.name}.*")) and time.monotonic() < until:
            time.sleep(0.01)
        os.truncate(self.file, 1000)


@pytest.fixture
def log(places: tuple[Path, Path]) -> Path:
    return places[0] / "etc" / "log"


def test_a_file_that_is_cut_short_while_it_is_read_is_read_again(
    places: tuple[Path, Path], log: Path
) -> None:
    """As logrotate's copytruncate does to a live log: no disk is dying."""
    host = CutShort(log, times=1)
    Copy(str(places[0]), str(places[1])).perform(host, Quiet())
    assert host.passes == 2
    assert (places[1] / "etc" / "log").read_bytes() == bytes(1000)


def test_a_file_that_is_cut_short_each_time_is_named(
    places: tuple[Path, Path], log: Path
) -> None:
    host = CutShort(log, times=9)
    with pytest.raises(StepFailed, match=r"/var/etc/log: No data .* changed each") as failed:
        Copy(str(places[0]), str(places[1]), shown="/var").perform(host, Quiet())
    assert host.passes == PASSES
    assert "Stop the program" in failed.value.hint and "dying" not in failed.value.hint


def test_a_file_that_cannot_be_read_is_not_read_again() -> None:
    """Beside one that changed: each read wears a dying disk further."""
    host = Partial('rsync: [sender] read errors mapping "/o/2/a": No data available (61)',
                   'rsync: [sender] read errors mapping "/o/2/b": Input/output error (5)')
    with pytest.raises(StepFailed, match="2 files could not be copied") as failed:
        Copy("/o/2", "/copy").perform(host, Quiet())
    assert host.passes == 1
    assert "dying" in failed.value.hint


def test_of_many_some_are_named_and_the_rest_counted() -> None:
    lines = [f'rsync: [sender] send_files failed to open "/o/2/f{n}": No data available (61)'
             for n in range(9)]
    with pytest.raises(StepFailed, match=r"9 files could not be copied: /f0: .*; and 4 more"):
        Copy("/o/2", "/copy").perform(Partial(*lines), Quiet())


def test_what_rsync_says_otherwise_is_passed_on() -> None:
    with pytest.raises(CommandFailed, match="rsync failed"):
        Copy("/o/2", "/copy").perform(Partial(), Quiet())
