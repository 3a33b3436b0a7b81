"""build-initramfs: in the mounted copy, then checked for what a root on RAID-1 needs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.actions.action import Action
from bootmirror.actions.commands import in_chroot
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import TARGET, in_copy
from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.model import Machine
from bootmirror.plan.configs import MDADM_CONF
from bootmirror.plan.model import Plan
from bootmirror.steps.arrived import all_arrived
from bootmirror.steps.mounted_copy import leave_chroot, mount_copy, mount_for_chroot
from bootmirror.steps.step import Step
from bootmirror.steps.user_settings import bring_settings

TRUE = "/usr/bin/true"


@dataclass(frozen=True)
class CheckInitramfs:
    """Look into the built image for the md modules, mdadm and mdadm.conf."""

    tool: str
    kernel: str
    root: str = ""  # where the system that holds the image is mounted
    configs: tuple[str, ...] = ()  # what it is built from
    volumes: bool = False  # the root is a logical volume

    @classmethod
    def of(cls, plan: Plan, kernel: str, root: str = "") -> CheckInitramfs:
        return cls(plan.initramfs, kernel, root, built_from(plan), bool(plan.root.volume))

    def _image(self) -> str:
        return self.root + INITRAMFS[self.tool].image(self.kernel)

    def _advice(self, what: str) -> str:
        """With what a new try takes from the running system, where the image is the copy's."""
        places = " and ".join(INITRAMFS[self.tool].user_settings)
        return (f"{what}, correct it in the running system, then try again: the copy gets its "
                f"{places} anew." if self.root else f"{what}.")

    def describe(self) -> str:
        return f"check that {self._image()} holds raid1, mdadm and mdadm.conf"

    def perform(self, host: Host, report: Report) -> None:
        missing = missing_in(host, self.tool, self._image(), self.volumes, quiet=False)
        if missing:
            raise StepFailed(
                f"The initramfs {self._image()} lacks {', '.join(missing)}: it could not find the "
                "array.",
                self._advice("Look for what leaves that out") + " If the package mdadm is not "
                "whole, install it again, undo, and make a new plan."
                if self.root else "Make sure that the package mdadm is whole, then try again.",
            )
        older = older_than(host, self._image(), [self.root + path for path in self.configs])
        if older:
            raise StepFailed(
                f"The initramfs {self._image()} was not built anew: it is older than {older}.",
                self._advice(f"Look for {INITRAMFS[self.tool].not_built}"),
            )
        report.result("md modules, mdadm and mdadm.conf are in it")


def kernels(machine: Machine, running: str) -> tuple[str, ...]:
    """The kernels that a menu may start, the running one among them."""
    return tuple(sorted({running, *machine.kernels}))


def built_from(plan: Plan) -> tuple[str, ...]:
    """The configuration that the initramfs holds a copy of."""
    return (MDADM_CONF, INITRAMFS[plan.initramfs].settings_path)


def older_than(host: Host, image: str, configs: Sequence[str]) -> str:
    """The first of these files that was written after the image; "" when none was.

    A file from the future tells nothing: the clock was wrong then, or is now.
    """
    built, now = host.written(image), time.time()
    return next((path for path in configs if built < host.written(path) <= now), "")


def missing_in(
    host: Host, tool: str, image: str, volumes: bool, *, quiet: bool = True
) -> tuple[str, ...]:
    """What an initramfs image lacks for a root on RAID-1."""
    kind = INITRAMFS[tool]
    return kind.missing(host.run(kind.listing(image), quiet=quiet).stdout, volumes)


class BuildInitramfs(Step):
    """Built by the copy's own tool, so that it finds the arrays as its root."""

    id = "build-initramfs"
    title = "Build the initramfs"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        held = [in_copy(machine.program(name)) for name in BOOT_LOADERS[plan.boot_loader].held_back]
        return (
            *mount_copy(plan, machine),
            *bring_settings(plan, INITRAMFS[plan.initramfs].user_settings),
            *mount_for_chroot(),
            *(Mount(TRUE, path, ("--bind",)) for path in held),
            *(in_chroot(*argv) for argv in INITRAMFS[plan.initramfs].build(
                kernels(machine, plan.kernel))),
            *(UnmountAll(path) for path in held),
            *leave_chroot(),
            CheckInitramfs.of(plan, plan.kernel, TARGET),
            all_arrived(plan),
        )
