"""What an image is taken for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bootmirror.errors import UsageError
from bootmirror.host.host import Host, Result
from bootmirror.rehearsal.drives import Bus
from bootmirror.rehearsal.subject import image

SIZE = 8 << 20


class Told(Host):
    """qemu-img says this of every image."""

    def __init__(self, **told: object) -> None:
        super().__init__()
        self.told = {"virtual-size": SIZE, "format": "qcow2", **told}

    def run(self, argv: Sequence[str], **rest: Any) -> Result:
        return Result(0, json.dumps(self.told if argv[0] == "qemu-img" else {}), "")


ESP = "label: gpt\nsize=2MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B\n"
MBR = "label: dos\nsize=2MiB, type=83, bootable\n"


def disk(tmp_path: Path, table: str = "") -> Path:
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(SIZE)
    if table:
        subprocess.run(["/usr/sbin/sfdisk", "--quiet", str(path)], input=table.encode(),
                       check=True, capture_output=True)
    return path


@pytest.mark.parametrize(("table", "uefi"), [("", False), (MBR, False), (ESP, True)])
def test_an_image_with_an_efi_system_partition_is_started_by_uefi(
    tmp_path: Path, table: str, uefi: bool
) -> None:
    path = disk(tmp_path, table)
    assert image(Host(), path).uefi is uefi
    assert image(Host(), path, firmware="bios").uefi is False
    assert image(Host(), path, firmware="uefi").uefi is True


def test_what_lies_in_an_image_never_makes_it_qcow2(tmp_path: Path) -> None:
    """A system could write a header there that names any file of this machine beneath it."""
    path = disk(tmp_path)
    with path.open("r+b") as file:
        file.write(b"QFI\xfb\0\0\0\3" + bytes(64))
    (drive,) = image(Host(), path, "virtio").drives
    assert (drive.format, drive.size, drive.bus, drive.block) == ("raw", SIZE, Bus.VIRTIO, False)


def test_a_link_to_an_image_is_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = disk(tmp_path)
    (tmp_path / "link.img").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    assert image(Host(), Path("link.img")).drives[0].path == str(path)


def test_an_empty_file_is_no_disk(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(UsageError, match="is empty"):
        image(Host(), tmp_path / "empty")


@pytest.mark.parametrize("told", [
    {"backing-filename": "/etc/sha\x1bdow"},
    {"format-specific": {"type": "qcow2", "data": {"data-file": "/etc/sha\x1bdow"}}},
])
def test_an_image_that_names_another_file_is_refused(
    tmp_path: Path, told: dict[str, object]
) -> None:
    path = tmp_path / "disk.qcow2"
    path.write_bytes(b"QFI\xfb")
    with pytest.raises(UsageError, match=r"overlay of /etc/sha\\x1bdow") as refused:
        image(Told(**told), path)
    assert "qemu-img convert" in refused.value.hint
    (drive,) = image(Told(), path).drives
    assert (drive.format, drive.size) == ("qcow2", SIZE)
