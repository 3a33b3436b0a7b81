"""bootmirror on the machine, headless, as a person at a shell runs it."""

from __future__ import annotations

import json
from typing import Any

from tests.vm.arrays import device_of
from tests.vm.image.spec import MIRROR_SERIAL, SOURCE_SERIAL
from tests.vm.progress import phase
from tests.vm.proofs import require
from tests.vm.ssh import Ssh

BOOTMIRROR = "/usr/local/sbin/bootmirror"
PLAN = "/run/plan.json"  # in memory, so that it is not among the files compared


def bootmirror(ssh: Ssh, *arguments: str, code: int = 0) -> None:
    """Run a command, its output shown. Raises ProofError unless it exits with ``code``."""
    with phase(f"bootmirror {' '.join(arguments)}"):
        found = ssh.stream(BOOTMIRROR, *arguments)
    require(found == code, f"bootmirror {arguments[0]} exited with {found}, not with {code}")


def in_background(ssh: Ssh, *arguments: str) -> None:
    """Begin a command and leave it to itself."""
    words = " ".join((BOOTMIRROR, *arguments))
    ssh.run("sh", "-c", "rm -f /run/code; "
            f"({words} >/run/told 2>&1; echo $? >/run/code) >/dev/null 2>&1 &")


def code_in_background(ssh: Ssh) -> str:
    """What that exited with; "" while it runs."""
    return ssh.run("sh", "-c", "cat /run/code 2>/dev/null || :").strip()


def told_in_background(ssh: Ssh) -> str:
    """What that printed."""
    return ssh.run("cat", "/run/told")


def conversion(ssh: Ssh) -> dict[str, Any]:
    """What ``bootmirror status --json`` says of the conversion."""
    answer = json.loads(ssh.run(BOOTMIRROR, "status", "--json"))
    found = answer.get("conversion")
    require(isinstance(found, dict), "bootmirror status --json says nothing of a conversion")
    return dict(found)


def running_step(ssh: Ssh) -> str:
    """The id of the step a worker is carrying out now; "" when none is at work."""
    found = conversion(ssh)
    if found.get("phase") != "running":
        return ""
    at_work = [step["id"] for step in found.get("steps", []) if step["state"] == "running"]
    # Between two steps the worker runs while no step does.
    return str(at_work[0]) if at_work else "between steps"


def plan(ssh: Ssh, *more: str) -> None:
    """The plan of one disk onto the other, with more arguments."""
    source, mirror = device_of(ssh, SOURCE_SERIAL), device_of(ssh, MIRROR_SERIAL)
    bootmirror(ssh, "plan", "--source", source, "--mirror", mirror, "--out", PLAN, *more)


def plan_and_apply(ssh: Ssh, *more: str) -> None:
    """The first half, up to "reboot now"; ``more`` are arguments of the plan."""
    plan(ssh, *more)
    bootmirror(ssh, "apply", PLAN, "--erase", MIRROR_SERIAL, code=4)


def refused_plan(ssh: Ssh) -> str:
    """Ask for the plan where it must be refused, nothing changed; what was said.

    Raises ProofError.
    """
    source, mirror = device_of(ssh, SOURCE_SERIAL), device_of(ssh, MIRROR_SERIAL)
    done = ssh.try_run(BOOTMIRROR, "plan", "--source", source, "--mirror", mirror, "--out", PLAN)
    said = done.stderr.decode("utf-8", "replace")
    require(done.returncode == 3, f"bootmirror plan exited with {done.returncode}: {said}")
    written = ssh.run("lsblk", "--noheadings", "--raw", "--output", "NAME", mirror).split()
    require(len(written) == 1, f"the mirror has partitions after a refusal: {written}")
    return said
