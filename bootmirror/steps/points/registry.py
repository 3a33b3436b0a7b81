"""The subjects of verify, in the order they are told."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.errors import BootmirrorError
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.points.arrays import arrays
from bootmirror.steps.points.bad_blocks import bad_blocks
from bootmirror.steps.points.boot_loader import boot_loader
from bootmirror.steps.points.disks import disks
from bootmirror.steps.points.fstab import fstab
from bootmirror.steps.points.initramfs import initramfs
from bootmirror.steps.points.look import Look, Point
from bootmirror.steps.points.mdadm_conf import mdadm_conf
from bootmirror.steps.points.monitoring import monitoring
from bootmirror.steps.points.mounts import mounts
from bootmirror.steps.points.signatures import signatures
from bootmirror.steps.points.sizes import sizes
from bootmirror.steps.points.spares import spares
from bootmirror.steps.points.swap import swap

# A further subject is a file beside this one and a line here.
POINTS: tuple[Point, ...] = (
    Point("disks", disks),
    Point("arrays", arrays),
    Point("spares", spares),
    Point("bad blocks", bad_blocks),
    Point("sizes", sizes),
    Point("signatures", signatures),
    Point("mounts", mounts),
    Point("swap", swap),
    Point("boot loader", boot_loader),
    Point("initramfs", initramfs),
    Point("mdadm.conf", mdadm_conf),
    Point("fstab", fstab),
    Point("monitoring", monitoring),
)


def look_at(host: Host, plan: Plan, machine: Machine) -> Iterator[Check]:
    """Every point. What cannot be looked at does not hold; it keeps nothing else from a look."""
    look = Look(host, plan, machine)
    for point in POINTS:
        yield from told(point, look)


def told(point: Point, look: Look) -> Iterator[Check]:
    """One subject's lines; a line with the reason where it cannot be looked at."""
    try:
        yield from point.look(look)
    except BootmirrorError as error:
        yield Check(point.name, False, f"cannot be looked at: {clean(error.message).rstrip('.')}",
                    error.hint or "Mend that, then verify again.")
    except Exception as error:  # noqa: BLE001 - what is odd on a broken machine is told, too
        yield Check(point.name, False,
                    f"cannot be looked at: {type(error).__name__}: {clean(str(error))}",
                    "Mend that, then verify again; report it where nothing is broken.")
