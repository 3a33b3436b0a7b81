"""Volume groups: made on the arrays, started and let go. LVM keeps no backup on the old system."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host
from bootmirror.plan.model import PlannedGroup

QUIET = ("--autobackup", "n")


@dataclass(frozen=True)
class MakeGroup:
    """A volume group on an array, with its volumes; one an earlier try left there goes first."""

    group: PlannedGroup
    array: str

    def describe(self) -> str:
        volumes = ", ".join(
            f"{v.name} ({'what is left of ' if v.gives else ''}{v.size} bytes)"
            for v in self.group.volumes)
        return f"pvcreate {self.array}; vgcreate {self.group.name}; lvcreate {volumes}"

    def perform(self, host: Host, report: Report) -> None:
        name = self.group.name
        if _physical(host, name) == [self.array]:
            report.note(f"an earlier try left the volume group {name}: it goes")
            host.run(["lvm", "vgremove", "--force", "--yes", *QUIET, name])
        host.run(["lvm", "pvcreate", "--yes", "--force", self.array])
        host.run(["lvm", "vgcreate", *QUIET, "--physicalextentsize", f"{self.group.extent}b", name,
                  self.array])
        for volume in sorted(self.group.volumes, key=lambda v: v.gives):
            extents = volume.size // self.group.extent
            if volume.gives:
                extents = min(extents, _free(host, name))
            host.run(["lvm", "lvcreate", "--yes", "--wipesignatures", "y", *QUIET, "--extents",
                      str(extents), "--name", volume.name, name])


@dataclass(frozen=True)
class Activate:
    """Start a group's volumes."""

    name: str
    uuid: str  # "" where the name says enough: nobody else's has it

    def describe(self) -> str:
        return f"vgchange --activate y {self.name}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(["lvm", "vgchange", "--activate", "y", *_which(self.name, self.uuid)])
        host.run(["udevadm", "settle"])


@dataclass(frozen=True)
class Deactivate:
    """Let a group's volumes go. LVM refuses while one is open."""

    name: str
    uuid: str

    def describe(self) -> str:
        return f"vgchange --activate n {self.name}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        host.run(["lvm", "vgchange", "--activate", "n", *_which(self.name, self.uuid)])


def _which(name: str, uuid: str) -> list[str]:
    return ["--select", f"vg_uuid={uuid}"] if uuid else [name]


def _physical(host: Host, name: str) -> list[str]:
    rows = _report(host, "pvs", "pv", "pv_name,vg_name")
    return [row["pv_name"] for row in rows if row["vg_name"] == name]


def _free(host: Host, name: str) -> int:
    rows = _report(host, "vgs", "vg", "vg_name,vg_free_count")
    return next(int(row["vg_free_count"]) for row in rows if row["vg_name"] == name)


def _report(host: Host, report: str, key: str, columns: str) -> list[dict[str, str]]:
    argv = ["lvm", report, "--reportformat", "json", "--options", columns]
    found = json.loads(host.run(argv, ok=(0, 5), quiet=True).stdout)
    return [row for part in found["report"] for row in part.get(key, ())]
