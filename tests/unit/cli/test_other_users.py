"""sudo, su and plans of other users, with the real entry: files are root's, and so are plans."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
RECORDED = TOP / "tests" / "machines" / "debian12-bios-grub.json"
PYTHON = "/usr/bin/python3"  # others may not reach the one that runs the tests
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else"),
    pytest.mark.skipif(
        subprocess.run([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
                       check=False).returncode != 0, reason=f"{PYTHON} is too old"),
]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that anybody reaches, with a copy of the package and of a recording."""
    path = Path(tempfile.mkdtemp(prefix="bootmirror-users-", dir="/tmp"))
    shutil.copytree(TOP / "bootmirror", path / "bootmirror",
                    ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(RECORDED, path / "machine.json")
    (path / "theirs").mkdir()
    os.chown(path / "theirs", NOBODY, NOBODY)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", path], check=True)
    yield path
    shutil.rmtree(path)


def bootmirror(
    place: Path, *words: object, before: list[str] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    argv = [PYTHON, "-I", str(place / "bootmirror" / "__main__.py"), *map(str, words)]
    return subprocess.run(
        [*(before or []), *argv], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment},
        capture_output=True, text=True, check=False, timeout=60, cwd="/",
    )


def plan(place: Path, out: Path, before: list[str] | None = None, **environment: str) -> None:
    done = bootmirror(
        place, "--machine", place / "machine.json", "plan", "--source", "sdb", "--mirror", "sda",
        "--out", out, before=before, **environment)
    assert done.returncode == 0, done.stderr


def test_a_plan_that_another_user_made_is_refused(place: Path) -> None:
    made = place / "theirs" / "plan.json"
    plan(place, made, AS_NOBODY)
    assert (made.stat().st_uid, made.stat().st_mode & 0o777) == (NOBODY, 0o600)
    done = bootmirror(place, "apply", made, "--erase", "anything")
    assert done.returncode == 3
    assert f"belongs to another user (uid {NOBODY})" in done.stderr
    os.chown(made, 0, 0)  # read through, and taken over: now it is only that disk that is not there
    done = bootmirror(place, "--machine", place / "machine.json", "apply", made, "--erase", "any")
    assert "belongs to another user" not in done.stderr
    assert "--erase any names no disk of this plan" in done.stderr


def test_under_sudo_files_are_roots(place: Path) -> None:
    made = place / "plan.json"
    plan(place, made, SUDO_UID=str(NOBODY), SUDO_GID=str(NOBODY), SUDO_USER="nobody",
         USER="nobody", LOGNAME="nobody", HOME=str(place / "theirs"))
    assert (made.stat().st_uid, made.stat().st_gid) == (0, 0)
    assert list((place / "theirs").iterdir()) == []


def test_in_another_users_directory_his_plan_is_not_written_over(place: Path) -> None:
    """sudo bootmirror plan --out plan.json, where somebody waits with a file of that name."""
    made = place / "theirs" / "plan.json"
    made.write_text("waiting")
    os.chown(made, NOBODY, NOBODY)
    done = bootmirror(
        place, "--machine", place / "machine.json", "plan", "--source", "sdb", "--mirror", "sda",
        "--out", made)
    assert done.returncode == 3
    assert "belongs to another user" in done.stderr
    assert made.read_text() == "waiting"


def test_su_to_somebody_else_looks_at_no_disk(place: Path) -> None:
    for before in (AS_NOBODY, ["runuser", "-u", "nobody", "--"]):
        for words in (["status"], ["apply", place / "plan.json"], ["worker"]):
            done = bootmirror(place, *words, before=before)
            assert done.returncode != 0, words
            assert "must run as root" in done.stderr, (words, done.stderr)
