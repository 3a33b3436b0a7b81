"""Rule 3: a disk is known by what it is, never by its name, and is looked at again when held."""

from __future__ import annotations

import os
import stat
from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import Altered, nothing, swap

IDENTITY = "tests/unit/host/test_identity.py"
LAB = "tests/lab/test_identity.py"
DISK_IDENTITY = "tests/unit/plan/test_disk_identity.py"
ORDER = "tests/unit/steps/test_order.py"
ACTIONS = "tests/unit/steps/test_actions.py"


def numbers_not_compared() -> None:
    """Any block device of that name is good enough."""
    def change(_same: Any) -> Any:
        def a_device(handle: int, path: str, _devno: str, _size: int) -> None:
            from bootmirror.errors import Refused

            if not stat.S_ISBLK(os.fstat(handle).st_mode):
                raise Refused(f"{path} is not a block device.", "Nothing was written.")
        return a_device
    swap("bootmirror.host.identity:_same", change)


def held_with_others() -> None:
    swap("bootmirror.host.identity:os", lambda real: Altered(real, O_EXCL=0))


def found_by_name() -> None:
    swap("bootmirror.plan.model:DiskRef.matches",
         lambda _matches: lambda self, disk: disk.name == self.name)


def whatever_its_size() -> None:
    def change(_matches: Any) -> Any:
        return lambda self, disk: (disk.serial, disk.wwn) == (self.serial, self.wwn)
    swap("bootmirror.plan.model:DiskRef.matches", change)


def the_first_of_two() -> None:
    def change(_find: Any) -> Any:
        return lambda self, machine: next(d for d in machine.disks if self.matches(d))
    swap("bootmirror.plan.model:DiskRef.find", change)


def steps_do_not_make_sure() -> None:
    """The mirror is wiped without the look just before."""
    def change(actions: Any) -> Any:
        def unsure(self: Any, plan: Any, machine: Any) -> Any:
            from bootmirror.actions.disks import MakeSure

            return tuple(a for a in actions(self, plan, machine) if not isinstance(a, MakeSure))
        return unsure
    for step in ("partition_mirror:PartitionMirror", "partition_source:PartitionSource"):
        swap(f"bootmirror.steps.{step}.actions", change)


MUTATIONS = (
    Mutation(3, "any-device-passes", "the open descriptor is not looked at",
             lambda: swap("bootmirror.host.identity:_same", nothing),
             f"{IDENTITY}::test_what_is_no_block_device_is_refused_and_not_written"),
    Mutation(3, "numbers-not-compared", "device number and size are not compared",
             numbers_not_compared,
             f"{IDENTITY}::test_another_number_or_size_is_refused"),
    Mutation(3, "held-with-others", "a disk in use is written all the same (no O_EXCL)",
             held_with_others,
             f"{LAB}::test_a_disk_in_use_is_refused"),
    Mutation(3, "found-by-name", "the disk is found by its kernel name", found_by_name,
             f"{DISK_IDENTITY}::test_names_may_change_between_two_boots"),
    Mutation(3, "whatever-its-size", "the size is not part of a disk's identity",
             whatever_its_size,
             f"{DISK_IDENTITY}::test_another_disk_under_its_name_is_not_taken"),
    Mutation(3, "the-first-of-two", "of two disks with one identity the first is taken",
             the_first_of_two,
             f"{DISK_IDENTITY}::test_of_two_with_one_identity_none_is_taken"),
    Mutation(3, "steps-do-not-make-sure", "a step wipes without the look just before",
             steps_do_not_make_sure,
             f"{ORDER}::test_a_disk_is_looked_at_again_before_a_step_writes_to_it"),
    Mutation(3, "another-array-of-that-name", "an array is known by its name alone",
             lambda: swap("bootmirror.actions.disks:MakeSureOfArrays.perform", nothing),
             f"{ACTIONS}::test_another_array_of_that_name_or_none_stops_the_step"),
)
