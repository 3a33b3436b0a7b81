"""build-initramfs: in the mounted copy, then checked for what a root on RAID-1 needs."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.errors import StepFailed
from bootmirror.host.host import Host
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.actions import in_chroot
from bootmirror.steps.mounted_copy import mount_copy, mount_for_chroot
from bootmirror.steps.places import TARGET
from bootmirror.steps.report import Report
from bootmirror.steps.step import Action, Step


@dataclass(frozen=True)
class CheckInitramfs:
    """Look into the built image for the md modules, mdadm and mdadm.conf."""

    tool: str
    kernel: str
    root: str = ""  # where the system that holds the image is mounted

    def _image(self) -> str:
        return self.root + INITRAMFS[self.tool].image(self.kernel)

    def describe(self) -> str:
        return f"check that {self._image()} holds raid1, mdadm and mdadm.conf"

    def perform(self, host: Host, report: Report) -> None:
        missing = missing_in(host, self.tool, self._image(), quiet=False)
        if missing:
            raise StepFailed(
                f"The initramfs {self._image()} lacks {', '.join(missing)}: it could not find the "
                "array.",
                "Make sure that the package mdadm is whole, then try again.",
            )
        report.result("md modules, mdadm and mdadm.conf are in it")


def missing_in(host: Host, tool: str, image: str, *, quiet: bool = True) -> tuple[str, ...]:
    """What an initramfs image lacks for a root on RAID-1."""
    kind = INITRAMFS[tool]
    return kind.missing(host.run(kind.listing(image), quiet=quiet).stdout)


class BuildInitramfs(Step):
    """Built by the copy's own tool, so that it finds the arrays as its root."""

    id = "build-initramfs"
    title = "Build the initramfs"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        return (
            *mount_copy(plan, machine),
            *mount_for_chroot(),
            in_chroot(*INITRAMFS[plan.initramfs].build()),
            CheckInitramfs(plan.initramfs, plan.kernel, TARGET),
        )
