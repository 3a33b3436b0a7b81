"""On the old system: what shows that the mirror ran the machine after it."""

from __future__ import annotations

import pytest

from bootmirror.formats.grub_custom import DEFAULT
from bootmirror.host.boot_code import hand_on
from bootmirror.kinds.grub_entry import GRUBENV
from bootmirror.steps.first_boot import mirror_ran
from tests.unit.steps.mirrored import BOOT_IMG, PLAN, Answers

LILO = b"\xfa\xeb\x21\x01\xb4\x01LILO".ljust(512, b"\0")


@pytest.mark.parametrize(("marked", "sector", "ran"), [
    (False, hand_on("1234abcd"), False),
    (False, b"", False),  # the disk is gone
    (True, hand_on("1234abcd"), True),
    (False, BOOT_IMG, True),  # the old disk was gone as the mirror ran, and is back
    (False, LILO, True),
])
def test_the_mark_on_the_old_disk_tells_or_the_mirrors_own_boot_sector(
    marked: bool, sector: bytes, ran: bool
) -> None:
    host = Answers()
    host.bytes["/dev/sdb"] = sector
    host.texts[GRUBENV] = f"# GRUB Environment Block\n{DEFAULT}=1\n" if marked else ""
    assert mirror_ran(host, PLAN, "/dev/sdb") == ran
