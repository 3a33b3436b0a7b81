"""Changing a mirrored disk from outside, in the image of a machine that is off."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.vm.proofs import require
from tests.vm.superblocks import Member, members


def array_members(image: Path) -> list[Member]:
    """The halves of /boot and /. Raises ProofError when there are others."""
    found = members(image)
    require(len(found) == 2, f"the disk holds {len(found)} array members, not /boot and /")
    return found


def debugfs(image: Path, member: Member, *commands: str) -> str:
    """Look into, or change, a member's file system (debugfs(8)); what that printed."""
    done = subprocess.run(
        [shutil.which("debugfs") or "/sbin/debugfs", "-w", "-f", "-",
         f"{image}?offset={member.data}"],
        check=True, input="\n".join(commands).encode(), capture_output=True,
    )
    return done.stdout.decode()


def in_root(image: Path, *commands: str) -> None:
    """Carry these out in the root file system."""
    debugfs(image, array_members(image)[-1], *commands)


def edit(image: Path, path: str, change: Callable[[str], str]) -> None:
    """Give a file of the root file system another text. Raises ProofError for the one it had."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "file"
        in_root(image, f"dump {path} {file}")
        text = file.read_text()
        require(change(text) != text, f"{path} did not change")
        file.write_text(change(text))
        directory, _, name = path.rpartition("/")
        in_root(image, f"cd {directory}", f"rm {name}", f"write {file} {name}")
