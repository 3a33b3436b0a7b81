"""Running md arrays: sysfs for their state, mdadm for their identity, /proc/mdstat for the finish.

sysfs attributes are described in the kernel's Documentation/admin-guide/md.rst.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bootmirror.formats.mdstat import MdstatArray, parse_mdstat
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.machine.blocks import SECTOR, content_of
from bootmirror.machine.model import Array, Content, Member, Sync

BAD_BLOCKS = ("bad_blocks", "unacknowledged_bad_blocks")  # of a member, a line each


def read_arrays(host: Host, blocks: list[dict[str, Any]]) -> tuple[Array, ...]:
    """Every array the kernel runs or holds, by name."""
    nodes = {node["kname"]: node for node in blocks}
    arrays = [
        _state(host, mdstat, _uuid(host, mdstat.name), content_of(nodes.get(mdstat.name, {})))
        for mdstat in _mdstat(host)
    ]
    return tuple(sorted(arrays, key=lambda array: (len(array.name), array.name)))


def refresh_arrays(host: Host, arrays: tuple[Array, ...]) -> tuple[Array, ...] | None:
    """The same arrays with today's state and no program run; None when one came or went."""
    known = {array.name: array for array in arrays}
    mdstats = _mdstat(host)
    if {mdstat.name for mdstat in mdstats} != set(known):
        return None
    fresh = {m.name: _state(host, m, known[m.name].uuid, known[m.name].content) for m in mdstats}
    return tuple(fresh[array.name] for array in arrays)


def _mdstat(host: Host) -> tuple[MdstatArray, ...]:
    return parse_mdstat(host.read("/proc/mdstat") or "")


def _uuid(host: Host, name: str) -> str:
    """The array's UUID in md's own form, from mdadm."""
    if not host.find("mdadm"):
        return ""
    argv = ["mdadm", "--detail", "--export", f"/dev/{name}"]
    result = host.run(argv, ok=range(256), quiet=True, timeout=30)
    for line in result.stdout.splitlines():
        if line.startswith("MD_UUID="):
            return clean(line.removeprefix("MD_UUID="))
    return ""


def _state(host: Host, mdstat: MdstatArray, uuid: str, content: Content | None) -> Array:
    md = f"/sys/block/{mdstat.name}/md"
    members = tuple(
        _member(host, md, name.removeprefix("dev-"))
        for name in host.listing(md)
        if name.startswith("dev-")
    )
    sectors = _number(host, f"/sys/block/{mdstat.name}/size")
    array = Array(
        name=mdstat.name,
        path=f"/dev/{mdstat.name}",
        uuid=uuid,
        level=_text(host, f"{md}/level") or mdstat.level,
        metadata=_text(host, f"{md}/metadata_version") or mdstat.metadata,
        size=sectors * SECTOR,
        slots=_number(host, f"{md}/raid_disks"),
        members=members,
        state=_text(host, f"{md}/array_state"),
        mismatches=_number(host, f"{md}/mismatch_cnt"),
        content=content,
        holders=tuple(map(clean, host.listing(f"/sys/block/{mdstat.name}/holders"))),
    )
    return replace(array, sync=_sync(mdstat))


def _member(host: Host, md: str, name: str) -> Member:
    place = f"{md}/dev-{name}"
    slot = _text(host, f"{place}/slot")
    return Member(
        name=name,
        slot=int(slot) if slot.isdigit() else None,
        state=_text(host, f"{place}/state"),
        bad_blocks=sum(len((host.read(f"{place}/{name}") or "").split("\n")) - 1
                       for name in BAD_BLOCKS),
    )


def _sync(mdstat: MdstatArray) -> Sync | None:
    """What /proc/mdstat says is under way.

    sysfs's sync_completed is no finer: it moves at checkpoints, once in ten seconds or a sixteenth
    of the array (md_do_sync in the kernel's drivers/md/md.c).
    """
    sync = mdstat.sync
    if sync is None:
        return None
    if sync.waiting:
        return Sync(sync.operation, waiting=sync.waiting.lower())
    done, total, speed = ((count or 0) * 1024 for count in (sync.done, sync.total, sync.speed))
    left = (total - done) // speed if speed else None
    return Sync(sync.operation, done, total, speed, left)


def _text(host: Host, path: str) -> str:
    return clean((host.read(path) or "").strip())


def _number(host: Host, path: str) -> int:
    text = _text(host, path).split(" ", 1)[0]
    return int(text) if text.isdigit() else 0
