"""The mirror's first boot code is what its listing says, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bootmirror.host import boot_code
from bootmirror.host.boot_code import LENGTH, hand_on


def test_it_looks_for_the_identifier_in_the_byte_order_of_the_disk() -> None:
    code = hand_on("1234abcd")
    assert len(code) == LENGTH
    assert bytes.fromhex("66813eb87d cdab3412") in code


def test_a_gpt_is_known_by_the_beginning_of_its_guid() -> None:
    code = hand_on("1234abcd-0001-4000-8000-00000000000a")
    assert bytes.fromhex("66813e387e cdab3412") in code


@pytest.mark.parametrize("identifier", ["", "0x0", "00000000", "5eed5eed-0000-4000"])
def test_without_an_identifier_the_bios_goes_on(identifier: str) -> None:
    assert hand_on(identifier) == bytes.fromhex("cd18f4ebfd").ljust(LENGTH, b"\0")


@pytest.mark.skipif(not shutil.which("objdump"), reason="needs objdump (binutils)")
def test_the_listing_is_the_code(tmp_path: Path) -> None:
    """Each instruction beside its bytes, as a disassembler reads them."""
    (tmp_path / "code").write_bytes(hand_on("0x44332211").rstrip(b"\0"))
    argv = ["objdump", "-D", "-b", "binary", "-m", "i8086", "-M", "suffix", str(tmp_path / "code")]
    listing = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^ *[0-9a-f]+:\t(?:[0-9a-f]{2} )+ *\t(\w+)", listing, re.MULTILINE)
    source = Path(boot_code.__file__).read_text()
    written = re.findall(r'^    "[0-9a-f]+" *# (?:\w+: )?(\w+)', source, re.MULTILINE)
    assert _plain(found) == _plain(written)


def _plain(names: list[str]) -> list[str]:
    """Without what assemblers spell in several ways: the size's letter, jc for jb."""
    short = [re.sub(r"(?<=[a-z]{3})[bwl]$", "", name) for name in names]
    return [{"jc": "jb", "rep": "rep"}.get(name, name) for name in short]
