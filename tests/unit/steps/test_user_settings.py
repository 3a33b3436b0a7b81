"""A step that failed by the user's settings can be tried again once they are corrected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.actions.places import TARGET
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host, original_of
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.plan.model import ConfigFile
from bootmirror.steps import user_settings
from bootmirror.steps.build_initramfs import CheckInitramfs
from bootmirror.steps.user_settings import bring_settings
from tests.unit.steps.machines import planned, texts
from tests.unit.steps.mirrored import Answers
from tests.unit.steps.test_copying import Quiet


def _written(top: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)


def _found(top: Path) -> dict[str, str]:
    return {str(p.relative_to(top)): p.read_text() for p in top.rglob("*") if p.is_file()}


def test_they_come_as_they_are_now_and_the_plans_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real rsync."""
    here, copy = tmp_path / "system", tmp_path / "copy"
    there = copy / str(here).removeprefix("/")
    monkeypatch.setattr(user_settings, "TARGET", str(copy))
    kept = str(original_of(here / "etc/tool/conf.d/resume").relative_to(here))
    _written(here, {"etc/tool/update.conf": "update=yes\n", "etc/tool/conf.d/resume": "the disk's",
                    "etc/default/grub": "today's", "etc/tool/conf.d/new": "new"})
    _written(there, {"etc/tool/update.conf": "update=no\n", "etc/tool/conf.d/resume": "planned",
                     kept: "original", "etc/tool/removed": "x", "etc/default/grub": "planned",
                     "etc/default/grub.d/removed.cfg": "x", "etc/other": "stays"})
    planned_paths = (f"{here}/etc/default/grub", f"{here}/etc/tool/conf.d/resume")
    plan = replace(planned("grub-bios"), configs=tuple(
        ConfigFile(path, "", None, "", "") for path in planned_paths))
    places = [f"{here}/etc/tool", f"{here}/etc/default/grub.d", f"{here}/etc/never-there"]
    for _ in range(2):
        for action in bring_settings(plan, places):
            action.perform(Host(), Quiet())
        assert _found(there) == {
            "etc/tool/update.conf": "update=yes\n", "etc/tool/conf.d/resume": "planned",
            "etc/tool/conf.d/new": "new", kept: "original",
            "etc/default/grub": "planned", "etc/other": "stays"}
    assert not (there / "etc/default/grub.d").exists()


def test_a_link_in_their_place_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, copy = tmp_path / "system", tmp_path / "copy"
    monkeypatch.setattr(user_settings, "TARGET", str(copy))
    _written(here, {"opt/settings/a": "a"})
    (here / "etc").symlink_to(here / "opt/settings")
    for _ in range(2):
        (action,) = bring_settings(planned("grub-bios"), [f"{here}/etc"])
        action.perform(Host(), Quiet())
        assert (copy / str(here / "etc").removeprefix("/")).is_symlink()


@pytest.mark.parametrize(("step", "loader", "places"), [
    ("build-initramfs", "grub-bios", ["/etc/initramfs-tools"]),
    ("build-initramfs", "lilo", ["/etc/initramfs-tools"]),
    ("install-boot-loader", "grub-bios", ["/etc/default/grub.d", "/etc/grub.d"]),
    ("install-boot-loader", "grub-efi", ["/etc/default/grub.d", "/etc/grub.d"]),
])
def test_each_try_brings_them_before_the_copys_programs_run(
    step: str, loader: str, places: list[str]
) -> None:
    lines = texts(loader, step)
    (brought,) = [n for n, line in enumerate(lines)
                  if line.startswith("rsync ") and places[0] in line]
    assert lines[brought].endswith(f" {' '.join(places)} {TARGET}/")
    before = [n for n, line in enumerate(lines) if line.startswith("mount --make-private")]
    after = [n for n, line in enumerate(lines) if line.startswith("chroot ")]
    assert max(before) < brought < min(after)


def test_lilo_reads_nothing_else() -> None:
    assert not [line for line in texts("lilo", "install-boot-loader") if line.startswith("rsync ")]


@pytest.mark.parametrize("tool", INITRAMFS)
def test_the_way_out_is_one_that_works(tool: str) -> None:
    """In the copy the running system's settings count; on the mirror its own."""
    place = INITRAMFS[tool].user_settings[-1]
    host = Answers()
    host.outputs |= {"lsinitramfs": "", "lsinitrd": ""}
    for root in (TARGET, ""):
        with pytest.raises(StepFailed, match="lacks the kernel module raid1") as failed:
            CheckInitramfs(tool, "6.1", root).perform(host, Quiet())
        assert (f"{place} anew" in failed.value.hint) is bool(root)
        assert ("undo" in failed.value.hint) is bool(root)
    names = "lib/modules/raid1.ko\nsbin/mdadm\netc/mdadm/mdadm.conf\n"
    host.outputs |= {"lsinitramfs": names, "lsinitrd": names}
    host.times[f"{TARGET}/etc/fstab"] = 9.0
    with pytest.raises(StepFailed, match="was not built anew") as failed:
        CheckInitramfs(tool, "6.1", TARGET, ("/etc/fstab",)).perform(host, Quiet())
    assert INITRAMFS[tool].not_built in failed.value.hint and f"{place} anew" in failed.value.hint
