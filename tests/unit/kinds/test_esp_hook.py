"""The script that keeps the EFI system partitions alike, run with stand-ins for what needs root."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bootmirror.formats.efi_names import efi_names
from bootmirror.kinds.debconf_devices import UpdateRemovable
from bootmirror.kinds.esp_hook import hook_conf, hook_script

PARTS = ["part-1", "part-2"]
STAND_IN = '#!/bin/sh\necho "$(basename "$0") $*" >> "$LOG"\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """findmnt says what is mounted, readlink what a link leads to; the rest notes its call."""
    place = tmp_path / "bin"
    place.mkdir()
    texts = {
        "findmnt": 'echo /dev/loop1',
        "readlink": 'echo "/dev/loop${2##*-}"',
        "mount": "", "umount": "", "rsync": "", "[": "", "cmp": "exit 1",
    }
    for name, more in texts.items():
        (place / name).write_text(f"{STAND_IN}{more}\n")
        (place / name).chmod(0o755)
    return place


def _run(programs: Path, log: Path, script: str) -> str:
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "LOG": str(log)}
    # No such partitions are here: what a test of a block device says is left out.
    plain = script.replace('[ -b "$other" ] && ', "")
    subprocess.run(["sh", "-c", plain], check=True, env=environment)
    return log.read_text()


def test_the_other_partition_gets_the_mounted_ones_files(programs: Path, tmp_path: Path) -> None:
    log = _run(programs, tmp_path / "log", hook_script(PARTS, "debian", "x86_64"))
    assert "mount -o quiet /dev/loop2 " in log
    assert "rsync --recursive --times --modify-window=2 --delete --exclude=grubenv /boot/efi/EFI/" \
        in log
    assert "umount " in log
    assert "mount -o quiet /dev/loop1" not in log, "the one that is mounted is left alone"


def test_a_mounted_one_that_is_older_gets_the_others_files(
    programs: Path, tmp_path: Path
) -> None:
    """Its disk was out while GRUB was updated: what is installed now is on the other one alone."""
    (programs / "cmp").write_text(
        f'{STAND_IN}case "$3" in /boot/efi/*) exit 1;; *) exit 0;; esac\n')
    log = _run(programs, tmp_path / "log", hook_script(PARTS, "debian", "x86_64"))
    copied = next(line for line in log.splitlines() if line.startswith("rsync"))
    assert copied.endswith("/EFI/ /boot/efi/EFI/") and " /boot/efi/EFI/ " not in copied
    assert "cmp -s /boot/grub/x86_64-efi/core.efi /boot/efi/EFI/debian/grubx64.efi" in log


def test_without_a_mounted_partition_nothing_is_done(programs: Path, tmp_path: Path) -> None:
    (programs / "findmnt").write_text(f"{STAND_IN}exit 1\n")
    log = _run(programs, tmp_path / "log", hook_script(PARTS, "debian", "x86_64"))
    assert "mount -o" not in log


def test_a_failing_hook_does_not_fail_dpkg() -> None:
    assert "|| true" in hook_conf()


@pytest.mark.parametrize("part", ["grub", "shim"])
def test_a_mounted_one_whose_shim_or_grub_is_older_gets_the_others_files(
    programs: Path, tmp_path: Path, part: str
) -> None:
    """The rest is the same on both: one that is not what is installed is enough."""
    (programs / "cmp").unlink()
    efi, other, signed = tmp_path / "efi", tmp_path / "other", tmp_path / "lib"
    for place, age in ((efi, "older"), (other, "new"), (signed, "new")):
        for name in ("grub", "shim"):
            file = place / {signed: f"{name}x64.efi.signed"}.get(place, f"debian/{name}x64.efi")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{name} {age if name == part else 'new'}")
    script = hook_script(PARTS, "debian", "x86_64")
    for path, there in (("/usr/lib/shim", signed), ("/usr/lib/grub/x86_64-efi-signed", signed),
                        ("/boot/efi/EFI", efi), ("$place/EFI", other)):
        script = script.replace(path, str(there))
    log = _run(programs, tmp_path / "log", script)
    copied = next(line for line in log.splitlines() if line.startswith("rsync"))
    assert copied.endswith(f" {other}/ {efi}/")


def test_each_architecture_has_names_of_its_own() -> None:
    script = hook_script(PARTS, "debian", "aarch64")
    for name in ("/boot/grub/arm64-efi/core.efi", "debian/grubaa64.efi", "debian/shimaa64.efi",
                 "/usr/lib/shim/shimaa64.efi.signed",
                 "/usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed"):
        assert name in script.replace("{shim}", "shimaa64.efi")
    assert "x64" not in script
    assert UpdateRemovable(efi_names("aarch64").package).describe().endswith(
        "grub-efi-arm64 grub2/force_efi_extra_removable boolean true")
