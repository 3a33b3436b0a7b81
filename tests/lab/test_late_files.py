"""What the old system writes while it is copied, and between the final copy and the reboot."""

from __future__ import annotations

from pathlib import Path

from tests.lab.conftest import MIRROR, small_server

COPIED = ("check", "partition-mirror", "create-arrays", "make-filesystems", "copy-system",
          "write-configs")


def test_late_files_are_kept_aside_and_told(tmp_path: Path, server_image: Path) -> None:
    lab = small_server(tmp_path, server_image, MIRROR)
    lab.run("steps.py", "plan", root="disk").check()
    lab.run("steps.py", "run", *COPIED, "final-copy", "reboot", root="disk").check()
    lab.run("late.py", "write", root="disk").check()
    told = lab.run("steps.py", "run", "confirm-first-boot", root="array").check().output
    found = lab.run("late.py", "kept", root="array").check().result
    kept = found["kept"]
    moved = {name for name in kept if name.startswith("opt/moved/")}
    assert len(moved) == 20
    assert kept.keys() - moved == {
        "srv/mail", "etc/hostname", "opt/d4/f4", "srv/late-\\udcff\n", "boot/late", "boot/#late"}
    assert kept["srv/mail"] == "it came late\n"
    assert kept["etc/hostname"] == "renamed late\n"
    assert found["hostname"] == "lab1\n"  # the running system's own file is left alone
    assert "26 files" in told and "/var/lib/bootmirror/late-files" in told


def test_a_kernel_that_came_meanwhile_stops_the_final_copy(
    tmp_path: Path, server_image: Path
) -> None:
    lab = small_server(tmp_path, server_image, MIRROR)
    lab.run("steps.py", "plan", root="disk").check()
    lab.run("steps.py", "run", *COPIED, root="disk").check()
    lab.run("late.py", "kernel", root="disk").check()
    stopped = lab.run("steps.py", "run", "final-copy", root="disk")
    assert stopped.code == 1
    assert "Kernels came or went since the system was copied: vmlinuz-6.1.177." in stopped.output
