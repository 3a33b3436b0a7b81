"""The facts a plan stands on, and how today's differ from them (rule: a stale plan is refused)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from bootmirror.machine.model import Disk, Machine, Partition
from bootmirror.plan.model import Plan

# Files whose text went into the plan. The first-boot entry is left out: we write it ourselves.
READ_FILES = ("/etc/fstab", "/etc/raidtab", "/etc/mdadm/mdadm.conf", "/etc/default/grub",
              "/etc/lilo.conf", "/etc/initramfs-tools/conf.d/resume",
              "/etc/dracut.conf.d/60-bootmirror.conf")
FILE = "system.file "
NONE = "not there"


def facts_of(machine: Machine, source: Disk, mirror: Disk) -> tuple[tuple[str, str], ...]:
    """Name and value of every fact; names begin with what they are about."""
    return (
        *_system(machine),
        *_disk("source", source),
        *(("source." + name, value) for name, value in _mounts(machine, source)),
        *(("source." + name, value) for name, value in _volumes(machine, source)),
        *_disk("mirror", mirror),
    )


def fingerprint_of(facts: tuple[tuple[str, str], ...]) -> str:
    """One short word for all facts."""
    text = "\n".join(f"{name}={value}" for name, value in facts)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def differences(plan: Plan, machine: Machine, scope: str) -> tuple[str, ...]:
    """What is not as it was, each as a phrase; empty when the plan still holds.

    ``scope`` "all" before anything was changed, "source" once the mirror is being changed by us.
    Raises Refused when one of the two disks is gone.
    """
    today = dict(facts_of(machine, plan.source.find(machine), plan.mirror.find(machine)))
    then = dict(plan.facts)
    if scope == "source":
        today, then = (
            {name: value for name, value in facts.items() if not name.startswith("mirror.")}
            for facts in (today, then)
        )
    return tuple(
        _difference(name, then.get(name, NONE), today.get(name, NONE))
        for name in sorted({*then, *today})
        if then.get(name) != today.get(name)
    )


def _difference(name: str, was: str, now: str) -> str:
    if name.startswith(FILE) and NONE not in (was, now):
        return f"{name.removeprefix(FILE)} was edited"  # its sum would tell nobody anything
    return f"{name.removeprefix(FILE)} was {was}, is {now}"


def _system(machine: Machine) -> Iterator[tuple[str, str]]:
    yield "system.kernel", machine.kernel
    yield "system.firmware", machine.firmware
    yield "system.boot-loader", machine.boot_loader.kind
    yield "system.initramfs", machine.initramfs.tool
    for swap in machine.swaps:
        if swap.kind == "file":
            yield f"system.swap {swap.path}", f"a file of {swap.size} bytes"
    for path in READ_FILES:
        text = machine.file(path)
        if text is not None:
            digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
            yield f"{FILE}{path}", f"text {digest[:12]}"


def _disk(side: str, disk: Disk) -> Iterator[tuple[str, str]]:
    yield f"{side}.disk", f"{disk.id}, {disk.size} bytes, sectors of {disk.sector_size}"
    yield f"{side}.table", f"{disk.table or 'none'} {disk.table_id}".strip()
    for partition in disk.partitions:
        yield f"{side}.partition {partition.number}", _partition(partition)


def _partition(partition: Partition) -> str:
    content = partition.content
    holds = f"{content.kind} {content.uuid}".strip() if content else "nothing"
    return f"{partition.start}+{partition.size} type {partition.type}, {holds}"


def _mounts(machine: Machine, disk: Disk) -> Iterator[tuple[str, str]]:
    for partition in disk.partitions:
        places = sorted(
            m.target for m in machine.mounts_of(partition.path)
            if m.fsroot == "/" and not m.target.startswith("/run/")
        )
        if places:
            yield f"mount {partition.number}", " ".join(places)


def _volumes(machine: Machine, disk: Disk) -> Iterator[tuple[str, str]]:
    paths = {partition.path for partition in disk.partitions}
    for group in machine.volume_groups:
        if paths.intersection(group.physical):
            for volume in group.volumes:
                yield f"volume {group.name}/{volume.name}", f"{volume.size} bytes"
