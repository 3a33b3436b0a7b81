"""Volume groups, their physical and logical volumes: LVM's own reports (lvmreport(7))."""

from __future__ import annotations

import json
from typing import Any

from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.machine.blocks import content_with_features
from bootmirror.machine.model import LogicalVolume, VolumeGroup

REPORT = ("--reportformat", "json", "--units", "b", "--nosuffix")
PHYSICAL = "pv_name,vg_name,vg_uuid,vg_extent_size,vg_size"
LOGICAL = ("vg_uuid,lv_name,lv_uuid,lv_size,lv_layout,lv_dm_path,lv_kernel_minor,lv_device_open,"
           "origin")


def read_volume_groups(host: Host, blocks: list[dict[str, Any]]) -> tuple[VolumeGroup, ...]:
    """Every group LVM knows, by name; none where LVM is not installed."""
    if not host.find("lvm"):
        return ()
    nodes = {node["path"]: node for node in blocks}
    volumes: dict[str, list[LogicalVolume]] = {}
    for row in _rows(host, "lvs", "lv", LOGICAL):
        volumes.setdefault(row["vg_uuid"], []).append(
            _volume(host, row, nodes.get(row["lv_dm_path"], {})))
    groups: dict[str, dict[str, Any]] = {}
    for row in _rows(host, "pvs", "pv", PHYSICAL):
        if row["vg_uuid"]:
            group = groups.setdefault(row["vg_uuid"], {**row, "paths": []})
            group["paths"].append(row["pv_name"])
    return tuple(sorted(
        (VolumeGroup(
            name=group["vg_name"], uuid=uuid, size=int(group["vg_size"]),
            extent=int(group["vg_extent_size"]), physical=tuple(sorted(group["paths"])),
            volumes=tuple(sorted(volumes.get(uuid, ()), key=lambda v: v.name)),
        ) for uuid, group in groups.items()),
        key=lambda group: (group.name, group.uuid)))


def _volume(host: Host, row: dict[str, str], node: dict[str, Any]) -> LogicalVolume:
    minor = row["lv_kernel_minor"]
    return LogicalVolume(
        name=row["lv_name"], uuid=row["lv_uuid"], path=row["lv_dm_path"], size=int(row["lv_size"]),
        layout=row["lv_layout"], device=f"dm-{minor}" if minor.isdigit() else "",
        open=row["lv_device_open"] == "open", origin=row["origin"],
        content=content_with_features(host, node) if node else None,
    )


def _rows(host: Host, report: str, key: str, columns: str) -> list[dict[str, str]]:
    # A group with a missing half makes LVM end with 5, its report complete all the same.
    result = host.run(["lvm", report, *REPORT, "--options", columns], ok=(0, 5), quiet=True,
                      timeout=60)
    reports = json.loads(result.stdout or "{}").get("report", [])
    return [{name: clean(str(value)) for name, value in row.items()}
            for part in reports for row in part.get(key, ())]
