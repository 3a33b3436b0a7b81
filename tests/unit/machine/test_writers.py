"""Which databases and virtual machines run."""

from __future__ import annotations

from pathlib import Path

from bootmirror.host.host import Host
from bootmirror.machine.writers import read_writers

RUNNING = {"1": "systemd", "400": "postgres", "401": "postgres", "77": "bash", "9": None,
           "12": "mariadbd"}


class Processes(Host):
    """/proc of a machine; one process has ended by the time it is looked at."""

    def listing(self, path: str | Path) -> list[str]:
        return [*RUNNING, "self", "cpuinfo"] if str(path) == "/proc" else []

    def read(self, path: str | Path) -> str | None:
        name = RUNNING.get(Path(path).parent.name)
        return f"{name}\n" if name else None


def test_each_is_named_once() -> None:
    assert read_writers(Processes()) == ("mariadbd", "postgres")


def test_this_machine_can_be_looked_at() -> None:
    read_writers(Host())
