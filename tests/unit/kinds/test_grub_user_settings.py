"""Settings and entries of the user's that mean the old root are refused before anything changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.kinds.grub import SETTINGS
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.machine.system import read_files
from bootmirror.plan.planner import make_plan
from bootmirror.plan.preflight import source_refusals
from tests.unit.plan.test_layouts import CHOICES, MACHINE
from tests.unit.plan.test_lvm import ROOT, machine_with_volumes
from tests.unit.steps.machines import MACHINES
from tests.unit.steps.mirrored import Answers

SNIPPET, CUSTOM = "/etc/default/grub.d/50-cloud.cfg", "/etc/grub.d/40_custom"
OLD = make_plan(MACHINE, CHOICES).root.source_uuid


def refused(path: str, text: str, machine: Machine = MACHINE) -> tuple[Refusal, ...]:
    return source_refusals(replace(machine, files=(*machine.files, (path, text))), CHOICES.source)


@pytest.mark.parametrize("loader", ["grub-bios", "grub-efi"])
@pytest.mark.parametrize(("text", "name"), [
    (f'GRUB_DEFAULT="gnulinux-advanced-{OLD}>gnulinux-6.1-advanced-{OLD}"', "GRUB_DEFAULT"),
    ("GRUB_FORCE_PARTUUID=9abc-01", "GRUB_FORCE_PARTUUID"),
    ('GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX root=/dev/sdb2"', "GRUB_CMDLINE_LINUX"),
    ("GRUB_CMDLINE_LINUX_DEFAULT='quiet root=LABEL=x'", "GRUB_CMDLINE_LINUX_DEFAULT"),
])
def test_a_setting_that_means_the_old_root_is_refused(text: str, name: str, loader: str) -> None:
    (found,) = refused(SNIPPET, f"# from an image\n{text}\n", MACHINES[loader])
    assert found.message.startswith(f"{name} in {SNIPPET} means the disk that / is on now")
    assert f"Move it to {SETTINGS}" in found.hint


def test_other_settings_are_not() -> None:
    text = ('GRUB_DEFAULT=0\nGRUB_FORCE_PARTUUID=\nGRUB_TIMEOUT=2\n'
            'GRUB_CMDLINE_LINUX="console=ttyS0 rootwait"\n')
    assert refused(SNIPPET, text) == ()


def entry(words: str, more: str = "") -> str:
    return f"#!/bin/sh\nexec tail -n +3 $0\n{more}menuentry 'Mine' {{\n\tlinux /k {words}\n}}\n"


@pytest.mark.parametrize(("text", "line"), [
    (entry(f"root=UUID={OLD} ro"), 4), (entry("ro root=/dev/sdb2"), 4),
    (entry("root=/dev/sdq1", f"search --fs-uuid --set=root {OLD}\n"), 3),
])
def test_an_own_entry_that_starts_the_old_root_is_refused(text: str, line: int) -> None:
    (found,) = refused(CUSTOM, text)
    assert found.message.startswith(f"Line {line} of {CUSTOM} names the disk that / is on now")
    assert found.hint


def test_an_own_entry_that_starts_the_old_volume_is_refused() -> None:
    assert [r.code for r in refused(CUSTOM, entry(f"root={ROOT.path}"), machine_with_volumes())
            ] == ["grub-custom"]


@pytest.mark.parametrize("text", [
    entry("root=/dev/sdq1"), entry("boot=live"), entry("root=UUID=another"),
    f"# root=UUID={OLD}\n", ""])
def test_other_entries_are_not(text: str) -> None:
    assert refused(CUSTOM, text) == ()


def test_what_the_plans_own_file_forces_is_taken_from_it() -> None:
    files = {**dict(MACHINE.files), SETTINGS: "GRUB_FORCE_PARTUUID=9abc-01\n"}
    plan = make_plan(replace(MACHINE, files=tuple(files.items())), CHOICES)
    assert plan.config(SETTINGS).text.startswith('GRUB_FORCE_PARTUUID=""\n') and not plan.errors


def test_the_snippets_that_grub_reads_are_facts() -> None:
    host = Answers()
    for name in ("50-cloud.cfg", "50-cloud.cfg.dpkg-old", ".hidden.cfg", "a\x1b.cfg"):
        host.texts[f"/etc/default/grub.d/{name}"] = "A=1\n"
    host.texts[CUSTOM] = "exec tail\n"
    assert [path for path, _ in read_files(host)] == [
        CUSTOM, SNIPPET, "/etc/default/grub.d/a\\x1b.cfg"]
