"""What looks copied and is not is found by the inode's own time, and copied in place."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host, Result
from bootmirror.steps import compare_again
from bootmirror.steps.compare_again import CompareAgain
from bootmirror.steps.copying import Copy
from bootmirror.steps.noted_times import NoteTime
from tests.unit.steps.test_copying import Quiet

OLD = (1, 1)  # seconds: last read, last written


class Trees:
    """A tree and its copy by rsync, made after the time was noted."""

    def __init__(self, place: Path) -> None:
        self.source, self.target = place / "source", place / "target"
        self.noted = place / "state/copies-begin"
        self.source.mkdir()
        self.target.mkdir()
        for name in ("container", "still", "#odd", "own"):
            self.write(name, "before")
        os.link(self.source / "container", self.source / "other name")
        self.copy = Copy(str(self.source), str(self.target), ("/own",), delete=True)
        self.pass_again()

    def write(self, name: str, text: str) -> None:
        """And give it its old time back."""
        (self.source / name).write_text(text)
        os.utime(self.source / name, OLD)

    def pass_again(self) -> None:
        Host().run(self.copy.argv())

    def compare(self, host: Host | None = None) -> None:
        CompareAgain(self.copy).perform(host or Host(), Quiet())

    def text(self, name: str) -> str:
        return (self.target / name).read_text()


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trees:
    noted = f"{tmp_path}/state/copies-begin"
    monkeypatch.setattr(compare_again, "COPIES_BEGIN", noted)
    NoteTime(noted, "late").perform(Host(), Quiet())
    return Trees(tmp_path)


def test_a_file_that_got_its_old_time_back_is_copied(trees: Trees) -> None:
    trees.write("container", "behind")
    trees.write("#odd", "behind")
    trees.write("own", "behind")
    trees.pass_again()
    assert trees.text("container") == "before"  # by size and time it is the same
    trees.compare()
    assert [trees.text(name) for name in ("container", "other name", "#odd", "still")] == [
        "behind", "behind", "behind", "before"]
    assert (trees.target / "container").samefile(trees.target / "other name")
    assert not (trees.target / "own").exists()


def test_names_of_one_file_in_two_batches_stay_names_of_one(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_again, "BATCH", 1)
    trees.write("container", "behind")
    trees.compare()
    assert trees.text("other name") == "behind"
    assert (trees.target / "container").samefile(trees.target / "other name")


class Counting(Host):
    def __init__(self) -> None:
        super().__init__()
        self.ran = 0

    def run(self, argv: Sequence[str], **named: Any) -> Result:
        self.ran += 1
        return super().run(argv, **named)


def test_what_did_not_change_since_the_copies_began_is_not_read(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees.write("container", "behind")
    later = trees.noted
    later.write_text(f"{time.time() + 3600}")
    host = Counting()
    trees.compare(host)
    assert (host.ran, trees.text("container")) == (0, "before")
    later.unlink()  # nobody knows when they began: all is compared
    trees.compare(host)
    assert (host.ran, trees.text("container")) == (1, "behind")


def test_one_that_vanishes_meanwhile_is_passed_over(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Vanishing(Host):
        def run(self, argv: Sequence[str], **named: Any) -> Result:
            (trees.source / "#odd").unlink()
            return super().run(argv, **named)

    trees.write("container", "behind")
    trees.write("#odd", "behind")
    trees.compare(Vanishing())
    assert trees.text("container") == "behind"


def test_a_disk_that_cannot_be_looked_through_is_told(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "scandir", dead)
    with pytest.raises(StepFailed, match=r"^/ cannot be looked through: Input/output error\."):
        trees.compare()


def test_one_that_cannot_be_copied_is_named(trees: Trees) -> None:
    trees.write("container", "behind")
    (trees.target / "container").unlink()
    (trees.target / "container").mkdir()
    (trees.target / "container" / "in the way").touch()
    with pytest.raises(StepFailed):
        trees.compare()
