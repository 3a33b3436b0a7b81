"""Host: the one door to the real machine.

Everything bootmirror does to or learns from a machine goes through here: a command (argv list, no
shell, fixed environment, allowed exit codes), a file read, a file replaced atomically, a line
written to sysfs. Every command is reported to ``on_command``, which the worker turns into journal
records.
"""

from __future__ import annotations

import contextlib
import filecmp
import mmap
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootmirror.errors import NO_ROOM, CommandFailed, NotWritten, Refused, StepFailed
from bootmirror.host.clean import clean_lines
from bootmirror.host.originals import keep
from bootmirror.host.take_place import sync_directory, take_place

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

# Nothing of the caller's environment reaches a command: a hostile PATH, LD_PRELOAD or locale must
# not change what runs or how its output reads.
ENVIRONMENT = {
    "PATH": PATH,
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
    "DEBIAN_FRONTEND": "noninteractive",
}

# Commands write the new system's files: our own closed umask is not for them.
UMASK = 0o022

# Bytes read of any file; configuration files and sysfs are far smaller. Files below /proc/sys fail
# with ENOMEM when asked for 4 MiB (KMALLOC_MAX_SIZE) at once: seen with Linux 6.1.
LARGEST_FILE = 1 << 20
ALIGNED = 4096  # bytes: O_DIRECT wants places and lengths in whole sectors of the disk
PIECE = 1 << 18
LONGEST_SAID = 400  # characters of a program's last words that stand in an error


@dataclass(frozen=True)
class CommandRecord:
    """One finished command, as the journal keeps it."""

    argv: tuple[str, ...]
    returncode: int
    seconds: float
    output: tuple[str, ...]  # cleaned last lines of what it printed


@dataclass(frozen=True)
class Result:
    """What a command gave: its exit code and what it printed (undecodable bytes escaped)."""

    returncode: int
    stdout: str
    stderr: str


class Host:
    """The machine bootmirror runs on."""

    def __init__(
        self,
        on_command: Callable[[CommandRecord], None] | None = None,
        on_start: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        self._on_command = on_command
        self._on_start = on_start

    # -- commands ---------------------------------------------------------------------------

    def find(self, program: str) -> str:
        """The absolute path of a program in the fixed PATH, or "" when it is not installed."""
        return shutil.which(program, path=PATH) or ""

    def absolute(self, argv: Sequence[str]) -> list[str]:
        """The command with its program's path. Raises StepFailed where it is not installed."""
        program = argv[0] if argv[0].startswith("/") else self.find(argv[0])
        if not program:
            raise StepFailed(f"The program {argv[0]} is not installed.", f"Install {argv[0]}.")
        return [program, *argv[1:]]

    def run(
        self,
        argv: Sequence[str],
        *,
        ok: Sequence[int] = (0,),
        stdin: str = "",
        timeout: float | None = None,
        quiet: bool = False,
    ) -> Result:
        """Run a command to its end.

        ``ok`` are the exit codes that mean success here. ``quiet`` leaves a pure look (lsblk,
        findmnt) out of the journal. Raises CommandFailed, StepFailed when it is not installed or
        takes longer than ``timeout`` seconds.
        """
        command = self.absolute(argv)
        if self._on_start and not quiet:
            self._on_start(command)
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, input=stdin.encode("utf-8", "surrogateescape"), capture_output=True,
                env=ENVIRONMENT, timeout=timeout, check=False, cwd="/", umask=UMASK,
            )
        except subprocess.TimeoutExpired as error:
            raise StepFailed(
                f"{argv[0]} did not end within {timeout:.0f} seconds.",
                "Look at the disks' cables and the kernel's messages (dmesg), then try again.",
            ) from error
        result = Result(
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "surrogateescape"),
        )
        if not quiet:
            self._report(command, done.returncode, began, result.stdout + result.stderr)
        if done.returncode not in ok:
            raise _failed(command, done.returncode, result.stderr or result.stdout)
        return result

    def stream(
        self,
        argv: Sequence[str],
        on_text: Callable[[str], None],
        *,
        ok: Sequence[int] = (0,),
    ) -> int:
        """Run a command and hand over each piece of a line as it prints it (stdout and stderr).

        A carriage return ends a piece, as in rsync's progress. Raises CommandFailed.
        """
        command = self.absolute(argv)
        if self._on_start:
            self._on_start(command)
        began = time.monotonic()
        errors: list[str] = []
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=ENVIRONMENT, cwd="/", umask=UMASK,
        ) as process:
            assert process.stdout is not None and process.stderr is not None
            reader = threading.Thread(
                target=_collect, args=(process.stderr, errors), daemon=True, name="stderr"
            )
            reader.start()
            for piece in _pieces(process.stdout.fileno()):
                on_text(piece)
            reader.join()
            code = process.wait()
        self._report(command, code, began, "\n".join(errors))
        if code not in ok:
            raise _failed(command, code, "\n".join(errors))
        return code

    def spawn_detached(self, argv: Sequence[str]) -> None:
        """Run a command that detaches by itself (systemd-run, setsid --fork), tied to nothing of
        ours: no terminal, no pipe it could outlive. Raises CommandFailed, StepFailed."""
        command = self.absolute(argv)
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=ENVIRONMENT, check=False, cwd="/", timeout=60,
            start_new_session=True,  # a SIGHUP while it detaches must not reach it either
        )
        if done.returncode:
            raise CommandFailed(command, done.returncode, "")

    def _report(self, argv: Sequence[str], code: int, began: float, output: str) -> None:
        if self._on_command:
            seconds = round(time.monotonic() - began, 3)
            lines = tuple(clean_lines(_tail(output)))[-40:]
            self._on_command(CommandRecord(tuple(argv), code, seconds, lines))

    # -- files ------------------------------------------------------------------------------

    def read(self, path: str | Path) -> str | None:
        """A file's text (bytes that are not UTF-8 kept as surrogates); None where there is none.

        Raises Refused for one that is too long: it would be planned, and written back, cut off.
        """
        try:
            data = _whole(str(path), LARGEST_FILE + 1)
        except OSError:
            return None
        if len(data) > LARGEST_FILE:
            raise Refused(f"{path} is longer than {LARGEST_FILE >> 20} MiB.",
                          "Look at what fills it; no file that bootmirror reads is that long.")
        return data.decode("utf-8", "surrogateescape")

    def content(self, path: str | Path, offset: int = 0, length: int = LARGEST_FILE
                ) -> bytes | None:
        """A file's bytes from an offset on, ``length`` at most; None where it cannot be read."""
        try:
            with Path(path).open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError:
            return None

    def files_below(self, directory: str | Path) -> tuple[str, ...]:
        """The plain files below a directory, as paths from it, sorted; () where there is none."""
        top = Path(directory)
        found = (Path(place, name) for place, _, names in os.walk(top) for name in names)
        return tuple(sorted(str(f.relative_to(top)) for f in found if f.is_file()))

    def alike(self, one: str | Path, other: str | Path) -> bool:
        """Whether two files can be read and hold the same bytes."""
        try:
            return filecmp.cmp(one, other, shallow=False)
        except OSError:
            return False

    def listing(self, path: str | Path) -> list[str]:
        """The names in a directory, sorted; empty where there is none."""
        try:
            return sorted(entry.name for entry in Path(path).iterdir())
        except OSError:
            return []

    def exists(self, path: str | Path) -> bool:
        return os.path.lexists(path)

    def resolve(self, path: str | Path) -> str:
        return os.path.realpath(path)

    def link(self, path: str | Path) -> str:
        """Where a symbolic link points to; "" for what is none, or is not there."""
        try:
            return str(Path(path).readlink())
        except OSError:
            return ""

    def written(self, path: str | Path) -> float:
        """When a file's content was last written (seconds since the epoch); 0 where it is not."""
        try:
            return Path(path).stat().st_mtime
        except OSError:
            return 0.0

    def size(self, path: str | Path) -> int:
        """A file's length in bytes; 0 where it is not."""
        try:
            return Path(path).stat().st_size
        except OSError:
            return 0

    def usage(self, path: str) -> os.statvfs_result | None:
        """statvfs of a mounted file system; None when it cannot be asked."""
        try:
            return os.statvfs(path)
        except OSError:
            return None

    def sector(self, path: str, offset: int = 0, length: int = 512) -> bytes:
        """Bytes of a block device, read only; b"" when it cannot be read."""
        try:
            with Path(path).open("rb", buffering=0) as device:
                device.seek(offset)
                return device.read(length) or b""
        except OSError:
            return b""

    def on_disk(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a device as they lie on it, past the page cache; b"" when it cannot be read.

        A disk and its partitions have a cache each, so what was written through one may not be
        seen through the other; a boot sees neither.
        """
        start, end = offset // ALIGNED * ALIGNED, -(-(offset + length) // ALIGNED) * ALIGNED
        try:
            handle = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
            try:
                with mmap.mmap(-1, end - start) as buffer:
                    count = os.preadv(handle, [buffer], start)
                    return buffer[offset - start : min(count, offset - start + length)]
            finally:
                os.close(handle)
        except OSError:
            return b""

    def filtered(self, argv: Sequence[str], path: str, offset: int = 0) -> Iterator[bytes]:
        """What a program makes of a file from an offset on, in pieces.

        The program is ended when the caller takes no more. Raises CommandFailed when it fails,
        StepFailed when it is not installed or the file cannot be read.
        """
        command = self.absolute(argv)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise StepFailed(f"{path} cannot be read: {error.strerror}.") from error
        try:
            os.lseek(handle, offset, os.SEEK_SET)
            process = subprocess.Popen(command, stdin=handle, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, env=ENVIRONMENT, cwd="/")
        finally:
            os.close(handle)
        with process:
            assert process.stdout is not None
            try:
                while piece := process.stdout.read(PIECE):
                    yield piece
                if code := process.wait():
                    raise CommandFailed(command, code, "")
            finally:
                process.kill()

    def read_through(self, path: str, chunk: int = 4 << 20) -> Iterator[int]:
        """Read a device to its end past the page cache; the bytes of each piece. Raises OSError."""
        handle = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
        try:
            with mmap.mmap(-1, chunk) as buffer:  # O_DIRECT wants memory aligned to pages
                while count := os.readv(handle, [buffer]):
                    yield count
        finally:
            os.close(handle)

    def write(
        self, path: str | Path, text: str, *, mode: int = 0o644, like: str = "",
        backup: bool = False,
    ) -> None:
        """Replace a file atomically: temporary file, fsync, rename, fsync of the directory.

        Mode and owner of a file that is replaced are kept, and nobody but us can read the new one
        before it has them. A new one gets those of the file ``like``, or ``mode`` where that is
        none. With ``backup`` the original is kept beside it, once (see ``original_of``). Raises
        NotWritten.
        """
        try:
            self._write(Path(path), text, mode, like, backup)
        except OSError as error:
            raise NotWritten(path, error) from error

    def _write(self, target: Path, text: str, mode: int, like: str, backup: bool) -> None:
        self.make_directory(target.parent)
        if backup and os.path.lexists(target):
            self._keep_original(target)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
            take_place(name, target, mode, like)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _keep_original(self, target: Path) -> None:
        kept = original_of(target)
        if not os.path.lexists(kept):
            keep(target, kept)

    def remove(self, path: str | Path, *, as_if_never: bool = False) -> None:
        """Remove a file if it is there, and make that last.

        ``as_if_never``: its directory keeps its times, and goes too when nothing else is in it.
        """
        target = Path(path)
        with contextlib.suppress(FileNotFoundError):
            times = target.parent.stat()
            target.unlink()
            if as_if_never:
                os.utime(target.parent, ns=(times.st_atime_ns, times.st_mtime_ns))
            sync_directory(target.parent)
            if as_if_never and not any(target.parent.iterdir()):
                self.remove_directory(target.parent)

    def remove_directory(self, path: Path) -> None:
        """Remove an empty directory; the one it is in keeps its times."""
        times = path.parent.stat()
        path.rmdir()
        os.utime(path.parent, ns=(times.st_atime_ns, times.st_mtime_ns))

    def make_directory(self, path: str | Path, mode: int = 0o755) -> None:
        """Make a directory and those that lack above it, with their mode whatever the umask.

        bootmirror's own umask is 077: a directory of the new system must not come out closed.
        """
        target = Path(path)
        lacking = [p for p in (target, *target.parents) if not p.exists()]
        for directory in reversed(lacking):
            directory.mkdir(mode=0o700)
            directory.chmod(mode if directory == target else 0o755)

    def set_kernel(self, path: str, text: str) -> None:
        """Write one value to a file of /proc or /sys. Raises StepFailed."""
        try:
            with Path(path).open("wb", buffering=0) as file:
                file.write(text.encode())
        except OSError as error:
            raise StepFailed(f"{path} could not be set to {text}: {error.strerror}.") from error

    def sync(self) -> None:
        os.sync()


def original_of(path: str | Path) -> Path:
    """Where the original of a file that is replaced is kept: ``NAME.bootmirror-orig``.

    In a directory such as conf.d a dot comes first: initramfs-tools sources all but hidden files
    there, and the old settings would win.
    """
    target = Path(path)
    dot = "." if target.parent.suffix == ".d" else ""
    return target.with_name(f"{dot}{target.name}.bootmirror-orig")


def _whole(path: str, most: int) -> bytes:
    """A file's bytes, ``most`` of them at most.

    sysfs tells a value anew at each read, and gives a page at most. A second read behind "clean",
    when md's state has become "active" meanwhile, would find that word's last letter.
    """
    with Path(path).open("rb", buffering=0) as file:
        data = piece = file.read(most)
        while piece and not (path.startswith("/sys/") and len(piece) < mmap.PAGESIZE):
            piece = file.read(most - len(data))
            data += piece
    return data


def _failed(argv: Sequence[str], code: int, output: str) -> CommandFailed:
    """What it said last; or, where that was it, that there was no room: what failed for it need not
    say so at its end (update-initramfs does not)."""
    lines = clean_lines(_tail(output), LONGEST_SAID)
    full = [line for line in lines if NO_ROOM in line]
    hint = "Make room on the file system that is full (df; df -i), then go on." if full else ""
    return CommandFailed(argv, code, _tail(output), hint, said="".join((full or lines)[-1:]))


def _tail(text: str, limit: int = 16_384) -> str:
    return text[-limit:]


def _collect(pipe: object, into: list[str]) -> None:
    for piece in _pieces(pipe.fileno()):  # type: ignore[attr-defined]
        into.append(piece)
        del into[:-200]


def _pieces(handle: int) -> Iterator[str]:
    """Split what a pipe gives at newlines and carriage returns, as it comes."""
    rest = b""
    while chunk := os.read(handle, 65_536):
        rest += chunk.replace(b"\r", b"\n")
        *whole, rest = rest.split(b"\n")
        for line in whole:
            if line:
                yield line.decode("utf-8", "surrogateescape")
        rest = rest[-65_536:]
    if rest:
        yield rest.decode("utf-8", "surrogateescape")
