"""Boot code for a disk that must not boot by itself yet: it hands on to another disk.

A BIOS that tries the mirror first finds this in its first sector and comes to the old disk, as if
the mirror were not there. The old disk is known, whatever number the BIOS gives it, by the
identifier in its own first sector (MBR) or the beginning of the GUID in its second (GPT).
(libparted's code would start the mirror's active partition, where nothing can be started, and stop
there.)
"""

from __future__ import annotations

import re

LENGTH = 440  # bytes of code in an MBR; the disk's identifier and the table follow

_IDENTIFIER = re.compile(
    r"(?:0x)?(?P<first>[0-9a-fA-F]{1,8})(?P<rest>(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?",
    re.ASCII,
)

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
    "b80202"        # again: movw $0x0202,%ax   two sectors
    "bb007c"        # movw $0x7c00,%bx
    "b90100"        # movw $0x0001,%cx       cylinder 0, sector 1
    "30f6"          # xorb %dh,%dh           head 0
    "52"            # pushw %dx
    "cd13"          # int $0x13
    "5a"            # popw %dx
    "7218"          # jc skip
    "813efe7d55aa"  # cmpw $0xaa55,0x7dfe    can it be booted
    "7510"          # jne skip
    "66813e"        # cmpl $IDENTIFIER,PLACE
)
_IN_MBR = bytes.fromhex("b87d")  # 0x7db8: the disk's signature
_IN_GPT = bytes.fromhex("387e")  # 0x7e38: the disk's GUID in the GPT's header
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
    """Code that boots the disk with this identifier of its table, as lsblk or sfdisk writes it.

    "1234abcd" or "0x1234abcd" for an MBR, a GUID for a GPT. Without a usable one it leaves the
    choice to the BIOS.
    """
    found = _IDENTIFIER.fullmatch(identifier)
    number = int(found["first"], 16) if found else 0
    if found is None or not number:
        return _NEXT.ljust(LENGTH, b"\0")
    place = _IN_GPT if found["rest"] else _IN_MBR
    # A GUID's first group too is stored as a little-endian number (UEFI specification, appendix A).
    code = _SEARCH + place + number.to_bytes(4, "little") + _FOUND + _NEXT
    return code.ljust(LENGTH, b"\0")
