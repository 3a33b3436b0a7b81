"""The mirror comes from another machine: an old array, an old volume group, an old file system.

At the machine's next boot all of them start by themselves.
"""

from __future__ import annotations

import json
from dataclasses import replace

from tests.vm.arrays import device_of
from tests.vm.commands import BOOTMIRROR, PLAN
from tests.vm.convert import convert
from tests.vm.image.spec import MIRROR_SERIAL, PRACTICE
from tests.vm.practice import Practice
from tests.vm.progress import phase, say
from tests.vm.proofs import require

SPEC = replace(PRACTICE, name="stale-superblocks", packages=("lvm2",))

# $1 is the disk. One array has its superblock at the end of its partition, one at the start.
PAST = """
set -eu
sfdisk --quiet "$1" <<TABLE
label: gpt
start=1MiB, size=300MiB
size=600MiB
size=300MiB
size=200MiB
TABLE
udevadm settle
mdadm --quiet --create /dev/md50 --run --level=1 --raid-devices=2 --metadata=1.0 --bitmap=none \
    "${1}1" missing
mdadm --quiet --create /dev/md51 --run --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
    "${1}2" missing
mkfs.ext4 -q -L old-root /dev/md50
vgcreate -q old_inside /dev/md51
lvcreate -q -y -L 100m -n data old_inside
mkfs.ext4 -q /dev/old_inside/data
vgcreate -q old_beside "${1}3"
lvcreate -q -y -L 100m -n home old_beside
mkfs.ext4 -q -L old-home "${1}4"
vgchange -q -an old_inside old_beside
mdadm --quiet --stop /dev/md50 /dev/md51
sync
"""


def _give_it_a_past(practice: Practice) -> None:
    machine = practice.machine
    with phase("giving the second disk a past; a boot, which starts what it finds"):
        machine.ssh.run("sh", "-c", PAST, "sh", device_of(machine.ssh, MIRROR_SERIAL))
        machine.reboot()
    for line in machine.ssh.run("lsblk", "--output", "NAME,TYPE,FSTYPE,LABEL").splitlines():
        say(f"  {line}")


def _it_was_shown(practice: Practice) -> None:
    """The plan, which was approved, names each of them."""
    plan = json.loads(practice.machine.ssh.run("cat", PLAN))
    said = " ".join(plan["warnings"])
    for words in ("old array", "volume group old_inside (data)", "volume group old_beside (home)",
                  "ext4 “old-home”"):
        require(words in said, f"the plan does not say {words!r}: {said}")
    known = practice.machine.ssh.run("vgs", "--noheadings", "--options", "vg_name")
    require(not known.strip(), f"there still are volume groups: {known}")
    say(practice.machine.ssh.run(BOOTMIRROR, "status").splitlines()[0])


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    return convert(SPEC, before=_give_it_a_past, planned=_it_was_shown)
