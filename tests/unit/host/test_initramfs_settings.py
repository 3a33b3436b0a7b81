"""Which files of conf.d are settings of initramfs-tools: those that mkinitramfs takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.host.host import Host, original_of
from bootmirror.machine.system import read_initramfs
from tests.unit.steps.mirrored import Answers

CONF_D = "/etc/initramfs-tools/conf.d"


class WithFiles(Host):
    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = list(names)

    def find(self, program: str) -> str:
        return "/usr/sbin/update-initramfs" if program == "update-initramfs" else ""

    def listing(self, path: str | Path) -> list[str]:
        return sorted(self.names)

    def read(self, path: str | Path) -> str | None:
        name = str(path).removeprefix(f"{CONF_D}/")
        return f"RESUME={'none' if name == 'resume' else name}\n"


@pytest.mark.parametrize("other", [
    original_of(f"{CONF_D}/resume").name, "resume.dpkg-old", ".swp", "resume~"])
def test_what_mkinitramfs_passes_over_is_no_setting(other: str) -> None:
    settings = dict(read_initramfs(WithFiles("resume", other)).settings)
    assert settings["RESUME"] == "none"


def test_the_last_file_wins() -> None:
    assert dict(read_initramfs(WithFiles("resume", "zz")).settings)["RESUME"] == "zz"


def test_whether_it_builds_at_all_and_how_large_images_are(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Answers()
    host.texts["/etc/initramfs-tools/update-initramfs.conf"] = "# all\nupdate_initramfs=no\n"
    host.paths |= {f"/boot/{name}" for name in ("initrd.img-1", "initrd.img-22", "vmlinuz-22222")}
    host.outputs["dpkg-query"] = "0.142"
    monkeypatch.setattr(host, "size", lambda path: len(str(path)))
    found = read_initramfs(host)
    assert found.settings == (("update_initramfs", "no"),)
    assert found.largest == len("/boot/initrd.img-22")
    host.missing.add("update-initramfs")
    assert read_initramfs(host).largest == found.largest  # dracut
