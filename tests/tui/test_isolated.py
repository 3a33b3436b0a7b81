"""The full screen by the real entry: what Textual would take from the environment has no effect."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

TOP = Path(__file__).resolve().parents[2]
RECORDED = TOP / "tests" / "machines" / "debian12-bios-grub.json"
START = 60  # seconds; two cores are shared with virtual machines


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    """Textual loads its driver from any module it is told, and writes a log where it is told."""
    (tmp_path / "driver.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w').close()\n")
    return {
        "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8", "HOME": str(tmp_path),
        "TEXTUAL_DRIVER": "driver:Driver", "TEXTUAL_LOG": str(tmp_path / "log"),
        "TEXTUAL": "debug",
    }


def screen(
    argv: list[str], environment: dict[str, str], cwd: Path
) -> pexpect.spawn[bytes]:
    return pexpect.spawn(
        argv[0], argv[1:], env=environment, cwd=str(cwd), timeout=START, dimensions=(24, 80))


def test_it_opens_with_its_own_driver(hostile: dict[str, str], tmp_path: Path) -> None:
    main = str(TOP / "bootmirror" / "__main__.py")
    shown = screen([sys.executable, main, "--machine", str(RECORDED)], hostile, tmp_path)
    shown.expect("1 Disks")
    shown.send("q")
    shown.expect(pexpect.EOF)
    shown.close()
    assert shown.exitstatus == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["driver.py"]


def test_without_the_isolation_the_driver_would_be_the_other(
    hostile: dict[str, str], tmp_path: Path
) -> None:
    code = f"import sys; sys.path[:0] = [{str(TOP)!r}, ''];" \
        f"from bootmirror.cli import main; main(['--machine', {str(RECORDED)!r}])"
    shown = screen([sys.executable, "-c", code], hostile, tmp_path)
    shown.expect(pexpect.EOF)
    shown.close()
    assert (tmp_path / "sprung").exists()
