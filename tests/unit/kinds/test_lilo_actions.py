"""What LILO is made to do: the files it leaves, and the order in which it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.actions.places import in_copy
from bootmirror.errors import StepFailed
from bootmirror.formats.lilo_conf import LiloConf
from bootmirror.host.host import Host, Result
from bootmirror.kinds.lilo_actions import CopyInitramfs, InstallOn, RemoveEntryConf, RunEntryConf
from bootmirror.machine.model import Disk
from tests.unit.engine.fakes import BOOT, SDB


class Below(Host):
    """A host whose files lie below a directory; commands are noted, cp and stat carried out."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.ran: list[str] = []
        self.array = "/dev/md1"  # where /boot's files are

    def _at(self, path: str | Path) -> Path:
        return self.root / str(path).lstrip("/")

    def run(self, argv: Sequence[str], **_rest: object) -> Result:
        self.ran.append(" ".join(argv))
        if argv[0] == "stat":
            return Result(0, f"{self._at(argv[-1]).stat().st_size}\n", "")
        if argv[0] == "findmnt":
            return Result(0, f"{self.array}\n", "")
        if argv[0] == "cp":
            self._at(argv[-1]).write_bytes(self._at(argv[-2]).read_bytes())
        return Result(0, "", "")

    def read(self, path: str | Path) -> str | None:
        at = self._at(path)
        return at.read_text() if at.exists() else None

    def exists(self, path: str | Path) -> bool:
        return self._at(path).exists()

    def remove(self, path: str | Path, *, as_if_never: bool = False) -> None:
        del as_if_never
        self.ran.append(f"remove {path}")
        self._at(path).unlink(missing_ok=True)

    def write(self, path: str | Path, text: str, **_rest: object) -> None:
        self._at(path).write_text(text)

    def resolve(self, path: str | Path) -> str:
        return "/dev/sdb" if str(path).startswith("/dev/disk/") else str(path)


class Quiet:
    """A report nobody reads."""

    def progress(self, done: int, total: int, **_rest: object) -> None: ...

    def note(self, text: str) -> None: ...

    def result(self, text: str) -> None: ...


BOOTS = replace(BOOT, kernel="6.1", array="/dev/md1", names=(("MIR1", "sdb"), ("SRC1", "sda")))


@pytest.fixture
def host(tmp_path: Path) -> Below:
    for name in ("etc", "boot", "run/bootmirror/target/boot"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    copy = tmp_path / in_copy("/boot").lstrip("/")
    copy.mkdir(parents=True, exist_ok=True)
    (copy / "initrd.img-6.1").write_text("the mirror's")
    return Below(tmp_path)


def test_the_mirrors_initramfs_lies_beside_the_old_one(host: Below) -> None:
    CopyInitramfs(BOOTS).perform(host, Quiet())
    assert host.read("/boot/initrd.img-6.1.bootmirror") == "the mirror's"


def test_a_full_boot_is_said_and_nothing_is_written(
    host: Below, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "usage", lambda path: None)
    with pytest.raises(StepFailed, match="the mirror's initramfs takes"):
        CopyInitramfs(BOOTS).perform(host, Quiet())
    assert not host.exists("/boot/initrd.img-6.1.bootmirror")


def test_undo_goes_back_to_the_machines_own_and_then_to_nothing(host: Below) -> None:
    RunEntryConf().perform(host, Quiet())
    assert host.ran == [], "there is no entry: lilo is not run"
    host.write("/etc/lilo.bootmirror.conf", "")
    host.write("/boot/bootmirror.map", "")
    for _ in range(2):  # the second time there is nothing to do
        RunEntryConf().perform(host, Quiet())
        RemoveEntryConf(BOOTS).perform(host, Quiet())
    assert host.ran == [
        "lilo -C /etc/lilo.bootmirror.conf", "lilo -C /etc/lilo.conf",
        "remove /boot/bootmirror.map", "remove /boot/initrd.img-6.1.bootmirror",
        "remove /boot/mirror-ran.bootmirror", "remove /etc/lilo.bootmirror.conf"]
    assert not host.exists("/etc/lilo.bootmirror.conf")


@pytest.mark.parametrize(
    ("named", "disk", "wanted"),
    [
        ("/dev/sdb", SDB, "/dev/sdb"),
        ("/dev/disk/by-id/x", SDB, "/dev/disk/by-id/x"),
        ("/dev/sdb", replace(SDB, name="sda", path="/dev/sda"), "/dev/sda"),
    ],
    ids=["as planned", "by its link", "the names changed at a boot"],
)
def test_a_disks_own_file_names_that_disk(
    host: Below, named: str, disk: Disk, wanted: str
) -> None:
    host.write("/etc/lilo.conf", "boot=/dev/md1\nraid-extra-boot=mbr\n")
    host.write("/etc/lilo.conf.sdb", f"boot=/dev/md1\nraid-extra-boot={named}\n")
    InstallOn(BOOTS, disk).perform(host, Quiet())
    conf = LiloConf.parse(host.read("/etc/lilo.conf.sdb") or "")
    assert (conf.get("boot"), conf.get("raid-extra-boot")) == ("/dev/md1", wanted)
    assert host.ran[-1] == "lilo -H -C /etc/lilo.conf.sdb"


def test_an_array_that_came_up_under_another_name_is_named_in_both_files(host: Below) -> None:
    host.array = "/dev/md127"
    host.write("/etc/lilo.conf", "boot=/dev/md1 # /boot\nraid-extra-boot=mbr\n")
    host.write("/etc/lilo.conf.sdb", "boot=/dev/md1\nraid-extra-boot=/dev/sdb\n")
    InstallOn(BOOTS, SDB).perform(host, Quiet())
    assert host.read("/etc/lilo.conf") == "boot=/dev/md127 # /boot\nraid-extra-boot=mbr\n"
    assert host.read("/etc/lilo.conf.sdb") == "boot=/dev/md127\nraid-extra-boot=/dev/sdb\n"


def test_a_file_that_is_gone_is_said(host: Below) -> None:
    with pytest.raises(StepFailed, match=r"/etc/lilo\.conf\.sdb is not there"):
        InstallOn(BOOTS, SDB).perform(host, Quiet())
