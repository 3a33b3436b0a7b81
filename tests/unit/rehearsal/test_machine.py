"""The virtual machine's command: what it may touch, and what the disk looks like in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import UsageError
from bootmirror.machine.model import Disk
from bootmirror.rehearsal.drives import Bus, Drive, bus_of, drive_arguments, drive_of
from bootmirror.rehearsal.virtual_machine import Firmware, VirtualMachine

SDA = Disk("sda", "/dev/sda", "8:0", 1 << 30, 512, 512, model="OLD",
           serial="S/N 0123456789ABCDEFGH", transport="sata")
OVERLAY = Path("/var/lib/bootmirror/rehearsal/x/overlay0.qcow2")


def values(argv: list[str], option: str) -> list[str]:
    return [argv[n + 1] for n, word in enumerate(argv) if word == option]


def machine(*drives: Drive, firmware: Firmware | None = None) -> VirtualMachine:
    return VirtualMachine(tuple((d, OVERLAY) for d in drives), "bootmirror-rehearsal-1", 1024,
                          firmware)


def test_the_disk_is_read_only_and_what_is_written_goes_to_the_overlay() -> None:
    disk, base, over = map(json.loads, values(drive_arguments(0, drive_of(SDA), OVERLAY),
                                              "-blockdev"))
    assert disk == {
        "driver": "host_device", "node-name": "disk0", "filename": "/dev/sda", "read-only": True,
        "auto-read-only": False, "cache": {"direct": True},
    }
    assert (base["file"], base["read-only"], base["force-share"]) == ("disk0", True, True)
    assert (over["backing"], over["file"]["filename"]) == (base["node-name"], str(OVERLAY))


def test_an_image_is_read_as_what_it_is_said_to_be() -> None:
    argv = drive_arguments(1, Drive("/srv/x,y.qcow2", 1 << 30, False, "qcow2"), OVERLAY)
    disk, base, _ = map(json.loads, values(argv, "-blockdev"))
    assert (disk["driver"], disk["filename"], disk["read-only"]) == ("file", "/srv/x,y.qcow2", True)
    assert (base["driver"], base["read-only"]) == ("qcow2", True)
    assert base["backing"] is None, "whatever the image names is not opened"
    raw = drive_arguments(1, Drive("/srv/x.img", 1 << 30, False), OVERLAY)
    assert "backing" not in json.loads(values(raw, "-blockdev")[1])


@pytest.mark.parametrize(("name", "transport", "bus", "driver"), [
    ("sda", "sata", Bus.SATA, "ide-hd"),
    ("sda", "usb", Bus.SATA, "ide-hd"),
    ("sda", "sas", Bus.SATA, "ide-hd"),
    ("sda", "", Bus.SCSI, "scsi-hd"),
    ("vda", "virtio", Bus.VIRTIO, "virtio-blk-pci"),
    ("nvme0n1", "nvme", Bus.NVME, "nvme"),
])
def test_the_disk_hangs_on_what_it_hangs_on_here(
    name: str, transport: str, bus: Bus, driver: str
) -> None:
    disk = replace(SDA, name=name, transport=transport)
    assert bus_of(disk) is bus
    device = json.loads(values(drive_arguments(0, drive_of(disk), OVERLAY), "-device")[0])
    assert device["driver"] == driver
    assert device["serial"] == "S/N 0123456789ABCDEF"  # as much of it as QEMU takes
    assert device["logical_block_size"] == 512
    assert device["bootindex"] == 1


@pytest.mark.parametrize(("name", "transport", "driver"), [
    ("sda", "sata", "scsi-hd"), ("sda", "sas", "scsi-hd"), ("sda", "usb", "scsi-hd"),
    ("vda", "virtio", "virtio-blk-pci"), ("nvme0n1", "nvme", "nvme"),
])
def test_sectors_of_4096_bytes_are_shown_on_a_bus_that_can_have_them(
    name: str, transport: str, driver: str
) -> None:
    disk = replace(SDA, name=name, transport=transport, sector_size=4096)
    device = json.loads(values(drive_arguments(0, drive_of(disk), OVERLAY), "-device")[0])
    assert (device["driver"], device["logical_block_size"]) == (driver, 4096)
    assert drive_of(disk, Bus.NVME).bus is Bus.NVME
    with pytest.raises(UsageError, match="sectors of 4096 bytes"):
        drive_of(disk, Bus.SATA)


def test_it_has_no_network_no_screen_and_does_not_restart() -> None:
    argv = machine(drive_of(SDA)).arguments("tcg", (7, 8))
    assert values(argv, "-nic") == ["none"]
    assert values(argv, "-vga") == ["none"]
    assert {"-nodefaults", "-no-user-config", "-no-reboot"} <= set(argv)
    assert "spawn=deny" in values(argv, "-sandbox")[0]
    assert values(argv, "-chardev") == ["socket,id=line0,fd=7", "socket,id=line1,fd=8"]
    assert values(argv, "-serial") == ["chardev:line0", "chardev:line1"]
    assert values(argv, "-smbios") == ["type=3,asset=bootmirror-rehearsal-1"]


def test_uefi_has_its_variables_in_a_copy() -> None:
    firmware = Firmware(Path("/usr/share/OVMF/OVMF_CODE_4M.fd"), Path("/x/variables.fd"))
    code, variables = values(machine(drive_of(SDA), firmware=firmware).arguments("kvm", (3, 4)),
                             "-drive")
    assert "readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd" in code
    assert variables.endswith("file=/x/variables.fd")


def test_what_starts_the_first_boot_has_a_place_in_the_firmwares_order() -> None:
    """OVMF does not even look at a device without one."""
    firmware = Firmware(Path("/code.fd"), Path("/x/variables.fd"), Path("/x/startup"))
    argv = machine(drive_of(SDA), firmware=firmware).arguments("kvm", (3, 4))
    assert "if=none,id=startup,format=raw,readonly=on,file=fat:/x/startup" in values(argv, "-drive")
    assert "virtio-blk-pci,drive=startup,bootindex=2" in values(argv, "-device")


def test_a_bios_has_no_flash() -> None:
    assert values(machine(drive_of(SDA)).arguments("kvm", (3, 4)), "-drive") == []
