"""The unit that tells a rehearsal how a boot went: its shell, run with programs of our own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bootmirror.rehearsal.report import parse_report
from bootmirror.steps.report_unit import report_paths, unit_text

TAG = "bootmirror-rehearsal-1234"
FINDMNT = """#!/bin/sh
case "$*" in
"--noheadings --nofsroot --raw --output SOURCE /") echo /dev/md1;;
"--fstab --noheadings --raw --output TARGET,OPTIONS")
echo "/ defaults"; echo "/gone defaults"; echo "/media/cdrom0 user,noauto"; echo "none sw";;
"--noheadings /") echo "/ /dev/md1";;
*) exit 1;;
esac
"""
LSBLK = """#!/bin/sh
test "$*" = "--inverse --noheadings --raw --paths --output NAME,TYPE /dev/md1" || exit 1
printf "/dev/md1 raid1\\n/dev/sda1 part\\n/dev/sda disk\\n"
"""
SYSTEMCTL = """#!/bin/sh
if [ "$*" = "--quiet is-active multi-user.target" ]; then test -e "$LAB/reached"; exit; fi
echo "networking.service loaded failed failed Raise network interfaces"
"""


def tell(place: Path, tag: str, state: str = "up", *, reached: bool = True) -> str:
    """What it says where the chassis has that tag."""
    if reached:
        (place / "reached").touch()
    line = next(x for x in unit_text().splitlines() if x.startswith("ExecStart="))
    program, option, script, name, instance = shlex.split(line.removeprefix("ExecStart="))
    assert (program, option, name, instance) == ("/bin/sh", "-c", "report", "%i")
    assert "$" not in script.replace("$$", "") and "%" not in script
    (place / "tag").write_text(f"{tag}\n")
    (place / "mdstat").write_text("Personalities : [raid1]\nmd1 : active raid1 sda1[0]\n"
                                  "      2094080 blocks super 1.2 [2/1] [U_]\n\n")
    for name, text in (("findmnt", FINDMNT), ("lsblk", LSBLK), ("systemctl", SYSTEMCTL)):
        (place / name).write_text(text)
        (place / name).chmod(0o755)
    line_out = place / "line"
    line_out.touch()
    for path, own in (("/sys/class/dmi/id/chassis_asset_tag", "tag"), ("/proc/mdstat", "mdstat"),
                      ("/dev/ttyS1", "line")):
        assert path in script
        script = script.replace(path, str(place / own))
    environment = {"PATH": f"{place}:{os.environ['PATH']}", "LAB": str(place)}
    subprocess.run(
        ["/bin/sh", "-c", script.replace("$$", "$"), "report", state], check=True, timeout=60,
        env=environment, capture_output=True,
    )
    return line_out.read_text()


@pytest.mark.parametrize("tag", ["", "Chassis 1", "x bootmirror-rehearsal-1"])
def test_it_says_nothing_on_any_other_machine(tmp_path: Path, tag: str) -> None:
    assert tell(tmp_path, tag) == ""


def test_it_tells_a_rehearsal_where_the_root_is_and_what_lacks(tmp_path: Path) -> None:
    report = parse_report(tell(tmp_path, TAG), TAG)
    assert report is not None
    assert (report.state, report.root) == ("up", "/dev/md1")
    assert report.below == (("/dev/md1", "raid1"), ("/dev/sda1", "part"), ("/dev/sda", "disk"))
    assert [array.name for array in report.arrays] == ["md1"]
    assert report.absent == ("/gone",)  # what is not mounted by itself does not count
    assert report.failed == ("networking.service",)


def test_at_the_emergency_prompt_only_one_of_the_two_speaks(tmp_path: Path) -> None:
    """Both are started there: with multi-user.target out of reach, nothing is left to wait for."""
    assert tell(tmp_path, TAG, reached=False) == ""
    report = parse_report(tell(tmp_path, TAG, "emergency", reached=False), TAG)
    assert report is not None and report.state == "emergency"


def test_what_another_rehearsal_was_told_is_not_taken(tmp_path: Path) -> None:
    assert parse_report(tell(tmp_path, TAG), "bootmirror-rehearsal-12345") is None


def test_every_file_of_it_is_named() -> None:
    assert report_paths() == (
        "/etc/systemd/system/bootmirror-report@.service",
        "/etc/systemd/system/multi-user.target.wants/bootmirror-report@up.service",
        "/etc/systemd/system/emergency.target.wants/bootmirror-report@emergency.service",
    )


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_no_fault_with_it(tmp_path: Path) -> None:
    unit = tmp_path / "bootmirror-report@.service"
    unit.write_text(unit_text())
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], check=False, capture_output=True, text=True
    )
    assert "bootmirror-report" not in done.stderr, done.stderr
