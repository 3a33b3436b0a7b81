"""resync: wait until both halves are alike, at the speed the disks give while nothing else runs."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.machine.arrays import refresh_arrays
from bootmirror.machine.inspect import inspect
from bootmirror.machine.model import Array, Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.rejoin import Rejoin
from bootmirror.steps.spares import spares
from bootmirror.steps.step import Step
from bootmirror.steps.told_arrays import not_running

FAST = "2000000"  # KiB/s, sync_speed_max: above any disk; md still yields to other work
STANDSTILL = 60.0  # seconds without a resync, or one that waits, before it counts as given up
READ_AUTO = "read-auto"  # array_state: assembled with md_mod's start_ro, and nobody has written yet
PENDING = "pending"  # a resync that md does not begin by itself
SYSTEM = "system"  # back to /proc/sys/dev/raid/speed_limit_max (kernel's md.rst)


@dataclass(frozen=True)
class WaitForSync:
    """Raise the limit for these arrays, wait, put it back, and look at every leg."""

    uuids: tuple[str, ...]
    names: tuple[str, ...]

    def describe(self) -> str:
        return (f"raise sync_speed_max of {', '.join(self.names)} to {FAST} KiB/s, wait for the "
                "resync, put it back, check every member")

    def perform(self, host: Host, report: Report) -> None:
        arrays = self._arrays(host)
        self._thaw(host, arrays)
        moved = time.monotonic()
        try:
            self._limit(host, arrays, FAST)
            while any(a.sync or a.working < a.slots for a in arrays):
                self._tell(arrays, report)
                self._check(arrays)
                if any(a.sync and a.sync.waiting != PENDING for a in arrays):
                    moved = time.monotonic()
                elif time.monotonic() - moved > STANDSTILL:
                    raise _given_up(arrays)
                time.sleep(1.0)
                arrays = self._ours(refresh_arrays(host, arrays) or self._arrays(host))
        finally:
            with contextlib.suppress(StepFailed):
                self._limit(host, arrays, SYSTEM)
        holes = [m.name for a in arrays for m in a.members if m.bad_blocks]
        if holes:
            have = "has" if len(holes) == 1 else "have"
            raise StepFailed(
                f"The resync ended, but {', '.join(holes)} {have} sectors that could not be "
                "copied: neither half is whole alone.",
                "Leave both disks in, back up what you can, and replace the disk that fails: dmesg "
                "names it; /sys/block/md*/md/dev-*/bad_blocks lists the sectors.",
            )
        report.result("both halves are alike")

    def _arrays(self, host: Host) -> tuple[Array, ...]:
        machine = inspect(host)
        found = self._ours(machine.arrays)
        if len(found) != len(self.uuids):
            raise not_running(machine, "An array of the mirror")
        return found

    def _ours(self, arrays: tuple[Array, ...]) -> tuple[Array, ...]:
        return tuple(a for a in arrays if a.uuid in self.uuids)

    def _thaw(self, host: Host, arrays: tuple[Array, ...]) -> None:
        """mdadm --add stops an array's resync while it works; killed, it leaves it so. Nor does md
        begin one in an array that nobody has written to since the boot, as swap. Any word written
        to sync_action ends that (action_store in the kernel's drivers/md/md.c)."""
        for array in arrays:
            action = f"/sys/block/{array.name}/md/sync_action"
            if array.state == READ_AUTO or (host.read(action) or "").strip() == "frozen":
                host.set_kernel(action, "idle")

    def _limit(self, host: Host, arrays: tuple[Array, ...], speed: str) -> None:
        for array in arrays:
            host.set_kernel(f"/sys/block/{array.name}/md/sync_speed_max", speed)

    def _tell(self, arrays: tuple[Array, ...], report: Report) -> None:
        total = sum(a.size for a in arrays)
        done = sum(
            a.size if a.working == a.slots else a.sync.done if a.sync else 0 for a in arrays)
        busy = next((a for a in arrays if a.sync and not a.sync.waiting), None)
        speed = busy.sync.speed if busy and busy.sync else 0
        report.progress(done, total, speed=speed, text=busy.name if busy else "waiting",
                        seconds_left=(total - done) // speed if speed else None)

    def _check(self, arrays: tuple[Array, ...]) -> None:
        for array in arrays:
            failed = [m.name for m in array.members if "faulty" in m.state]
            if failed:
                raise StepFailed(
                    f"{', '.join(failed)} failed in {array.name} during the resync.",
                    "The machine goes on from the other half. Replace the disk that failed.",
                )
            if array.sync is None and array.working < array.slots and len(array.members) < 2:
                raise StepFailed(f"{array.name} has only one member.",
                                 "Add the other again (mdadm --add), then go on.")


def _given_up(arrays: tuple[Array, ...]) -> StepFailed:
    """md neither rebuilds nor waits, and says no member failed: after errors it may do that."""
    halves = ", ".join(f"{a.name} {a.picture}" for a in arrays if a.sync or a.working < a.slots)
    return StepFailed(
        f"The kernel does not go on with the resync: {halves}.",
        "Look at the kernel's messages (dmesg) for read errors, and at "
        "/sys/block/md*/md/sync_action and array_state; the machine goes on from the half in sync.",
    )


def made_alike(plan: Plan, machine: Machine) -> tuple[Action, ...]:
    """What brings both halves of every array in sync, whichever may have dropped out."""
    found = [machine.array(a.uuid) for a in plan.arrays]
    names = tuple(
        run.name if run else a.device.removeprefix("/dev/")
        for run, a in zip(found, plan.arrays, strict=True))
    return (*(Rejoin(plan, a) for a in plan.arrays),
            WaitForSync(tuple(a.uuid for a in plan.arrays), names))


class Resync(Step):
    """md does the work; this waits and watches."""

    id = "resync"
    title = "Resync"
    after_reboot = True

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        return (*made_alike(plan, machine), *spares(plan))
