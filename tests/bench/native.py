"""The full screen on this computer, on a fake machine: bytes, time and processor, beside others."""

from __future__ import annotations

import shutil

from tests.bench.figures import Figure
from tests.tui.terminal_bytes import environment, measure, measure_program
from tests.vm.progress import phase

SECONDS = 20.0
SIZE = (80, 24)
PAINT, RESYNC, PROCESSOR = 25_000, 300, 1.5  # bytes, bytes a second, % of one core


def native_figures() -> list[Figure]:
    """Idle, a resync, and what others would send in its place."""
    with phase("the screen here, idle"):
        idle = measure("idle", SECONDS, SIZE, "xterm")
    with phase("the screen here, a resync told anew each second"):
        moving = measure("resync", SECONDS, SIZE, "xterm")
    found = [
        Figure("idle", idle.bytes_per_second, "B/s", 0),
        Figure("idle: processor", idle.cpu_percent, "%", PROCESSOR),
        Figure("first paint, 16 colours", idle.first_paint_bytes, "B", PAINT),
        Figure("time to it", idle.first_paint_seconds, "s"),
        Figure("while a resync runs", moving.bytes_per_second, "B/s", RESYNC),
        Figure("while a resync runs: processor", moving.cpu_percent, "%", PROCESSOR),
    ]
    others = (("watch -n1 cat /proc/mdstat", "watch", "-n1", "cat", "/proc/mdstat"),
              ("btop", "btop", "--low-color"))
    for name, *argv in others:
        if shutil.which(argv[0]) is None:
            raise RuntimeError(f"{argv[0]} is not installed: script/bench installs it")
        with phase(name):
            other = measure_program(argv, SECONDS, SIZE, environment("xterm"))
        found += [
            Figure(f"  {name}", other.bytes_per_second, "B/s"),
            Figure(f"  {name}: processor", other.cpu_percent, "%"),
            Figure(f"  {name}: first paint", other.first_paint_bytes, "B"),
        ]
    return found
