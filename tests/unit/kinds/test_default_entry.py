"""The entry that the user has GRUB start: its id is made of the root's UUID, which is another one
on the mirror, and GRUB says nothing of an id that no entry has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.actions.places import TARGET, in_copy
from bootmirror.kinds.grub import SETTINGS
from bootmirror.kinds.grub_entry import GRUBENV
from bootmirror.kinds.grub_menu import menu_fault
from bootmirror.kinds.grub_saved_entry import RenameSavedEntry
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from tests.unit.plan.test_layouts import CHOICES, MACHINE
from tests.unit.plan.test_lvm import machine_with_volumes
from tests.unit.steps.machines import texts
from tests.unit.steps.mirrored import Answers
from tests.unit.steps.test_copying import Quiet

PINNED = "gnulinux-advanced-{0}>gnulinux-6.1.0-18-amd64-advanced-{0}"


def pinning(machine: Machine, value: str) -> Machine:
    text = f'GRUB_DEFAULT={value}\n{(machine.file(SETTINGS) or "").replace("GRUB_DEFAULT", "#")}'
    files = {**dict(machine.files), SETTINGS: text}
    return replace(machine, files=tuple(files.items()))


@pytest.mark.parametrize("machine", [MACHINE, machine_with_volumes()], ids=["partition", "volume"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_pinned_entry_has_the_new_roots_id_in_the_plan(machine: Machine, quote: str) -> None:
    old = make_plan(machine, CHOICES).root.source_uuid
    plan = make_plan(pinning(machine, quote + PINNED.format(old) + quote), CHOICES)
    assert plan.config(SETTINGS).text.splitlines()[0] == (
        f"GRUB_DEFAULT={quote}{PINNED.format(plan.root.uuid)}{quote}")
    assert plan.errors == []


@pytest.mark.parametrize("value", ["0", "saved", "'Advanced options>Debian, with Linux 6.1'"])
def test_one_without_the_roots_uuid_stays_as_it_is(value: str) -> None:
    plan = make_plan(pinning(MACHINE, value), CHOICES)
    assert plan.config(SETTINGS).text.splitlines()[0] == f"GRUB_DEFAULT={value}"


def test_the_old_id_written_by_the_user_bars_the_plan() -> None:
    old = make_plan(MACHINE, CHOICES).root.source_uuid
    text = f'GRUB_DEFAULT="{PINNED.format(old)}"\n'
    (error,) = make_plan(MACHINE, CHOICES.edited(SETTINGS, text)).errors
    assert "the mirror would look for the old disk" in str(error[1])


def _renamed(plan: Plan, block: str) -> list[tuple[str, ...]]:
    host = Answers()
    host.outputs["chroot"] = ""
    host.texts[in_copy(GRUBENV)] = block
    RenameSavedEntry(plan.boot).perform(host, Quiet())
    return host.ran


def test_a_saved_entry_gets_its_new_id_in_the_copy() -> None:
    plan = make_plan(MACHINE, CHOICES)
    old, new = (PINNED.format(uuid) for uuid in (plan.root.source_uuid, plan.root.uuid))
    assert _renamed(plan, f"# GRUB Environment Block\nsaved_entry={old}\n###") == [
        ("chroot", TARGET, "grub-editenv", GRUBENV, "set", f"saved_entry={new}")]
    for other in ("", "saved_entry=2\n", f"saved_entry={new}\n"):
        assert _renamed(plan, other) == []


@pytest.mark.parametrize("loader", ["grub-bios", "grub-efi"])
def test_it_is_renamed_once_the_copys_menu_is_there(loader: str) -> None:
    lines = texts(loader, "install-boot-loader")
    renamed = next(n for n, line in enumerate(lines) if line.startswith(f"where {TARGET}{GRUBENV}"))
    assert lines[renamed - 1].startswith("check that")


def test_a_menu_that_starts_an_old_id_is_no_good_one() -> None:
    boot = make_plan(MACHINE, CHOICES).boot
    old, new = (PINNED.format(uuid) for uuid in (boot.old_root[0], boot.root_uuid))
    menu = (f'menuentry "Debian" $menuentry_id_option "gnulinux-simple-{boot.root_uuid}" {{\n'
            f"\tlinux /vmlinuz-6.1 ro root={boot.root}\n}}\n")
    default = f'set default="{old}"\n'
    assert menu_fault(Answers(), default + menu, boot) == (
        f"line 1 starts by default gnulinux-advanced-{boot.old_root[0]}, which no entry is called")
    for good in ("", 'set default="0"\n', 'set default="${saved_entry}"\n',
                 f'set default="{new}"\n', 'set default="gnulinux-6.0-removed"\n'):
        assert menu_fault(Answers(), good + menu, boot) == ""
    own = "".join(f"submenu 'Mine' --id '{part}' {{\n}}\n" for part in old.split(">"))
    assert menu_fault(Answers(), default + menu + own, boot) == ""
