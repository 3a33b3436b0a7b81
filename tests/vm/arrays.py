"""What a running machine's / and /boot stand on, read without bootmirror."""

from __future__ import annotations

from dataclasses import dataclass

from tests.vm.ssh import Ssh


@dataclass(frozen=True)
class Array:
    """An array that carries a mounted file system."""

    name: str  # as the kernel calls it: md0
    uuid: str
    slots: int
    serials: tuple[str, ...]  # serial numbers of the disks that are in sync, sorted
    bad_blocks: bool  # a leg has unreadable places on record


def source_of(ssh: Ssh, mount: str) -> str:
    """The device mounted there: /dev/md0, or /dev/sda2."""
    return ssh.run("findmnt", "--noheadings", "--output", "SOURCE", mount).strip()


def device_of(ssh: Ssh, serial: str) -> str:
    """The disk with that serial number: /dev/sda, or /dev/sdb the next time it boots."""
    listing = ssh.run("lsblk", "--nodeps", "--noheadings", "--raw", "--output", "NAME,SERIAL")
    for line in listing.splitlines():
        name, _, found = line.partition(" ")
        if found == serial:
            return f"/dev/{name}"
    raise LookupError(f"no disk has the serial number {serial}:\n{listing}")


def _serial(ssh: Ssh, device: str) -> str:
    disk = ssh.run("lsblk", "--noheadings", "--nodeps", "--output", "PKNAME", f"/dev/{device}")
    out = ssh.run("lsblk", "--noheadings", "--nodeps", "--output", "SERIAL", f"/dev/{disk.strip()}")
    return out.strip()


def array_of(ssh: Ssh, mount: str) -> Array | None:
    """The array a file system is mounted from; None when it is mounted from no array."""
    device = source_of(ssh, mount)
    name = ssh.run("readlink", "-f", device).strip().removeprefix("/dev/")
    if name.startswith("dm-"):  # a logical volume: what it lies on
        name = ssh.run("ls", f"/sys/block/{name}/slaves").strip()
    if not name.startswith("md"):
        return None
    each = 'echo "${d##*/dev-} $(cat $d/state) :$(cat $d/bad_blocks)"'
    script = f'for d in "$1"/dev-*; do {each}; done'
    in_sync, bad = [], False
    for line in ssh.run("sh", "-c", script, "sh", f"/sys/block/{name}/md").splitlines():
        head, _, blocks = line.partition(":")
        member, state = head.split()[:2]
        bad = bad or bool(blocks.strip())
        if "in_sync" in state.split(","):
            in_sync.append(_serial(ssh, member))
    detail = ssh.run("mdadm", "--detail", "--export", f"/dev/{name}")
    values = dict(line.split("=", 1) for line in detail.splitlines() if "=" in line)
    return Array(name, values["MD_UUID"], int(values["MD_DEVICES"]), tuple(sorted(in_sync)), bad)


# Read from end to end by md itself, both halves of each array; the sectors that differ.
_SCRUB = """
cd /sys/block
for md in md[0-9]*/md; do
    while [ "$(cat $md/sync_action)" != idle ]; do sleep 1; done
    echo check >$md/sync_action
    while [ "$(cat $md/sync_action)" != idle ]; do sleep 1; done
    echo "${md%/md} $(cat $md/mismatch_cnt)"
done
"""


def scrub(ssh: Ssh) -> dict[str, int]:
    """Compare the halves of every array; how many sectors differ, by the array's name."""
    lines = ssh.run("sh", "-c", _SCRUB, timeout=1800).splitlines()
    return {name: int(count) for name, count in (line.split() for line in lines)}
