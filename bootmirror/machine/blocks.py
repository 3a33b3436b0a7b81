"""Disks and partitions: one lsblk, and sysfs for what lsblk does not know."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from bootmirror.formats import superblock
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.host.partitions import ACTIVE, BEFORE_THE_TABLE
from bootmirror.machine.model import Content, Disk, Partition

COLUMNS = (
    "KNAME,PATH,MAJ:MIN,TYPE,SIZE,RO,RM,HOTPLUG,ROTA,MODEL,VENDOR,SERIAL,WWN,TRAN,LOG-SEC,PHY-SEC,"
    "PTTYPE,PTUUID,PARTTYPE,PARTUUID,PARTLABEL,PARTFLAGS,FSTYPE,FSVER,LABEL,UUID"
)
SECTOR = 512  # sysfs counts start and size in sectors of 512 bytes whatever the disk's own are
MBR_ACTIVE = 0x80
EXTENDED_TYPES = (b"\x05", b"\x0f", b"\x85")
WITH_FEATURES = ("ext2", "ext3", "ext4", "xfs")

# Kernel names that are block devices but never disks to put a system on.
NOT_DISKS = ("loop", "ram", "zram", "sr", "fd", "md", "dm-", "nbd")


def list_blocks(host: Host) -> list[dict[str, Any]]:
    """What lsblk says of every block device, flat, each device once.

    ``--merge``-free tree output repeats an array under each of its members: we keep the first.
    ``below`` is the type of what it was found under, "" for what lies on nothing.
    """
    result = host.run(
        ["lsblk", "--json", "--bytes", "--all", "--output", COLUMNS], quiet=True, timeout=60
    )
    found: dict[str, dict[str, Any]] = {}

    def walk(nodes: list[dict[str, Any]], below: str) -> None:
        for node in nodes:
            children = node.pop("children", [])
            node |= {key: clean(node[key]) for key in ("kname", "path", "maj:min")}
            node["below"] = below
            found.setdefault(node["kname"], node)
            walk(children, node["type"])

    walk(json.loads(result.stdout)["blockdevices"], "")
    return list(found.values())


def read_disks(host: Host, blocks: list[dict[str, Any]]) -> tuple[Disk, ...]:
    """Every disk of the machine with its partitions, by name."""
    links = {kind: _links(host, f"/dev/disk/{kind}") for kind in ("by-id", "by-path")}
    disks = [
        _disk(host, node, blocks, links)
        for node in blocks
        if node["type"] == "disk" and not node["kname"].startswith(NOT_DISKS) and node["size"]
    ]
    return tuple(sorted(_told_apart(disks), key=lambda disk: (len(disk.name), disk.name)))


def _told_apart(disks: list[Disk]) -> list[Disk]:
    """The same disks, each with what of its names another has too."""
    count = Counter(name for disk in disks for name in disk.identities)
    return [replace(disk, shared=tuple(n for n in disk.identities if count[n] > 1))
            for disk in disks]


def read_mapped(blocks: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The device mapper's devices and what each is: crypt, lvm, mpath … (lsblk(8), TYPE).

    A partition (kpartx makes them, "part" to lsblk) is what the device is that it is a part of.
    """
    return tuple(sorted(
        (clean(node["path"]), clean(node["below"] if node["type"] == "part" else node["type"]))
        for node in blocks if node["kname"].startswith("dm-")))


def content_of(node: dict[str, Any]) -> Content | None:
    """The signature lsblk reports for a device."""
    if not node.get("fstype"):
        return None
    return Content(
        clean(node["fstype"]), clean(node.get("uuid")), clean(node.get("label")),
        clean(node.get("fsver")),
    )


def content_with_features(host: Host, node: dict[str, Any]) -> Content | None:
    """The same, with what a file system's superblock says of how it was made."""
    content = content_of(node)
    if content is None or content.kind not in WITH_FEATURES:
        return content
    start = host.sector(node["path"], 0, superblock.LENGTH)
    return replace(content, features=superblock.features_of(start),
                   reserved=superblock.reserved_of(start))


def _disk(
    host: Host,
    node: dict[str, Any],
    blocks: list[dict[str, Any]],
    links: dict[str, dict[str, tuple[str, ...]]],
) -> Disk:
    name = node["kname"]
    sysfs = f"/sys/block/{name}"
    partitions = [
        _partition(host, part, sysfs)
        for part in blocks
        if part["type"] == "part" and host.exists(f"{sysfs}/{part['kname']}")
    ]
    mbr = host.sector(node["path"])
    partitions = _extended(mbr, node["log-sec"], partitions)
    content = content_of(node)
    return Disk(
        name=name,
        path=node["path"],
        devno=node["maj:min"],
        size=node["size"],
        sector_size=node["log-sec"],
        physical_sector_size=node["phy-sec"],
        model=_model(node),
        serial=clean(node["serial"]) or _serial(host, sysfs),
        wwn=clean(node["wwn"]),
        by_id=links["by-id"].get(name, ()),
        by_path=links["by-path"].get(name, ()),
        transport=clean(node["tran"]),
        removable=bool(node["rm"]) or node["tran"] == "usb",
        read_only=bool(node["ro"]),
        rotational=bool(node["rota"]),
        temperature=_temperature(host, sysfs),
        table=clean(node["pttype"]),
        table_id=clean(node["ptuuid"]),
        pmbr_boot=node["pttype"] == "gpt" and mbr[BEFORE_THE_TABLE:].startswith(ACTIVE),
        partitions=tuple(sorted(partitions, key=lambda p: p.number)),
        content=content,
        holders=tuple(map(clean, host.listing(f"{sysfs}/holders"))),
    )


def _extended(mbr: bytes, sector: int, partitions: list[Partition]) -> list[Partition]:
    """The same partitions; an extended one, of which the kernel shows two sectors only (its own
    table), with the extent the MBR's entry gives: type at byte 4, start at 8, sectors at 12."""
    entries = [mbr[at : at + 16] for at in range(446, 510, 16)] if len(mbr) >= SECTOR else []
    extents = {number: int.from_bytes(entry[12:16], "little") * sector
               for number, entry in enumerate(entries, 1) if entry[4:5] in EXTENDED_TYPES}
    return [replace(p, size=extents[p.number]) if p.number in extents else p for p in partitions]


def _partition(host: Host, node: dict[str, Any], disk_sysfs: str) -> Partition:
    name = node["kname"]
    sysfs = f"{disk_sysfs}/{name}"
    kind = clean(node["parttype"]).lower()
    content = content_with_features(host, node)
    flags = clean(node["partflags"])
    return Partition(
        number=int(host.read(f"{sysfs}/partition") or 0),
        name=name,
        path=node["path"],
        start=int(host.read(f"{sysfs}/start") or 0) * SECTOR,
        size=node["size"],
        type=kind.removeprefix("0x"),
        bootable=flags.startswith("0x") and bool(int(flags, 16) & MBR_ACTIVE),
        partuuid=clean(node["partuuid"]),
        label=clean(node["partlabel"]),
        content=content,
        holders=tuple(map(clean, host.listing(f"{sysfs}/holders"))),
    )


def _model(node: dict[str, Any]) -> str:
    """Vendor and model as one, without the bus's own name that SATA disks give as vendor."""
    vendor, model = clean(node["vendor"]), clean(node["model"])
    if vendor in ("", "ATA") or vendor.startswith("0x") or model.startswith(vendor):
        return model
    return f"{vendor} {model}".strip()


def _serial(host: Host, sysfs: str) -> str:
    """The serial number from sysfs, for machines whose udev does not know it."""
    for place in ("serial", "device/serial"):
        if text := host.read(f"{sysfs}/{place}"):
            return clean(text)
    # SCSI: the unit serial number page (0x80); its first four bytes are the page's header.
    page = host.read(f"{sysfs}/device/vpd_pg80")
    return clean(page[4:]) if page else ""


def _temperature(host: Host, sysfs: str) -> int | None:
    """Degrees Celsius from the disk's hwmon (drivetemp, nvme), where the kernel has one."""
    for place in (f"{sysfs}/device/hwmon", f"{sysfs}/device"):
        for name in host.listing(place):
            if name.startswith("hwmon"):
                text = host.read(f"{place}/{name}/temp1_input")
                if text and text.strip().lstrip("-").isdigit():
                    return int(text) // 1000
    return None


def _links(host: Host, directory: str) -> dict[str, tuple[str, ...]]:
    """Kernel name to the links under /dev/disk/… that lead to it."""
    found: dict[str, list[str]] = {}
    for entry in host.listing(directory):
        path = f"{directory}/{entry}"
        found.setdefault(host.resolve(path).rsplit("/", 1)[-1], []).append(clean(path))
    return {name: tuple(sorted(paths, key=_preference)) for name, paths in found.items()}


def _preference(path: str) -> tuple[bool, int, str]:
    """Readable links first: a WWN says less to a person than a model and serial."""
    name = path.rsplit("/", 1)[-1]
    return (name.startswith(("wwn-", "nvme-eui", "nvme-nvme", "scsi-3")), -len(name), name)
