"""A converted machine rehearses one of its own disks, in use as they are: QEMU in QEMU.

The first of two machines emulates the second, which is slow.
"""

from __future__ import annotations

import json

from tests.vm.commands import BOOTMIRROR, bootmirror, conversion, plan_and_apply
from tests.vm.image.spec import BOOT, MIRROR_SERIAL, SOURCE_SERIAL, SWAP_PART, Part, Spec
from tests.vm.practice import practice_machine
from tests.vm.progress import phase, say
from tests.vm.proofs import require

SPEC = Spec(
    "rehearse-in-place", parts=(BOOT, Part("/", 3072), SWAP_PART),
    packages=("qemu-system-x86", "qemu-utils"),
)
LIMIT = 3 * 3600  # seconds
# In a machine that slow no device appears within systemd's minute and a half.
PATIENT = "[Manager]\nDefaultDeviceTimeoutSec=2h\nDefaultTimeoutStartSec=2h\n"
MEMORY = 3072  # MiB of the outer machine; the inner one gets 768 of them


def run() -> str:
    """Carry it out; the words of the last line. Raises ProofError."""
    with practice_machine(SPEC, memory=MEMORY) as practice:
        machine = practice.machine
        machine.ssh.run("sh", "-c", "mkdir -p /etc/systemd/system.conf.d && "
                        f"printf '{PATIENT}' >/etc/systemd/system.conf.d/patient.conf")
        plan_and_apply(machine.ssh)
        with phase("the first boot from the array"):
            machine.reboot()
        bootmirror(machine.ssh, "resume", "--erase", SOURCE_SERIAL)
        bootmirror(machine.ssh, "rehearse", MIRROR_SERIAL, "--accelerator", "tcg",
                   "--limit", str(LIMIT), "--memory", "768")
        found = conversion(machine.ssh)
        proofs = {proof["disk"]: proof["verdict"] for proof in found["proofs"]}
        require(proofs == {MIRROR_SERIAL: "proved"}, f"the journal has the proofs {proofs}")
        said = json.loads(machine.ssh.run(BOOTMIRROR, "verify", "--json"))
        point = next(c for c in said["checks"] if c["name"] == "each disk boots alone")
        say(f"{point['name']}: {point['detail']}")
        require("proved" in point["detail"], "verify does not tell of the proof")
        require(bool(said["ok"]), f"verify does not hold: {said}")
        return "a disk in use was proved to boot alone, in a virtual machine on its own machine"
