"""A machine whose /proc and /sys are files: processes in mount namespaces of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bootmirror.host.host import LARGEST_FILE, Host, Result

OURS, SERVICE, CONTAINER = "mnt:[1]", "mnt:[2]", "mnt:[3]"


class Processes(Host):
    """What unmounts in a namespace takes the lines away, unless the machine is ``busy``."""

    def __init__(self, top: Path) -> None:
        super().__init__()
        self.top = top
        self.ran: list[list[str]] = []
        self.busy = False
        self.process("self", "bootmirror", OURS)

    def process(self, pid: str, name: str, namespace: str, *mounts: str, root: str = "/") -> None:
        """``mounts`` are NUMBER DEVICE ROOT TARGET."""
        place = self.top / "proc" / pid
        (place / "ns").mkdir(parents=True)
        (place / "ns/mnt").symlink_to(namespace)
        (place / "root").symlink_to(root)
        (place / "comm").write_text(f"{name}\n")
        self.mounted(pid, *mounts)

    def mounted(self, pid: str, *mounts: str) -> None:
        lines = (mount.split(" ", 1) for mount in mounts)
        (self.top / "proc" / pid / "mountinfo").write_text("".join(
            f"{number} 1 {rest} rw,relatime - ext4 /dev/x rw\n" for number, rest in lines))

    def device(self, name: str, number: str, *above: str) -> None:
        place = self.top / "sys/class/block" / name
        (place / "holders").mkdir(parents=True)
        (place / "dev").write_text(f"{number}\n")
        for other in above:
            (place / "holders" / other).touch()

    def run(self, argv: Sequence[str], **_rest: Any) -> Result:
        words = list(argv)
        self.ran.append(words)
        if words[0] == "umount":
            self._gone("self", f" {words[1]} rw")
        elif not self.busy:
            for number in words[5::2]:
                self._gone(words[4], f"{number} ")
        return Result(int(self.busy), "", "")

    def _gone(self, pid: str, words: str) -> None:
        file = self.top / "proc" / pid / "mountinfo"
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(
            line for line in lines if words not in line.replace("\\040", " ")))

    def link(self, path: str | Path) -> str:
        return super().link(f"{self.top}{path}")

    def listing(self, path: str | Path) -> list[str]:
        return super().listing(f"{self.top}{path}")

    def read(self, path: str | Path) -> str | None:
        return super().read(f"{self.top}{path}")

    def content(self, path: str | Path, offset: int = 0, length: int = LARGEST_FILE
                ) -> bytes | None:
        return super().content(f"{self.top}{path}", offset, length)
