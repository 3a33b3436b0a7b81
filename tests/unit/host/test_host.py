"""The door to the machine: commands and files."""

import io
import os
import stat
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from bootmirror.errors import CommandFailed, NotWritten, Refused, StepFailed
from bootmirror.host.host import LARGEST_FILE, PATH, CommandRecord, Host, original_of


@pytest.fixture
def strict_umask() -> Iterator[None]:
    """The umask bootmirror itself works with."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_command_runs_in_a_fixed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD_OF_MINE", "x")
    monkeypatch.setenv("PATH", "/nowhere")
    out = Host().run(["env"]).stdout
    assert f"PATH={PATH}\n" in out and "LC_ALL=C.UTF-8\n" in out and "LD_PRELOAD" not in out


def test_every_command_is_reported_but_a_quiet_look() -> None:
    seen: list[CommandRecord] = []
    started: list[tuple[str, ...]] = []
    host = Host(seen.append, lambda argv: started.append(tuple(argv)))
    host.run(["sh", "-c", "printf 'a\\033[1m\\n'; exit 3"], ok=(3,))
    host.run(["true"], quiet=True)
    assert [(r.argv[0].rsplit("/", 1)[-1], r.returncode, r.output) for r in seen] == [
        ("sh", 3, ("a\\x1b[1m",))
    ]
    assert len(started) == 1 and started[0][0].startswith("/")


def test_an_exit_code_that_was_not_allowed_is_an_error() -> None:
    with pytest.raises(CommandFailed, match=r"sh failed \(2\): broken") as caught:
        Host().run(["sh", "-c", "echo fine; echo broken >&2; exit 2"])
    assert caught.value.returncode == 2


def test_a_program_that_found_no_room_is_told_as_such_whatever_it_says_last() -> None:
    """As update-initramfs: "failed for /boot/initrd.img-6.1.0 with 1."."""
    script = "echo 'zstd: No space left on device'; echo 'failed for an image with 1.' >&2; exit 1"
    with pytest.raises(CommandFailed) as caught:
        Host().run(["sh", "-c", f"exec 2>&1; {script}"])
    assert caught.value.message == "sh failed (1): zstd: No space left on device"
    assert caught.value.hint.startswith("Make room ")


def test_a_missing_program_and_a_slow_one_are_errors_with_a_way_out() -> None:
    with pytest.raises(StepFailed, match="not installed") as caught:
        Host().run(["no-such-program"])
    assert caught.value.hint
    with pytest.raises(StepFailed, match="did not end within"):
        Host().run(["sleep", "5"], timeout=0.1)


def test_input_and_bytes_that_are_no_utf_8_go_through() -> None:
    assert Host().run(["cat"], stdin="a\udcff\n").stdout == "a\udcff\n"


def test_a_stream_comes_in_pieces_and_carriage_returns_end_them() -> None:
    pieces: list[str] = []
    seen: list[CommandRecord] = []
    code = Host(seen.append).stream(
        ["sh", "-c", "printf '1%%\\r2%%\\r\\nlast'; echo warning >&2; exit 24"],
        pieces.append, ok=(0, 24),
    )
    assert (code, pieces) == (24, ["1%", "2%", "last"])
    assert seen[0].output == ("warning",)
    with pytest.raises(CommandFailed, match="bad"):
        Host().stream(["sh", "-c", "echo bad >&2; exit 1"], pieces.append)


def test_files_are_read_and_absence_is_none(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"a\xff")
    assert Host().read(path) == "a\udcff"
    assert Host().read(tmp_path / "none") is None
    assert Host().listing(tmp_path) == ["f"] and Host().listing(tmp_path / "none") == []


def test_a_file_is_read_to_its_end_or_refused(tmp_path: Path) -> None:
    """Cut off, it would be written back so."""
    path = tmp_path / "fstab"
    path.write_bytes(b"#" * LARGEST_FILE)
    assert len(Host().read(path) or "") == LARGEST_FILE
    path.write_bytes(b"#" * LARGEST_FILE + b"x")
    with pytest.raises(Refused, match="longer than 1 MiB"):
        Host().read(path)


class State(io.RawIOBase):
    """md's array_state: told anew at each read, from the offset on."""

    def __init__(self) -> None:
        self.words = ["clean", "active"]
        self.place = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        told = f"{self.words.pop(0)}\n".encode()[self.place:][:size]
        self.place += len(told)
        return told


def test_a_state_that_changes_under_a_look_is_no_mixture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", lambda *_args, **_named: State())
    assert Host().read("/sys/block/md0/md/array_state") == "clean\n"


def test_a_file_that_comes_in_pieces_is_read_to_its_end() -> None:
    """A file of /proc gives whole lines, a page or so at a time."""
    told = Host().read("/proc/self/maps") or ""
    assert len(told) > 8192 and told.endswith("\n") and "[stack]" in told


def test_a_replaced_file_keeps_its_mode_and_its_original_once(tmp_path: Path) -> None:
    path = tmp_path / "fstab"
    path.write_text("one")
    path.chmod(0o640)
    Host().write(path, "two\udcff", backup=True)
    Host().write(path, "three", backup=True)
    assert path.read_text() == "three" and mode(path) == 0o640
    assert (tmp_path / "fstab.bootmirror-orig").read_text() == "one"
    assert names(tmp_path) == ["fstab", "fstab.bootmirror-orig"]


@pytest.mark.parametrize(("path", "kept"), [
    ("/etc/fstab", "/etc/fstab.bootmirror-orig"),
    ("/etc/initramfs-tools/conf.d/resume",
     "/etc/initramfs-tools/conf.d/.resume.bootmirror-orig")])
def test_an_original_is_hidden_where_every_file_of_a_directory_is_read(
    path: str, kept: str
) -> None:
    assert str(original_of(path)) == kept


def test_bytes_are_read_from_a_place_up_to_a_length(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\xff\0ab")
    assert Host().content(tmp_path / "f") == b"\xff\0ab"
    assert Host().content(tmp_path / "f", 1, 2) == b"\0a"
    assert Host().content(tmp_path / "none") is None


def test_trees_are_compared_file_by_file(tmp_path: Path) -> None:
    for name, text in (("a/x", "1"), ("a/d/y", "2"), ("b/x", "1")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert Host().files_below(tmp_path / "a") == ("d/y", "x")
    assert Host().files_below(tmp_path / "none") == ()
    assert Host().alike(tmp_path / "a/x", tmp_path / "b/x")
    assert not Host().alike(tmp_path / "a/d/y", tmp_path / "b/x")
    assert not Host().alike(tmp_path / "a/x", tmp_path / "none")


@pytest.mark.parametrize(("offset", "length"), [(0, 512), (512, 1024), (4000, 200), (8190, 512)])
def test_what_lies_on_a_disk_is_read_past_the_cache(
    tmp_path: Path, offset: int, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = os.urandom(8192)
    (tmp_path / "disk").write_bytes(data)
    flags: list[int] = []
    opened = os.open

    def plain(path: str, mode: int) -> int:  # not every file system of a test knows O_DIRECT
        flags.append(mode)
        return opened(path, mode & ~os.O_DIRECT)

    monkeypatch.setattr(os, "open", plain)
    assert Host().on_disk(str(tmp_path / "disk"), offset, length) == data[offset : offset + length]
    assert flags[0] & os.O_DIRECT
    assert Host().on_disk(str(tmp_path / "none"), 0, 512) == b""


def test_a_program_reads_a_file_from_an_offset_on(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc" * 200_000)
    pieces = Host().filtered(["cat"], str(tmp_path / "f"), 3)
    assert b"".join(pieces) == b"abc" * 199_999
    endless = Host().filtered(["sh", "-c", "while :; do echo y; done"], str(tmp_path / "f"))
    assert next(endless).startswith(b"y\n")
    assert isinstance(endless, Generator)
    endless.close()  # and the program with it
    with pytest.raises(CommandFailed):
        list(Host().filtered(["false"], str(tmp_path / "f")))
    with pytest.raises(StepFailed, match="cannot be read"):
        list(Host().filtered(["cat"], str(tmp_path / "none")))


def test_a_write_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fstab"
    path.write_text("one")

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(NotWritten, match="No space"):
        Host().write(path, "two")
    assert path.read_text() == "one" and names(tmp_path) == ["fstab"]


@pytest.mark.usefixtures("strict_umask")
def test_new_files_and_directories_are_open_to_all_whatever_the_umask(tmp_path: Path) -> None:
    Host().write(tmp_path / "etc/mdadm/mdadm.conf", "x")
    assert mode(tmp_path / "etc") == 0o755 and mode(tmp_path / "etc/mdadm") == 0o755
    assert mode(tmp_path / "etc/mdadm/mdadm.conf") == 0o644
    Host().make_directory(tmp_path / "tmp", 0o1777)
    assert mode(tmp_path / "tmp") == 0o1777
    Host().make_directory(tmp_path / "tmp", 0o700)
    assert mode(tmp_path / "tmp") == 0o1777  # one that is there stays as it is


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    Host().remove(tmp_path / "f")
    Host().remove(tmp_path / "f")
    assert names(tmp_path) == []


def test_a_kernel_file_that_refuses_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="could not be set to 5"):
        Host().set_kernel(str(tmp_path / "no/such"), "5")


def test_a_file_that_was_ours_leaves_no_trace(tmp_path: Path) -> None:
    """The directory's times are the system's, and a directory made for it alone goes too."""
    kept, made = tmp_path / "kept", tmp_path / "made"
    for directory in (kept, made):
        directory.mkdir()
        (directory / "ours").touch()
    (kept / "theirs").touch()
    for directory in (kept, tmp_path):
        os.utime(directory, ns=(10**18, 10**18))
    Host().remove(kept / "ours", as_if_never=True)
    Host().remove(made / "ours", as_if_never=True)
    Host().remove(made / "ours", as_if_never=True)
    assert kept.stat().st_mtime_ns == tmp_path.stat().st_mtime_ns == 10**18
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["kept"]


def test_content_is_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut at any instant leaves the old file or the new one, and then the new one."""
    path, did = tmp_path / "fstab", []
    path.write_text("one")
    fsync, replace = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        did.append("directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        fsync(handle)

    def renamed(new: Path, target: Path) -> Path:
        did.append(f"renamed with {new.read_text()}")
        return replace(new, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    Host().write(path, "two")
    assert did == ["content", "renamed with two", "directory"]


def test_a_replaced_file_keeps_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, given = tmp_path / "shadow", []
    path.write_text("one")
    monkeypatch.setattr(os, "fchown", lambda _handle, uid, gid: given.append((uid, gid)))
    Host().write(path, "two")
    assert given == [(path.stat().st_uid, path.stat().st_gid)]


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
@pytest.mark.parametrize("final", [0o600, 0o640, 0o644])
def test_nobody_else_can_read_it_before_it_has_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int, final: int
) -> None:
    """Under its temporary name the content of a closed file would lie open for an instant."""
    path, seen = tmp_path / "lilo.conf", []
    path.write_text("password=one")
    path.chmod(final)
    fchown, fchmod = os.fchown, os.fchmod

    def look(handle: int) -> None:
        found = os.fstat(handle)
        seen.append((stat.S_IMODE(found.st_mode), found.st_size > 0))

    def owned(handle: int, uid: int, gid: int) -> None:
        look(handle)
        fchown(handle, uid, gid)

    def moded(handle: int, given: int) -> None:
        look(handle)
        fchmod(handle, given)
        look(handle)

    monkeypatch.setattr(os, "fchown", owned)
    monkeypatch.setattr(os, "fchmod", moded)
    before = os.umask(umask)
    try:
        Host().write(path, "password=two")
    finally:
        os.umask(before)
    assert seen == [(0o600, True), (0o600, True), (final, True)] and mode(path) == final


@pytest.mark.usefixtures("strict_umask")
def test_commands_write_the_new_systems_files_open_to_all() -> None:
    said: list[str] = []
    Host().stream(["sh", "-c", "umask"], said.append)
    assert said == ["0022"]
    assert Host().run(["sh", "-c", "umask"]).stdout == "0022\n"


def test_programs_are_found_in_the_fixed_path_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "wipefs-of-mine"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Host().find(planted.name) == ""
