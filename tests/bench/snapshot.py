"""A snapshot of the facts against ``lsblk --json`` alone, on the practice machine."""

from __future__ import annotations

import json

from tests.bench.figures import Figure
from tests.vm.machine import Machine
from tests.vm.progress import phase

# On the machine: each in turn, in a process that is warm, as the screen's is; the medians.
SCRIPT = """
import json, statistics, subprocess, time
from bootmirror.host.host import Host
from bootmirror.machine.inspect import glance, inspect
host = Host()
machine = inspect(host)
def lsblk():
    argv = ["lsblk", "--json", "--bytes", "--output-all"]
    json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
def took(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began
works = (lambda: inspect(host), lambda: glance(host, machine), lsblk)
rounds = [[took(work) for work in works] for _ in range(7)]
print(json.dumps([statistics.median(column) for column in zip(*rounds)]))
"""


def facts_figures(machine: Machine) -> list[Figure]:
    """The whole snapshot, and the look once a second that only reads what changes."""
    with phase("a snapshot of the facts, beside lsblk"):
        out = machine.ssh.run("/opt/bootmirror/bin/python3", "-I", "-c", SCRIPT)
    whole, glance, lsblk = json.loads(out)
    return [
        Figure("facts: a whole snapshot against lsblk --json", whole / lsblk, "", 5.0),
        Figure("facts: the look once a second against lsblk --json", glance / lsblk, "", 0.1),
    ]
