"""Nothing changes on the old disk before the machine has run from the mirror."""

from __future__ import annotations

import pytest

from bootmirror.actions.commands import Command
from bootmirror.actions.files import WriteFile
from bootmirror.actions.places import TARGET
from bootmirror.errors import Refused
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.steps import partition_source
from bootmirror.steps.partition_source import RunsFromMirror
from bootmirror.steps.tables import ReadTable
from tests.unit.steps.machines import MACHINES, SOURCE, first_half, planned
from tests.unit.steps.test_confirm import MACHINE, PLAN, _running_from
from tests.unit.steps.test_copying import Quiet

EVERY_LOADER = pytest.mark.parametrize("loader", MACHINES)

# Commands of the running system that write nothing on its disk, or the one-shot boot entry alone.
HARMLESS = ("modprobe ", "udevadm ", "sync", "mkfs.", "mkswap ", "grub-reboot ",
            "grub-editenv /boot/grub/grubenv unset ", "grub-editenv /run/bootmirror/")
OURS = "/run/bootmirror/"  # where the copy and the mirror's own partitions are mounted


@EVERY_LOADER
def test_nothing_names_the_old_disk(loader: str) -> None:
    named = [a for a in first_half(loader) if SOURCE in a.describe()]
    assert [a.describe() for a in named if not isinstance(a, ReadTable)] == []


@EVERY_LOADER
def test_files_are_written_to_the_mirror_but_for_the_boot_entry(loader: str) -> None:
    entry = planned(loader).entry.path
    written = {a.path for a in first_half(loader) if isinstance(a, WriteFile)}
    assert f"{TARGET}/etc/fstab" in written
    assert {path for path in written if not path.startswith(OURS)} == {entry}


@EVERY_LOADER
def test_programs_run_in_the_copy_or_change_nothing(loader: str) -> None:
    entry = planned(loader).entry.path
    commands = [a for a in first_half(loader) if isinstance(a, Command)]
    assert [a for a in commands if a.argv[:2] == ("chroot", TARGET)]
    assert [
        a.describe() for a in commands
        if a.argv[:2] != ("chroot", TARGET)
        and not a.describe().startswith(HARMLESS)
        and not (a.argv[0] in ("mkdir", "rsync") and a.argv[-1].startswith(OURS))
        and not (a.argv[0] == "lilo" and entry in a.argv)
    ] == []


@pytest.mark.parametrize(("mounted", "said"), [
    ((), "/ is on /dev/sdb2"),
    (("/",), "/dev/sdb1 is mounted on /boot"),
])
def test_a_disk_that_the_machine_runs_from_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, mounted: tuple[str, ...], said: str
) -> None:
    def look(_host: Host) -> Machine:
        return _running_from(PLAN, *mounted)

    monkeypatch.setattr(partition_source, "inspect", look)
    with pytest.raises(Refused, match="The old disk is still needed") as refused:
        RunsFromMirror(PLAN).perform(Host(), Quiet())
    assert said in refused.value.message


def test_it_is_taken_when_everything_is_on_the_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    every = tuple(m.target for m in MACHINE.mounts if m.source.startswith(SOURCE))
    monkeypatch.setattr(partition_source, "inspect", lambda _host: _running_from(PLAN, *every))
    RunsFromMirror(PLAN).perform(Host(), Quiet())
