"""What the boot loaders other than GRUB with a BIOS are asked by verify, and what menus start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import StepFailed
from bootmirror.kinds import esp_checks as esp_checks_module
from bootmirror.kinds.boot import Check, Started
from bootmirror.kinds.esp import differences
from bootmirror.kinds.esp_checks import esp_checks
from bootmirror.kinds.esp_hook import CONF_PATH, SCRIPT_PATH
from bootmirror.kinds.grub_menu import started as grub_started
from bootmirror.kinds.lilo_checks import lilo_checks
from bootmirror.kinds.lilo_checks import started as lilo_started
from bootmirror.machine.model import Content, Disk, Machine, Mount, Partition
from tests.unit.engine.fakes import BOOT
from tests.unit.steps.mirrored import BEFORE, Answers

ESP = "ABCD-1234"
UEFI = replace(BOOT, esp=1, esp_uuid=ESP, esp_directory="debian")
LILO = replace(BOOT, root="UUID=new", names=(("S1", "sda"), ("S2", "sdb")))


def _disk(name: str, serial: str, esp: str = ESP) -> Disk:
    part = Partition(1, f"{name}1", f"/dev/{name}1", 1 << 20, 1 << 26, "ef",
                     partuuid=f"uuid-{name}", content=Content("vfat", esp))
    return Disk(name, f"/dev/{name}", "8:0", 1 << 30, 512, 512, serial=serial, partitions=(part,))


DISKS = (_disk("sda", "S1"), _disk("sdb", "S2"))
ENTRIES = """\
BootCurrent: 0001
BootOrder: 0001,0002
Boot0001* bootmirror S1\tHD(1,GPT,uuid-sda,0x800,0x20000)/File(\\EFI\\debian\\shimx64.efi)
Boot0002* bootmirror S2\tHD(1,GPT,uuid-sdb,0x800,0x20000)/File(\\EFI\\debian\\shimx64.efi)
"""


def _bad(checks: Sequence[Check]) -> dict[str, str]:
    assert all(check.advice for check in checks)
    return {check.name: check.detail for check in checks if not check.ok}


@pytest.fixture
def uefi(monkeypatch: pytest.MonkeyPatch) -> Answers:
    host = Answers()
    host.outputs["efibootmgr"] = ENTRIES
    host.paths |= {CONF_PATH, SCRIPT_PATH}
    monkeypatch.setattr(esp_checks_module, "differences", lambda *_: ())
    return host


def test_two_partitions_alike_with_an_entry_each(uefi: Answers) -> None:
    assert _bad(list(esp_checks(uefi, UEFI, DISKS))) == {}


@pytest.mark.parametrize(("text", "name", "words"), [
    (ENTRIES.replace("Order: 0001,0002", "Order: 0001"), "boot entry of sdb", "not in the boot"),
    (ENTRIES.replace("bootmirror S1", "debian"), "boot entry of sda", "not in the boot order"),
    (ENTRIES.replace("uuid-sdb", "uuid-sda"), "boot entry of sdb", "leads to another partition"),
])
def test_an_entry_that_is_off(uefi: Answers, text: str, name: str, words: str) -> None:
    uefi.outputs["efibootmgr"] = text
    bad = _bad(list(esp_checks(uefi, UEFI, DISKS)))
    assert list(bad) == [name]
    assert words in bad[name]


def test_entries_without_paths_are_taken_by_their_labels(uefi: Answers) -> None:
    uefi.outputs["efibootmgr"] = "\n".join(line.split("\t")[0] for line in ENTRIES.splitlines())
    assert _bad(list(esp_checks(uefi, UEFI, DISKS))) == {}


def test_partitions_that_differ(uefi: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esp_checks_module, "differences", lambda *_: ("EFI/debian/grubx64.efi",))
    assert _bad(list(esp_checks(uefi, UEFI, DISKS))) == {
        "EFI system partitions": "not alike: EFI/debian/grubx64.efi"}


def test_partitions_that_cannot_be_read(uefi: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> tuple[str, ...]:
        raise StepFailed("mount failed (32): wrong fs type.")

    monkeypatch.setattr(esp_checks_module, "differences", broken)
    assert _bad(list(esp_checks(uefi, UEFI, DISKS))) == {
        "EFI system partitions": "mount failed (32): wrong fs type."}


def test_one_disk_and_one_program_gone(uefi: Answers) -> None:
    assert _bad(list(esp_checks(uefi, UEFI, DISKS[:1]))) == {
        "EFI system partitions": "only one of the two disks is here"}
    uefi.missing.add("efibootmgr")
    assert "boot entries" in _bad(list(esp_checks(uefi, UEFI, DISKS)))


def test_another_volume_id_and_no_hook(uefi: Answers) -> None:
    disks = (DISKS[0], _disk("sdb", "S2", "0000-0000"))
    assert "that of sdb has another" in _bad(list(esp_checks(uefi, UEFI, disks)))[
        "EFI system partitions"]
    uefi.paths.remove(SCRIPT_PATH)
    assert "EFI hook" in _bad(list(esp_checks(uefi, UEFI, DISKS)))


class Mounted(Answers):
    """Both partitions stand in directories; mounting does nothing."""

    def __init__(self, places: Sequence[Path]) -> None:
        super().__init__()
        self.places = dict(zip(("/run/bootmirror/esp", "/run/bootmirror/esp-other"),
                               map(str, places), strict=True))
        self.outputs["mount"] = ""

    def make_directory(self, path: str | Path, mode: int = 0o755) -> None:
        del path, mode

    def _there(self, path: str | Path) -> str:
        for place, real in self.places.items():
            if str(path).startswith(f"{place}/"):
                return real + str(path).removeprefix(place)
        return str(path)

    def listing(self, path: str | Path) -> list[str]:
        return super(Answers, self).listing(self._there(path))

    def files_below(self, directory: str | Path) -> tuple[str, ...]:
        return super().files_below(self._there(directory))

    def alike(self, one: str | Path, other: str | Path) -> bool:
        return super().alike(self._there(one), self._there(other))


def test_files_of_two_partitions_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bootmirror.kinds.esp.loader_in", lambda *_: "shimx64.efi")
    places = (tmp_path / "one", tmp_path / "other")
    for place in places:
        for name in ("EFI/BOOT/BOOTX64.EFI", "EFI/debian/shimx64.efi", "EFI/debian/grubenv"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text("same")
    host = Mounted(places)

    def unlike() -> tuple[str, ...]:
        return differences(host, ("/dev/sda1", "/dev/sdb1"), "debian")

    assert unlike() == ()
    (places[1] / "EFI/debian/grubenv").write_text("a boot ago")
    assert unlike() == ()
    (places[0] / "EFI/debian/shimx64.efi").write_text("newer")
    (places[1] / "EFI/debian/mmx64.efi").write_text("only here")
    assert unlike() == ("EFI/debian/mmx64.efi", "EFI/debian/shimx64.efi")
    for place in places:
        (place / "EFI/BOOT/BOOTX64.EFI").unlink()
    assert "EFI/BOOT" in unlike()


LILO_CONF = """\
boot=/dev/md1
raid-extra-boot=mbr
append="quiet root=UUID=new"
image=/vmlinuz
  label=Linux
  initrd=/initrd.img
image=/boot/other
  label=Other
  append="root=/dev/sdc1"
"""


def _lilo() -> tuple[Answers, Machine]:
    host = Answers()
    host.texts["/etc/lilo.conf"] = LILO_CONF
    host.links |= {"/vmlinuz": "/boot/vmlinuz-6", "/initrd.img": "/boot/initrd.img-6"}
    host.times |= {"/boot/map": 20.0, "/boot/map.sda": 10.0, "/boot/initrd.img-6": 15.0}
    for disk, stamp in zip(DISKS, (b"1111", b"2222"), strict=True):
        host.bytes[disk.path] = b"\xfa\xeb\x21\x01\xb4\x01LILO\x18\0" + stamp
    machine = replace(BEFORE, files=(("/etc/lilo.conf", LILO_CONF),),
                      mounts=(Mount("/boot", "/dev/md1", "ext4", "rw"),))
    return host, machine


def test_lilo_on_both_disks() -> None:
    host, machine = _lilo()
    assert _bad(list(lilo_checks(host, LILO, machine, DISKS))) == {}
    assert lilo_started(host, LILO) == (
        Started("/boot/vmlinuz-6", ("/boot/initrd.img-6",), ("quiet", "root=UUID=new")),)


def test_lilo_that_is_off() -> None:
    host, machine = _lilo()
    host.times["/boot/initrd.img-6"] = 30.0
    assert _bad(list(lilo_checks(host, LILO, machine, DISKS))) == {
        "LILO's map": "is older than /boot/initrd.img-6"}
    host.times["/boot/map.sda"] = 40.0
    host.bytes["/dev/sdb"] = b"\xfa\xeb\x21\x01\xb4\x01LILO\x16\0"
    assert list(_bad(list(lilo_checks(host, LILO, machine, DISKS)))) == [
        "boot loader on sda", "boot loader on sdb"], "of two versions"
    host.bytes["/dev/sdb"] = bytes(512)
    assert list(_bad(list(lilo_checks(host, LILO, machine, DISKS)))) == ["boot loader on sdb"]
    for boot, command in ((LILO, "lilo -H -C"),
                          (replace(LILO, loader_knows_raid=False), "lilo -C")):
        advice = next(check.advice for check in lilo_checks(host, boot, machine, DISKS)
                      if not check.ok)
        assert advice == f"Run {command} /etc/lilo.conf.sdb.", "the other half may be gone"
    host.bytes["/dev/sdb"] = host.bytes["/dev/sda"]
    text = LILO_CONF.replace("mbr", "/dev/sda")
    machine = replace(machine, files=(("/etc/lilo.conf", text),))
    assert list(_bad(list(lilo_checks(host, LILO, machine, DISKS)))) == ["lilo.conf"]
    host.times = {}
    assert "no /boot/map" in _bad(list(lilo_checks(host, LILO, machine, DISKS)))["LILO's map"]


def test_what_grubs_menu_starts() -> None:
    host = Answers()
    boot = replace(BOOT, root="UUID=new", directory="/boot")
    host.texts["/boot/grub/grub.cfg"] = """\
menuentry 'Debian' {
\tlinux\t/boot/vmlinuz-2 root=UUID=new ro
\tinitrd\t/boot/early.img /boot/initrd.img-2
}
menuentry 'Debian, recovery' {
\tlinux\t/boot/vmlinuz-2 root=UUID=new ro single
\tinitrd\t/boot/early.img /boot/initrd.img-2
}
menuentry 'Memory test' {
\tlinux16\t/boot/memtest86+.bin
}
menuentry 'Another' {
\tlinux\t/boot/vmlinuz-9 root=/dev/sdz1
\tinitrd\t/boot/initrd.img-9
}
menuentry 'Without' {
\tlinux\t/boot/vmlinuz-1 root=UUID=new ro
}
"""
    assert grub_started(host, boot) == (
        Started("/boot/vmlinuz-1", (), ("root=UUID=new", "ro")),
        Started("/boot/vmlinuz-2", ("/boot/early.img", "/boot/initrd.img-2"),
                ("root=UUID=new", "ro")))
    apart = replace(boot, directory="")
    host.texts["/boot/grub/grub.cfg"] = "linux /vmlinuz-2 root=UUID=new\ninitrd /initrd.img-2\n"
    assert grub_started(host, apart) == (
        Started("/boot/vmlinuz-2", ("/boot/initrd.img-2",), ("root=UUID=new",)),)
