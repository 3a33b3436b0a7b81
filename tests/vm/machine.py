"""A practice machine: one QEMU with two disks, a serial console in a file, and SSH on loopback."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.vm.cache import cache_directory
from tests.vm.hardware import NVRAM, Drive, controllers, drive_arguments, firmware
from tests.vm.image.spec import PRACTICE, Spec
from tests.vm.lock import take_lock
from tests.vm.progress import say
from tests.vm.qmp import Qmp
from tests.vm.ssh import Ssh

BOOT_SECONDS = 300  # a boot takes 25 to 60 s; a loaded machine may need far longer
CLOCK_STOPPED = b"kthread timer wakeup didn't happen"  # the kernel's RCU, of a timer that was set


@dataclass(frozen=True)
class DiskImage:
    """A disk of the machine: its image and the serial number it answers with."""

    serial: str
    path: Path
    sector: int = 512  # bytes
    served: str = ""  # the URI of a server that stands between, where there is one

    def overlay(self, path: Path) -> DiskImage:
        """The same disk, what is written to it kept in another file."""
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-F", image_format(self.path),
             "-b", str(self.path), str(path)],
            check=True,
        )
        return DiskImage(self.serial, path, self.sector)


def image_format(path: Path) -> str:
    """qcow2 for what overlays make, raw for the rest."""
    return "qcow2" if path.suffix == ".qcow2" else "raw"


def blank_disk(serial: str, path: Path, size: int) -> DiskImage:
    """A new disk of ``size`` bytes with nothing on it."""
    with path.open("wb") as file:
        file.truncate(size)
    return DiskImage(serial, path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """Two disks, at most one QEMU running on them. Use it in a ``with``: it leaves nothing behind.

    ``spec`` says what its firmware is and what its disks hang on.

    ``durable`` makes writes reach the image before the guest is told so (for power cuts); without
    it the host's page cache holds them, which is faster and lost only if the host itself dies.
    """

    def __init__(
        self, spec: Spec = PRACTICE, *, memory: int = 1024, durable: bool = False
    ) -> None:
        self.spec = spec
        self._lock = take_lock()
        for left_over in cache_directory("vm").glob("machine-*"):  # of a run that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        self.directory = Path(tempfile.mkdtemp(prefix="machine-", dir=cache_directory("vm")))
        self.console = self.directory / "console.log"
        self.memory = memory  # MiB
        self.cache = "writeback" if durable else "unsafe"
        self.ssh = Ssh(_free_port(), self.directory)
        self._qemu: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._keep_console()
        self.power_cut()
        shutil.rmtree(self.directory, ignore_errors=True)
        self._lock.close()

    def _keep_console(self) -> None:
        if self.console.exists():
            kept = cache_directory("vm") / "last-failure-console.log"
            shutil.copy(self.console, kept)
            say(f"the machine's console is kept in {kept}")

    # -- power ------------------------------------------------------------------------------

    def start(self, disks: Sequence[DiskImage], *, extra: Sequence[str] = ()) -> None:
        """Switch on with these disks, the first one first in the BIOS's order."""
        if self._qemu is not None:
            raise RuntimeError("the machine is running")
        argv = [
            # No machine outlives the program that started it, however that ends.
            "setpriv", "--pdeathsig", "KILL",
            "qemu-system-x86_64", "-name", "bootmirror-practice",
            # Without HPET: its timers have hung an emulated machine early in a kernel's start.
            "-machine", "q35,hpet=off",
            # KVM may be there and not work (nested machines), so it is never asked for. Without
            # five-level page tables and "fast" string moves, which are slow to emulate, a boot
            # takes two thirds of the time.
            "-accel", "tcg,thread=multi", "-cpu", "max,la57=off,erms=off",
            "-smp", "2", "-m", str(self.memory),
            "-nodefaults", "-display", "none", "-vga", "none",
            "-chardev", f"file,id=console,path={self.console},append=on",
            "-serial", "chardev:console",
            "-qmp", f"unix:{self._monitor},server=on,wait=off",
            "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self.ssh.port}-:22",
            "-device", "virtio-net-pci,netdev=net,romfile=",
            "-object", "rng-random,id=rng,filename=/dev/urandom",
            "-device", "virtio-rng-pci,rng=rng",
            *controllers(self.spec), *firmware(self.spec, self.directory),
        ]
        for number, disk in enumerate(disks):
            file = disk.served or str(disk.path)
            drive = Drive(file, image_format(disk.path), disk.serial, disk.sector)
            argv += drive_arguments(self.spec, number, drive, self.cache)
        log = (self.directory / "qemu.log").open("ab")
        with log:
            self._qemu = subprocess.Popen(
                [*argv, *extra], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )

    @property
    def _monitor(self) -> Path:
        return self.directory / "qmp"

    @property
    def running(self) -> bool:
        return self._qemu is not None and self._qemu.poll() is None

    def wait_up(self, *, other_than: str = "", seconds: float = BOOT_SECONDS) -> str:
        """Wait for SSH, in a boot other than that one; the boot id. Raises TimeoutError."""
        self._check_running()
        return self.ssh.wait(seconds, other_than)

    def _check_running(self) -> None:
        if not self.running:
            log = (self.directory / "qemu.log").read_text(errors="replace")
            raise RuntimeError(f"QEMU is not running: {log[-2000:]}")

    def boot(self, disks: Sequence[DiskImage]) -> str:
        """Switch on and wait for SSH; the boot id.

        Where an emulated processor's clock has stopped, which the kernel tells, it is switched off
        and on once more: that is no fault of what boots.
        """
        shown = self.console_size()
        self.start(disks)
        try:
            return self.wait_up()
        except TimeoutError:
            if CLOCK_STOPPED not in self.console_from(shown):
                raise
        say("the emulated clock has stopped: off and on once more")
        self.power_cut()
        self.start(disks)
        return self.wait_up()

    def reboot(self) -> str:
        """Restart from within and wait for the new boot; its id."""
        before = self.ssh.boot_id()
        self.ssh.try_run("systemctl", "reboot")
        self.ssh.hang_up()
        return self.wait_up(other_than=before)

    def shut_down(self, seconds: float = 120) -> None:
        """Power off from within, and wait until QEMU has ended. Raises TimeoutError."""
        if self._qemu is None:
            return
        self.ssh.try_run("systemctl", "poweroff")
        self.ssh.hang_up()
        try:
            self._qemu.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"the machine did not power off within {seconds:.0f} s") from error
        self._qemu = None

    def wait_off(self) -> None:
        """Wait until the machine is switched off from within."""
        if self._qemu is not None:
            self._qemu.wait()

    def power_cut(self) -> None:
        """Pull the plug."""
        self.ssh.hang_up()
        if self._qemu is not None:
            with contextlib.suppress(ProcessLookupError):
                self._qemu.send_signal(signal.SIGKILL)
            self._qemu.wait()
            self._qemu = None

    def reset(self) -> None:
        """Press the reset button."""
        self.ssh.hang_up()
        with Qmp(self._monitor) as qmp:
            qmp.run("system_reset")

    def pull_disk(self, number: int) -> None:
        """Take a disk out of the running machine."""
        with Qmp(self._monitor) as qmp:
            devices = qmp.run("query-block")
            path = next(d["qdev"] for d in devices if d["device"] == f"disk{number}")
            qmp.run("device_del", id=path)

    def forget_nvram(self) -> None:
        """Have a UEFI machine that is off begin with no variables: no boot entries of its own."""
        (self.directory / NVRAM).unlink(missing_ok=True)

    # -- console ----------------------------------------------------------------------------

    def wait_console(self, text: str, seconds: float, start: int = 0) -> None:
        """Wait for a text on the serial console after byte ``start``. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text.encode() in self.console_from(start):
                return
            time.sleep(0.5)
        raise TimeoutError(f"{text!r} was not on the console within {seconds:.0f} s")

    def console_from(self, start: int = 0) -> bytes:
        """What the serial console has shown since byte ``start``."""
        if not self.console.exists():
            return b""
        with self.console.open("rb") as file:
            file.seek(start)
            return file.read()

    def console_size(self) -> int:
        """How many bytes the serial console has shown."""
        return self.console.stat().st_size if self.console.exists() else 0
