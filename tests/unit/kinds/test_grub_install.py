"""GRUB's programs on the running system: at each instant its files are all old or all new."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.errors import CommandFailed, NotWritten
from bootmirror.host.host import LARGEST_FILE, Host, Result
from bootmirror.kinds import grub_install
from bootmirror.kinds.grub_install import InstallGrub, UpdateMenu
from tests.unit.steps.test_copying import Quiet

OLD = {"normal.mod": "old", "linux.mod": "old", "core.img": "old", "own": "the user's"}
NEW = {"normal.mod": "new", "linux.mod": "new", "core.img": "new"}


class Machine(Host):
    """A host whose mounts are noted, and whose GRUB works as Debian's does: old files go first."""

    def __init__(self, top: Path) -> None:
        super().__init__()
        self.top = top
        self.over: dict[str, str] = {}  # what is mounted over a directory
        self.seen: list[dict[str, str]] = []  # what GRUB would find, after each thing that is done
        self.menus: list[str] = []
        self.fails = ""  # the program that fails, half way

    def content(self, path: str | Path, offset: int = 0, length: int = LARGEST_FILE
                ) -> bytes | None:
        if str(path) == "/proc/self/mountinfo":
            return "".join(f"1 1 8:1 / {place} rw\n" for place in self.over).encode()
        return super().content(path, offset, length)

    def run(self, argv: Sequence[str], **rest: Any) -> Result:
        words = list(argv)
        program = {"cp": self._copy, "mount": self._mount, "umount": self._umount,
                   "grub-install": self._grub, "update-grub": self._menu}[words[0]]
        program(words[1:])
        self._look()
        return Result(0, "", "")

    def _look(self) -> None:
        place = self.top / "i386-pc"
        self.seen.append({file.name: file.read_text() for file in place.iterdir()})
        self.menus.append((self.top / "grub.cfg").read_text())

    def _copy(self, words: list[str]) -> None:
        shutil.copytree(words[1], words[2])

    def _mount(self, words: list[str]) -> None:
        self.over[words[-1]] = words[-2]

    def _umount(self, words: list[str]) -> None:
        del self.over[words[0]]

    def _grub(self, words: list[str]) -> None:
        place = str(self.top / "i386-pc")
        there = Path(self.over.get(place, place))
        for name in OLD.keys() - {"own"}:
            (there / name).unlink()
            self._look()
        if self.fails == "grub-install":
            raise CommandFailed(["grub-install"], 1, "no space")
        for name, text in NEW.items():
            (there / name).write_text(text)
            self._look()

    def _menu(self, words: list[str]) -> None:
        path = Path([str(self.top / "grub.cfg"), *words][-1].removeprefix("--output="))
        path.write_text("half")
        self._look()
        if self.fails == "update-grub":
            raise CommandFailed(["update-grub"], 1, "no space")
        path.write_text("new")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    top = tmp_path / "grub"
    monkeypatch.setattr(grub_install, "FILES", str(top))
    monkeypatch.setattr(grub_install, "MENU", str(top / "grub.cfg"))
    _fill(top / "i386-pc", OLD)
    _fill(top / "locale", {"de.mo": "old"})
    (top / "grub.cfg").write_text("old")
    (top / "grub.cfg").chmod(0o444)
    return Machine(top)


def _fill(place: Path, files: dict[str, str]) -> None:
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / name).write_text(text)


def _now(machine: Machine) -> dict[str, str]:
    machine._look()
    return machine.seen[-1]


def _left(machine: Machine) -> list[str]:
    return sorted(path.name for path in machine.top.iterdir())


INSTALL = InstallGrub(("--target=i386-pc", "/dev/sda"))


def test_the_modules_are_all_old_or_all_new_at_each_instant(machine: Machine) -> None:
    INSTALL.perform(machine, Quiet())
    assert _now(machine) == {**OLD, **NEW}
    assert all(found in (OLD, {**OLD, **NEW}) for found in machine.seen)
    assert _left(machine) == ["grub.cfg", "i386-pc", "locale"]
    assert machine.over == {}


def test_one_that_fails_leaves_the_old_ones(machine: Machine) -> None:
    machine.fails = "grub-install"
    with pytest.raises(CommandFailed, match="no space"):
        INSTALL.perform(machine, Quiet())
    assert _now(machine) == OLD
    assert _left(machine) == ["grub.cfg", "i386-pc", "locale"]
    assert machine.over == {}


@pytest.mark.parametrize("mounted", [True, False])
def test_what_a_killed_worker_left_is_cleared_away(machine: Machine, mounted: bool) -> None:
    place = str(machine.top / "i386-pc")
    _fill(Path(f"{place}.bootmirror-new"), {"normal.mod": "half"})
    if mounted:
        machine.over[place] = f"{place}.bootmirror-new"
    INSTALL.perform(machine, Quiet())
    assert _now(machine) == {**OLD, **NEW}
    assert machine.over == {}


def test_it_works_where_directories_cannot_be_exchanged(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cannot_exchange(monkeypatch, 22)
    INSTALL.perform(machine, Quiet())
    assert _now(machine) == {**OLD, **NEW}
    assert _left(machine) == ["grub.cfg", "i386-pc", "locale"]


def test_the_boot_loader_sees_the_new_modules_before_the_old_ones_go(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads without the journal: blocks of what was removed hold other things by then."""
    found: list[tuple[dict[str, str], list[str]]] = []

    def checkpoint(directory: Path) -> bool:
        assert directory == machine.top
        found.append((_now(machine), _left(machine)))
        return True

    monkeypatch.setattr("bootmirror.host.in_place.checkpoint", checkpoint)
    INSTALL.perform(machine, Quiet())
    (seen, left), = found
    assert seen == {**OLD, **NEW}
    assert "i386-pc.bootmirror-new" in left


def test_an_exchange_that_fails_is_told_and_leaves_the_old_ones(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cannot_exchange(monkeypatch, 5)
    with pytest.raises(NotWritten, match=r"i386-pc could not be written: Input/output error"):
        INSTALL.perform(machine, Quiet())
    assert _now(machine) == OLD


def _cannot_exchange(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fails(one: Path, other: Path) -> None:
        del other
        raise OSError(code, {22: "Invalid argument", 5: "Input/output error"}[code], str(one))

    monkeypatch.setattr("bootmirror.host.in_place._exchange", fails)


def test_the_menu_is_the_old_one_until_the_new_one_is_whole(machine: Machine) -> None:
    menu = machine.top / "grub.cfg"
    UpdateMenu().perform(machine, Quiet())
    assert set(machine.menus) == {"old"}
    assert menu.read_text() == "new"
    assert menu.stat().st_mode & 0o777 == 0o444
    assert _left(machine) == ["grub.cfg", "i386-pc", "locale"]


def test_a_menu_that_cannot_be_made_leaves_the_old_one(machine: Machine) -> None:
    machine.fails = "update-grub"
    with pytest.raises(CommandFailed, match="no space"):
        UpdateMenu().perform(machine, Quiet())
    assert (machine.top / "grub.cfg").read_text() == "old"
    assert _left(machine) == ["grub.cfg", "i386-pc", "locale"]

