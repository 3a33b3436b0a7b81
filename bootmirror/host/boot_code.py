"""Boot code for a disk that must not boot by itself yet: it hands on to another disk.

A BIOS that tries the mirror first finds this in its first sector and comes to the old disk, as if
the mirror were not there. The old disk is known by the identifier in its own first sector, whatever
number the BIOS gives it. (libparted's code would start the mirror's active partition, where nothing
can be started, and stop there.)
"""

from __future__ import annotations

import re

LENGTH = 440  # bytes of code in an MBR; the disk's identifier and the table follow

# 16-bit code, at 0:7c00; ``as --32`` gives these bytes for the text beside them.
_SEARCH = bytes.fromhex(
    "fa"            # cli
    "31c0"          # xorw %ax,%ax
    "8ed0"          # movw %ax,%ss
    "bc007c"        # movw $0x7c00,%sp
    "8ed8"          # movw %ax,%ds
    "8ec0"          # movw %ax,%es
    "fb"            # sti
    "fc"            # cld
    "be007c"        # movw $0x7c00,%si       out of the way, to 0:0600
    "bf0006"        # movw $0x0600,%di
    "b90001"        # movw $0x0100,%cx
    "f3a5"          # rep movsw
    "ea1e060000"    # ljmp $0,$0x061e
    "b280"          # movb $0x80,%dl         the first disk
    "b80102"        # again: movw $0x0201,%ax   one sector
    "bb007c"        # movw $0x7c00,%bx
    "b90100"        # movw $0x0001,%cx       cylinder 0, sector 1
    "30f6"          # xorb %dh,%dh           head 0
    "52"            # pushw %dx
    "cd13"          # int $0x13
    "5a"            # popw %dx
    "7218"          # jc skip
    "813efe7d55aa"  # cmpw $0xaa55,0x7dfe    can it be booted
    "7510"          # jne skip
    "66813eb87d"    # cmpl $IDENTIFIER,0x7db8
)
_FOUND = bytes.fromhex(
    "7505"          # jne skip
    "ea007c0000"    # ljmp $0,$0x7c00        its own boot code, %dl being its number
    "fec2"          # skip: incb %dl
    "80fa90"        # cmpb $0x90,%dl         sixteen disks
    "72d0"          # jb again
)
_NEXT = bytes.fromhex(
    "cd18"          # int $0x18              the BIOS goes on (BIOS Boot Specification 1.01, 6.7)
    "f4"            # stop: hlt
    "ebfd"          # jmp stop
)


def hand_on(identifier: str) -> bytes:
    """Code that boots the disk with this MBR identifier: "1234abcd" (lsblk), "0x1234abcd" (sfdisk).

    Without a usable one it leaves the choice to the BIOS.
    """
    found = re.fullmatch(r"(?:0x)?([0-9a-fA-F]{1,8})", identifier)
    number = int(found[1], 16) if found else 0
    code = _SEARCH + number.to_bytes(4, "little") + _FOUND + _NEXT if number else _NEXT
    return code.ljust(LENGTH, b"\0")
