"""Which boot loader starts a machine, where packages of two are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.host.host import Host
from bootmirror.machine.model import Disk
from bootmirror.machine.system import read_boot_loader
from tests.unit.steps.mirrored import Answers

DISKS = tuple(Disk(name, f"/dev/{name}", "8:0", 1 << 30, 512, 512) for name in ("sda", "sdb"))
LILO, GRUB, NOTHING = b"\xfa\xeb\x21\x01\xb4\x01LILO", b"\xeb\x63\x90 GRUB ", b""
ALL = ("/boot/grub/grub.cfg", "/etc/lilo.conf")


class Starts(Host):
    """A host with these files and first sectors, and both packages' programs."""

    def __init__(self, files: tuple[str, ...], *sectors: bytes) -> None:
        super().__init__()
        self.files = files
        self.sectors = dict(zip((d.path for d in DISKS), sectors, strict=True))

    def exists(self, path: str | Path) -> bool:
        return str(path) in self.files

    def find(self, program: str) -> str:
        return f"/usr/sbin/{program}" if program == "grub-install" else ""

    def sector(self, path: str, offset: int = 0, length: int = 512) -> bytes:
        return self.sectors[path]

    def read(self, path: str | Path) -> str | None:
        return None


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        (Starts(ALL, LILO, NOTHING), "lilo"),
        (Starts(ALL, GRUB, LILO), "grub-bios"),
        (Starts(ALL, NOTHING, NOTHING), "grub-bios"),
        (Starts(ALL[1:], LILO, NOTHING), "lilo"),
        (Starts((), NOTHING, NOTHING), ""),
    ],
    ids=["LILO starts it", "an old LILO on the other disk", "nothing can be read", "LILO alone",
         "neither"],
)
def test_the_first_sectors_tell(host: Host, kind: str) -> None:
    assert read_boot_loader(host, "bios", DISKS).kind == kind


@pytest.mark.parametrize(("sectors", "on_disks"), [
    ((GRUB, NOTHING), ("/dev/sda",)), ((LILO, GRUB), ("/dev/sdb",)),
    ((b"other", b"other"), ()), ((NOTHING, NOTHING), None),
])
def test_the_disks_that_it_lies_on_are_known(
    sectors: tuple[bytes, bytes], on_disks: tuple[str, ...] | None
) -> None:
    assert read_boot_loader(Starts(ALL[:1], *sectors), "bios", DISKS).on_disks == on_disks


CURRENT = "BootCurrent: 0004\nBootOrder: 0004\nBoot0004* x\tHD(1,GPT,5f,0x800,0x1f)/"
TO_DEBIAN = f"{CURRENT}File(\\EFI\\DEBIAN\\shimx64.efi)\n"


@pytest.mark.parametrize(("directories", "said", "os_id", "wanted"), [
    (("centos", "debian"), TO_DEBIAN, "centos", "debian"),
    (("centos", "debian"), f"{CURRENT}\\EFI\\debian\\grubx64.efi\n", "", "debian"),
    (("centos", "debian"), f"{CURRENT}File(\\EFI\\BOOT\\BOOTX64.EFI)\n", "debian", "debian"),
    (("centos", "debian"), "BootCurrent: 0004\nBoot0004* debian\n", "debian", "debian"),
    (("centos", "debian"), None, "debian", "debian"),
    (("centos", "other"), None, "debian", "centos"),
    (("centos",), TO_DEBIAN, "debian", "centos"),
    ((), TO_DEBIAN, "debian", ""),
], ids=["this boot's", "efibootmgr 18", "the removable path", "no paths", "no efibootmgr",
        "the first", "no GRUB where it leads", "none"])
def test_the_directory_on_the_esp_is_the_one_that_starts_the_machine(
    directories: tuple[str, ...], said: str | None, os_id: str, wanted: str
) -> None:
    host = Answers()
    host.paths = {f"/boot/efi/EFI/{name}/grubx64.efi" for name in directories}
    host.paths |= {"/boot/efi/EFI/BOOT/grubx64.efi", "/boot/efi/EFI/apple/boot.efi"}
    host.texts["/etc/os-release"] = f"ID={os_id}\n"
    if said is None:
        host.missing.add("efibootmgr")
    else:
        host.outputs["efibootmgr"] = said
    assert read_boot_loader(host, "uefi", DISKS).directory == wanted


@pytest.mark.parametrize(("architecture", "package"), [
    ("x86_64", "grub-efi-amd64"), ("aarch64", "grub-efi-arm64")])
def test_the_version_is_that_of_the_architectures_package(
    monkeypatch: pytest.MonkeyPatch, architecture: str, package: str
) -> None:
    monkeypatch.setattr("platform.machine", lambda: architecture)
    host = Answers()
    host.paths = {"/boot/grub/grub.cfg"}
    read_boot_loader(host, "uefi", DISKS)
    assert [words[-1] for words in host.ran if words[0] == "dpkg-query"] == [package]
