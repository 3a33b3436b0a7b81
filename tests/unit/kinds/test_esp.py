"""Making an EFI system partition: the kind of FAT, and what is not copied to it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.actions.commands import Command
from bootmirror.kinds.esp import HaveEsp, MakeFat, make_esp
from tests.unit.engine.fakes import BOOT, SDB
from tests.unit.steps.mirrored import Answers
from tests.unit.steps.test_copying import Quiet

MIB = 1 << 20
UEFI = replace(BOOT, esp=1, esp_uuid="ABCD-1234", esp_label="EFI", esp_directory="debian")


@pytest.mark.parametrize(("size", "sector", "kind"), [
    (512 * MIB, 512, ["-F", "32"]), (100 * MIB, 512, ["-F", "32"]), (33 * MIB, 512, ["-F", "32"]),
    (32 * MIB, 512, []), (264 * MIB, 4096, ["-F", "32"]), (200 * MIB, 4096, []),
])
def test_it_is_fat32_wherever_that_has_room_for_its_clusters(
    size: int, sector: int, kind: list[str]
) -> None:
    """mkfs.vfat makes FAT16 of a smaller one than 512 MiB, which not every firmware reads."""
    host = Answers()
    host.outputs |= {"lsblk": f"{size}    {sector}\n", "blkid": "", "mkfs.vfat": "", "udevadm": ""}
    made = ("mkfs.vfat", *kind, "-i", "ABCD1234", "-n", "EFI", "/dev/sdb1")
    MakeFat(UEFI, "/dev/sdb1").perform(host, Quiet())
    assert host.ran[-1] == made
    HaveEsp(UEFI, "/dev/sdb1").perform(host, Quiet())
    assert host.ran.count(made) == 2


@pytest.mark.parametrize("name", ["EFI/BOOT", "EFI/Boot", "efi/boot"])
def test_what_a_firmware_starts_by_itself_is_not_copied_however_it_is_written(
    tmp_path: Path, name: str
) -> None:
    for file in (f"{name}/BOOTX64.EFI", f"{name[:3]}/debian/grubx64.efi"):
        (tmp_path / "one" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "one" / file).touch()
    copied = next(a for a in make_esp(SDB, UEFI)
                  if isinstance(a, Command) and a.argv[0] == "rsync")
    subprocess.run([*copied.argv[:-2], f"{tmp_path}/one/", f"{tmp_path}/other/"], check=True)
    found = [str(path.relative_to(tmp_path / "other"))
             for path in (tmp_path / "other").rglob("*") if path.is_file()]
    assert found == [f"{name[:3]}/debian/grubx64.efi"]
