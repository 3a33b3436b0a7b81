"""The practice machine's disks: sizes, places, names. Sectors are of 512 bytes."""

from __future__ import annotations

MIB = 2048  # sectors

BOOT_START, BOOT_SECTORS = 1 * MIB, 256 * MIB
ROOT_START, ROOT_SECTORS = BOOT_START + BOOT_SECTORS, 2048 * MIB
SWAP_START, SWAP_SECTORS = ROOT_START + ROOT_SECTORS, 128 * MIB
DISK_BYTES = (SWAP_START + SWAP_SECTORS + 1 * MIB) * 512

DISK_ID = "b0075eed"
BOOT_UUID = "b0075eed-0001-4000-8000-000000000001"
ROOT_UUID = "b0075eed-0002-4000-8000-000000000002"
SWAP_UUID = "b0075eed-0003-4000-8000-000000000003"

SOURCE_SERIAL = "PM-0001-A"
MIRROR_SERIAL = "PM-0002-B"


def environment() -> dict[str, str]:
    """The same numbers for the shell scripts of the build."""
    return {
        "PRACTICE_DISK_BYTES": str(DISK_BYTES),
        "PRACTICE_DISK_ID": DISK_ID,
        "PRACTICE_BOOT_START": str(BOOT_START),
        "PRACTICE_BOOT_SECTORS": str(BOOT_SECTORS),
        "PRACTICE_BOOT_UUID": BOOT_UUID,
        "PRACTICE_ROOT_START": str(ROOT_START),
        "PRACTICE_ROOT_SECTORS": str(ROOT_SECTORS),
        "PRACTICE_ROOT_UUID": ROOT_UUID,
        "PRACTICE_SWAP_START": str(SWAP_START),
        "PRACTICE_SWAP_SECTORS": str(SWAP_SECTORS),
        "PRACTICE_SWAP_UUID": SWAP_UUID,
    }
