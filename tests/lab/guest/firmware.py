"""What a BIOS and GRUB do with the lab's disks, from what lies on them: prints the root's device.

The lab's kernel runs already, so nothing is loaded; but each thing that a boot needs is read from
where it would be read, and a boot that would stop stops here: a first sector that hands on to
another disk, GRUB's mark and the file system it looks into, its environment, the one-shot entry and
its way back, the menu in the array, kernel and initramfs, the root. tests/vm shows that real ones
do this.

Exit code 0 and the device; 1 and the reasons when the machine does not come up.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from bootmirror.formats.grub_custom import DEFAULT, STAGE
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.boot_code import hand_on
from bootmirror.kinds.grub_entry import ENTRY_ID
from tests.lab.guest.results import run

SECTOR = 512
RESETS = 5
IMAGE_END = "TRAILER!!!"  # of an archive as guest/programs/update-initramfs writes it
PLACE = Path("/run/firmware")
ENTRY = re.compile(
    r"--id " + ENTRY_ID + r" .*?--set=root (?P<files>\S+);.*?"
    r"linux (?P<kernel>\S+) (?P<words>[^;]*);.*?initrd (?P<initrd>\S+);", re.S)


class Failed(Exception):  # noqa: N818 - what happened
    """An entry of the menu that GRUB comes back from."""


class Reset(Exception):  # noqa: N818
    """The kernel panics and restarts the machine."""


class Stopped(Exception):  # noqa: N818
    """Nothing goes on by itself."""


def by_uuid(uuid: str) -> str:
    """The device with a file system: an array's where its members show it too."""
    found = run("blkid", "--cache-file", "/dev/null", "--output", "device", "--match-token",
                f"UUID={uuid}", ok=(0, 2)).split()
    return next(iter(sorted(found, key=lambda path: not path.startswith("/dev/md"))), "")


@dataclass(frozen=True)
class Disk:
    """A disk as the BIOS reads it."""

    path: str
    head: bytes  # its first two sectors

    @property
    def bootable(self) -> bool:
        return self.head[510:512] == b"\x55\xaa"

    @property
    def identifier(self) -> str:
        return f"{int.from_bytes(self.head[440:444], 'little'):08x}"


class Files:
    """The file system with GRUB's files, mounted while it is read."""

    def __init__(self, uuid: str) -> None:
        self.device = by_uuid(uuid)
        if not self.device:
            raise Failed(f"there is no file system {uuid}")
        self.place = PLACE / uuid
        self.place.mkdir(parents=True, exist_ok=True)
        # GRUB writes into its environment on a plain disk, and nowhere else.
        self.plain = not self.device.startswith("/dev/md")
        run("mount", *(() if self.plain else ("-o", "ro")), self.device, str(self.place))

    def __enter__(self) -> Files:
        return self

    def __exit__(self, *_: object) -> None:
        run("umount", str(self.place))

    def read(self, path: str) -> str:
        """A file that has its content: after a power cut one may be there and hold nothing."""
        file = self.place / path.lstrip("/")
        text = file.read_text("utf-8", "replace") if file.exists() else ""
        if not text.strip("\0 \n"):
            raise Failed(f"{path} on {self.device} is missing or holds nothing")
        return text

    def environment(self) -> dict[str, str]:
        file = self.place / "grub/grubenv"
        return parse_grubenv(file.read_text()) if file.exists() else {}

    def note(self, *words: str) -> None:
        if self.plain:
            run("grub-editenv", str(self.place / "grub/grubenv"), *words)


def start(disks: list[Disk]) -> str:
    """The first disk with something in its first sector; where that hands on, the other disk."""
    for disk in disks:
        if not disk.bootable:
            continue
        if b"GRUB" in disk.head[:440]:
            return grub(disk)
        for other in disks:
            if other.bootable and disk.head[:440] == hand_on(other.identifier):
                return start([other])
    raise Stopped("no disk has a boot loader")


def grub(disk: Disk) -> str:
    words = disk.head[SECTOR:].split(b"\n")[0].decode("ascii", "replace").split()
    try:
        with Files(words[1]) as files:
            return menu(files)
    except Failed as error:
        raise Stopped(f"GRUB of {disk.path} stops at its prompt: {error}") from error


def menu(files: Files) -> str:
    environment = files.environment()
    custom = files.place / "grub/custom.cfg"
    entry = ENTRY.search(custom.read_text() if custom.exists() else "")
    try:
        if environment.get("next_entry") == ENTRY_ID:
            files.note("unset", "next_entry")
            if entry is not None:
                return first_boot(files, entry)
        elif environment.get(DEFAULT) == "mirror" and entry is not None and files.plain:
            with Files(entry["files"]) as there:
                return from_menu(there)
    except Failed as error:
        print(f"the entry fails: {error}", file=sys.stderr)
    return from_menu(files)


def first_boot(files: Files, entry: re.Match[str]) -> str:
    files.note("set", f"{STAGE}=entered")
    with Files(entry["files"]) as there:
        files.note("set", f"{STAGE}=found")
        files.read("/grub/i386-pc/linux.mod")
        loaded = there.read(entry["kernel"]) and there.read(entry["initrd"])
        files.note("set", f"{STAGE}=loaded")
    return initramfs(loaded, entry["words"])


def from_menu(files: Files) -> str:
    lines = [line.split(None, 2) for line in files.read("/grub/grub.cfg").splitlines()]
    kernel, words = next((line[1], line[2]) for line in lines if line[0] == "linux")
    files.read("/grub/i386-pc/linux.mod")
    image = next(line[1] for line in lines if line[0] == "initrd")
    files.read(kernel)
    return initramfs(files.read(image), words)


def initramfs(image: str, words: str) -> str:
    """The root by the kernel's command line; an array only with its line in the image."""
    uuid = next(w.removeprefix("root=UUID=") for w in words.split() if w.startswith("root=UUID="))
    device = by_uuid(uuid)
    trouble = ""
    if not image.rstrip("\0").endswith(IMAGE_END):
        trouble = "the initramfs is torn"
    elif not device:
        trouble = f"no root {uuid}"
    elif device.startswith("/dev/md"):
        detail = run("mdadm", "--detail", "--export", device)
        array = next(line for line in detail.splitlines() if line.startswith("MD_UUID="))
        if array.removeprefix("MD_") not in image:
            trouble = f"the initramfs does not know the array of {uuid}"
    if trouble and "panic=" in words:
        raise Reset(trouble)
    if trouble:
        raise Stopped(f"the initramfs waits for a person: {trouble}")
    return device


def run_degraded() -> None:
    """Start the arrays that wait for a member: GRUB reads them as they are, and Debian's initramfs
    does this after a while (mdadm's scripts/local-block)."""
    for line in Path("/proc/mdstat").read_text().splitlines():
        if " : inactive " in line:
            run("mdadm", "--run", f"/dev/{line.split()[0]}", ok=(0, 1))
    run("udevadm", "settle")


def main() -> int:
    run_degraded()
    disks = []
    for path in sorted(Path("/sys/block").glob("sd?")):
        with Path(f"/dev/{path.name}").open("rb") as file:
            disks.append(Disk(f"/dev/{path.name}", file.read(2 * SECTOR)))
    for _ in range(RESETS):
        try:
            print(start(disks))
        except Reset as error:
            print(f"the kernel panics: {error}", file=sys.stderr)
        except (Stopped, Failed, RuntimeError) as error:  # the last: a program failed
            print(error, file=sys.stderr)
            return 1
        else:
            return 0
    print("it restarts again and again", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
