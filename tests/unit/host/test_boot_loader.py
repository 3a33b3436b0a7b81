"""Which boot loader starts a machine, where packages of two are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.host.host import Host
from bootmirror.machine.model import Disk
from bootmirror.machine.system import read_boot_loader

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
