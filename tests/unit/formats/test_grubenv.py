"""GRUB's environment block."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bootmirror.formats.grubenv import parse_grubenv

HEADER = "# GRUB Environment Block\n"


def block(body: str) -> str:
    return (HEADER + body).ljust(1024, "#")


def test_variables_are_read() -> None:
    text = block("next_entry=bootmirror-first-boot\nsaved_entry=a=b\nempty=\n")
    assert parse_grubenv(text) == {
        "next_entry": "bootmirror-first-boot", "saved_entry": "a=b", "empty": "",
    }


def test_backslashes_hold_newlines_and_themselves() -> None:
    assert parse_grubenv(block("a=x\\\ny\nb=c\\\\d\n")) == {"a": "x\ny", "b": "c\\d"}


def test_an_empty_block_and_other_text() -> None:
    assert parse_grubenv(block("")) == {}
    assert parse_grubenv("") == {}
    assert parse_grubenv("\\") == {}
    assert parse_grubenv("#" * 1024) == {}


@pytest.mark.skipif(not shutil.which("grub-editenv"), reason="grub-common is not installed")
def test_grub_editenv_writes_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "grubenv"
    subprocess.run(["grub-editenv", path, "set", "a=x\\y", "b=1 2"], check=True)
    assert parse_grubenv(path.read_text()) == {"a": "x\\y", "b": "1 2"}
