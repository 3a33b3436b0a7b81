"""A write to the mirror that failed is never passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bootmirror.actions.disks import WipeClaimed
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import TARGET
from bootmirror.errors import CommandFailed, CopyTorn, StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.model import Array, Member
from bootmirror.steps import arrived
from bootmirror.steps.arrived import AllArrived, NoBadBlocks, all_arrived, no_bad_blocks
from bootmirror.steps.copying import FirstCopy
from bootmirror.steps.read_back_mirror import WAY_BACK
from bootmirror.steps.recipe import STEPS
from tests.unit.steps.machines import MACHINES, actions, planned
from tests.unit.steps.test_copying import Quiet

WRITES = ("copy-system", "write-configs", "build-initramfs", "install-boot-loader", "final-copy")
HALF = Array("md0", "/dev/md0", "uuid", "raid1", "1.2", 1 << 20, 2,
             members=(Member("sdb2", 0, "in_sync"),))
HOLED = replace(HALF, members=(Member("sdb2", 0, "in_sync", bad_blocks=1),))
ALL = AllArrived(("/copy", "/copy/boot"), NoBadBlocks(("uuid",), "undo"))


class Flushing(Host):
    """``told``: what the kernel has to tell, by directory, once."""

    def __init__(self, told: dict[str, tuple[int, str]]) -> None:
        super().__init__()
        self.told = told
        self.flushed: list[str] = []

    def run(self, argv: Sequence[str], **_how: Any) -> Any:
        assert argv[:2] == ["sync", "--file-system"]
        self.flushed.append(argv[2])
        if said := self.told.pop(argv[2], None):
            raise CommandFailed(argv, *said)


@pytest.fixture
def arrays(monkeypatch: pytest.MonkeyPatch) -> list[Array]:
    """What is found to run."""
    found: list[Array] = [HALF]
    monkeypatch.setattr(arrived, "read_arrays", lambda _host, _blocks: tuple(found))
    return found


@pytest.mark.usefixtures("arrays")
@pytest.mark.parametrize("directory", ALL.directories)
def test_a_write_that_failed_tears_the_copy(directory: str) -> None:
    host = Flushing({directory: (1, f"sync: error syncing '{directory}': Input/output error")})
    with pytest.raises(CopyTorn, match=r"did not take all .* Input/output error"):
        ALL.perform(host, Quiet())
    assert host.flushed == list(ALL.directories)
    ALL.perform(host, Quiet())  # what the kernel has told once it tells no more


@pytest.mark.usefixtures("arrays")
def test_what_an_earlier_try_left_mounted_is_asked_before_it_is_unmounted(tmp_path: Path) -> None:
    """An unmounted file system tells nothing; what is not mounted would speak for another."""
    before = AllArrived((str(tmp_path / "none"), "/proc"), ALL.lists, where_mounted=True)
    host = Flushing({"/proc": (1, "sync: error syncing '/proc': Input/output error")})
    with pytest.raises(CopyTorn):
        before.perform(host, Quiet())
    assert host.flushed == ["/proc"]


@pytest.mark.parametrize("loader", MACHINES)
def test_a_new_try_to_copy_begins_with_that(loader: str) -> None:
    asks = all_arrived(planned(loader), where_mounted=True)
    found = actions(loader, "copy-system")
    assert found.index(asks) < found.index(UnmountAll(TARGET))


@pytest.mark.usefixtures("arrays")
def test_a_sync_that_is_killed_says_nothing_of_the_disk() -> None:
    with pytest.raises(CommandFailed):
        ALL.perform(Flushing({"/copy": (-9, "")}), Quiet())


def test_a_place_on_mds_record_wants_another_mirror(arrays: list[Array]) -> None:
    arrays[:] = [HOLED]
    host = Flushing({"/copy": (1, "sync: error syncing '/copy': Input/output error")})
    for _ in range(2):
        with pytest.raises(StepFailed, match=r"bad sectors of sdb2 \(md0\) on record") as told:
            ALL.perform(host, Quiet())
        assert (type(told.value), told.value.hint) == (StepFailed, "undo")


def test_other_arrays_may_have_what_they_have(arrays: list[Array]) -> None:
    arrays[:] = [HALF, replace(HOLED, uuid="another")]
    ALL.perform(Flushing({}), Quiet())


@pytest.mark.parametrize("loader", MACHINES)
def test_what_writes_to_the_copy_ends_with_that_look(loader: str) -> None:
    plan, machine = planned(loader), MACHINES[loader]
    for step in STEPS:
        if step.id in WRITES:
            assert step.actions(plan, machine)[-1] == all_arrived(plan), step.id
    assert all_arrived(plan) in actions(loader, "reboot")


@pytest.mark.parametrize("loader", MACHINES)
def test_the_old_disk_is_not_erased_while_the_mirror_has_bad_places(loader: str) -> None:
    found = actions(loader, "partition-source")
    first = next(i for i, action in enumerate(found) if isinstance(action, WipeClaimed))
    assert no_bad_blocks(planned(loader), WAY_BACK) in found[:first]


@pytest.mark.parametrize("loader", MACHINES)
def test_nothing_is_made_on_an_array_with_bad_places(loader: str) -> None:
    assert no_bad_blocks(planned(loader)) in actions(loader, "make-filesystems")
    copying = [type(action) for action in actions(loader, "copy-system")]
    assert copying.index(NoBadBlocks) < copying.index(FirstCopy)
