"""Services and a container that begin while the copy is mounted: are its arrays let go after?"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bootmirror.actions.disks import StopArrays
from bootmirror.actions.mounts import Mount, UnmountAll
from bootmirror.actions.places import TARGET
from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.machine.namespaces import other_namespaces
from tests.lab.guest.results import create, hand_back, partition, run, udev_held, wait_for
from tests.lab.guest.steps import PrintedReport

BOOT = f"{TARGET}/boot"
ARRAYS = ("/dev/md0", "/dev/md1")
STAYS = "exec sleep 1000"
# Its root is a file system of its own, and the machine's lies below it: docker run -v /:/rootfs.
CONTAINER = f"""
    mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir rootfs old proc &&
    mount --rbind / rootfs && mount -t proc proc proc &&
    ln -s rootfs/usr usr && ln -s usr/bin usr/lib usr/lib64 . &&
    pivot_root . old && umount --lazy /old && {STAYS}
"""


def host() -> Host:
    return Host(on_command=lambda command: print(*command.argv, command.output, flush=True))


def mount_copy() -> None:
    for path, place in zip(ARRAYS, (TARGET, BOOT), strict=True):
        Mount(path, place, ("--make-private",)).perform(host(), PrintedReport())


@contextlib.contextmanager
def service(script: str) -> Iterator[list[str]]:
    """A shell's work in a mount namespace of its own, as systemd makes them; where it has the
    copy."""
    with subprocess.Popen(["unshare", "--mount", "--propagation", "slave", "sh", "-c", script],
                          stderr=subprocess.DEVNULL) as process:
        wait_for("the service", lambda: process.poll() is not None or Path(
            f"/proc/{process.pid}/comm").read_text() == "sleep\n")
        try:
            yield [mount.target for other in other_namespaces(host(), lambda mount: mount.target
                   .endswith(TARGET)) for mount in other.mounts]
        finally:
            process.kill()


def unmounted_and_stopped(*needed: str) -> str:
    """What kept the arrays from being stopped; they run again afterwards."""
    try:
        UnmountAll(TARGET, needed).perform(host(), PrintedReport())
        StopArrays("sda").perform(host(), PrintedReport())
    except BootmirrorError as error:
        return f"{error.message} {error.hint}"
    assemble()
    return ""


def assemble() -> None:
    for number, path in enumerate(ARRAYS, 1):
        run("mdadm", "--assemble", "--run", path, f"/dev/sda{number}", ok=(0, 1, 2))


def main() -> None:
    """Entry."""
    found: dict[str, Any] = {}
    run("mount", "--make-shared", "/run")  # as systemd has it
    partition("/dev/sda", "60MiB", "60MiB")
    with udev_held():  # it would start the arrays again
        for number, path in enumerate(ARRAYS):
            create(number, f"/dev/sda{number + 1}", "missing")
            run("mkfs.ext4", "-q", path)
        run("mount", "--make-private", ARRAYS[0], "/tmp")
        Path("/tmp/boot").mkdir()
        run("umount", "/tmp")

        mount_copy()
        with service(STAYS) as found["service has"]:
            # Ours alone, as it was: the hazard is there.
            run("umount", BOOT)
            run("umount", TARGET)
            try:
                StopArrays("sda").perform(host(), PrintedReport())
            except BootmirrorError as error:
                found["ours alone"] = f"{error.message} {error.hint}"
            # As in an undo after that: nothing of ours is mounted any more.
            found["service"] = unmounted_and_stopped("/dev/sda1", "/dev/sda2")
        mount_copy()
        with service(CONTAINER) as found["container has"]:
            found["container"] = unmounted_and_stopped()
        mount_copy()
        with service(f"cd {BOOT} && {STAYS}"):
            found["at work there"] = unmounted_and_stopped("/dev/sda2")
            found["and not needed"] = unmounted_and_stopped()
        found["when it has ended"] = unmounted_and_stopped()
    hand_back(found)


if __name__ == "__main__":
    main()
