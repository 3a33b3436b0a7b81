"""What is wiped is taken up by nobody meanwhile, and let go again where somebody was quicker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from bootmirror.actions import disks
from bootmirror.actions.disks import WipeClaimed
from bootmirror.errors import Refused
from bootmirror.host.host import Host, Result
from tests.unit.steps.machines import MACHINES, texts
from tests.unit.steps.test_copying import Quiet

PARTS = ("/dev/sda1", "/dev/sda2")


class Wiping(Host):
    """``taken`` is how often udev is quicker; ``did`` what happened, in order."""

    def __init__(self, taken: int = 0) -> None:
        super().__init__()
        self.taken = taken
        self.did: list[str] = []

    def exists(self, path: object) -> bool:
        return path != "/dev/sda3"

    def run(self, argv: Sequence[str], **_how: Any) -> Result:
        self.did.append(f"wipe {argv[-1]}")
        return Result(0, "", "")

    @contextlib.contextmanager
    def claimed(self, path: str) -> Iterator[None]:
        if path == PARTS[1] and self.taken:
            self.taken -= 1
            raise Refused(f"{path} cannot be opened for us alone.", "Look at lsblk.")
        self.did.append(f"claim {path}")
        yield
        self.did.append(f"leave {path}")


class LetGo:
    """Refused at first where udev was quicker than the look whether the disk is unused."""

    def __init__(self, refused: int = 0) -> None:
        self.refused = refused

    def describe(self) -> str:
        return "vgchange --activate n vg0"

    def perform(self, host: Host, report: object) -> None:
        del report
        assert isinstance(host, Wiping)
        host.did.append("let go")
        if self.refused:
            self.refused -= 1
            raise Refused("/dev/sda cannot be opened for us alone.", "Look at lsblk.")


def wipe(host: Wiping, monkeypatch: pytest.MonkeyPatch, refused: int = 0) -> None:
    monkeypatch.setattr(disks, "claimed", host.claimed)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    WipeClaimed((*PARTS, "/dev/sda3"), (LetGo(refused),)).perform(host, Quiet())


def test_all_are_held_until_the_last_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Wiping()
    wipe(host, monkeypatch)
    assert host.did == ["let go", *(f"claim {p}" for p in PARTS), *(f"wipe {p}" for p in PARTS),
                        *(f"leave {p}" for p in reversed(PARTS))]


def test_what_was_taken_up_is_let_go_again_before_anything_is_wiped(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Wiping(taken=2)
    wipe(host, monkeypatch)
    assert host.did.count("let go") == 3
    assert [what for what in host.did if what.startswith("wipe")] == [f"wipe {p}" for p in PARTS]


def test_a_disk_in_use_again_is_let_go_again(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Wiping()
    wipe(host, monkeypatch, refused=1)
    assert host.did[:2] == ["let go"] * 2
    assert [what for what in host.did if what.startswith("wipe")] == [f"wipe {p}" for p in PARTS]


def test_one_that_is_never_let_go_is_refused_and_nothing_is_wiped(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Wiping(taken=10_000)
    monkeypatch.setattr(disks, "PATIENCE", 0.0)
    with pytest.raises(Refused, match="/dev/sda2 cannot be opened"):
        wipe(host, monkeypatch)
    assert not [what for what in host.did if what.startswith("wipe")]


@pytest.mark.parametrize("loader", MACHINES)
def test_the_old_disk_is_wiped_so(loader: str) -> None:
    assert [t for t in texts(loader, "partition-source") if t.startswith("wipefs")]
    assert not [t for t in texts(loader, "partition-source")
                if t.startswith("wipefs") and "each try after" not in t]
