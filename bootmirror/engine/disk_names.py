"""What the two disks of a conversion are called today: kernel names may change at each boot."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.machine.model import Disk
from bootmirror.plan.model import DiskRef, Plan

AGAIN = 10.0  # seconds until one that was not found is looked for once more

Names = dict[DiskRef, str]


def disks_now() -> Sequence[Disk]:
    """The disks of this machine. Raises BootmirrorError."""
    from bootmirror.machine.blocks import list_blocks, read_disks  # noqa: PLC0415 - status is quick

    host = Host()
    return read_disks(host, list_blocks(host))


class DiskNames:
    """Gives a plan its disks' names of today. A disk that is not found keeps the one it had, or is
    called by its id where that name is another disk's.

    The disks are looked at once for each set of block devices that the kernel shows.
    """

    def __init__(
        self,
        disks: Callable[[], Sequence[Disk]] = disks_now,
        sys_block: Path = Path("/sys/block"),
    ) -> None:
        self._disks = disks
        self._sys_block = sys_block
        self._known: dict[object, Names] = {}

    def today(self, plan: Plan) -> Plan:
        """That plan, for whatever is said of its disks. Never raises."""
        refs = (plan.source, plan.mirror)
        present = frozenset(path.name for path in self._sys_block.glob("*"))
        names = self._known.get((refs, present)) or self._look(refs, present)
        source, mirror = (replace(ref, name=names.get(ref, ref.name)) for ref in refs)
        return plan if (source, mirror) == refs else replace(plan, source=source, mirror=mirror)

    def _look(self, refs: tuple[DiskRef, DiskRef], present: frozenset[str]) -> Names:
        """Remembered for good where both were found, else for a while."""
        passing = (refs, present, int(time.monotonic() / AGAIN))
        if passing in self._known:
            return self._known[passing]
        try:
            disks = self._disks()
        except BootmirrorError:
            disks = ()
        found = {ref: [d.name for d in disks if ref.matches(d)] for ref in refs}
        names = {ref: known[0] for ref, known in found.items() if len(known) == 1}
        key = (refs, present) if len(names) == len(set(refs)) else passing
        # One that is not here must not be called what another is called by now.
        names |= {ref: ref.id for ref in refs if ref not in names and ref.name in present}
        self._known = {key: names}
        return names
