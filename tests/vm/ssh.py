"""Into the machine: one SSH connection, shared by all commands."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import time
from pathlib import Path

from tests.vm.keys import private_key


class CommandError(Exception):
    """A command on the machine failed where it should not have."""


class Ssh:
    """Commands on the machine at 127.0.0.1:port, as root."""

    def __init__(self, port: int, directory: Path) -> None:
        self.port = port
        self._control = directory / "ssh"

    def options(self) -> list[str]:
        """What every ssh to a practice machine needs: its key, and no opinion on its host key."""
        return [
            "-F", "none", "-i", str(private_key()), "-p", str(self.port),
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
            "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=10",
        ]

    def login(self, *command: str) -> list[str]:
        """The argv of a connection of its own with a terminal (for a person, or pexpect)."""
        return ["ssh", "-tt", *self.options(), "root@127.0.0.1", *command]

    def _shared(self, command: str) -> list[str]:
        return [
            "ssh", *self.options(), "-o", "ControlMaster=auto", "-o", "ControlPersist=yes",
            "-o", f"ControlPath={self._control}", "root@127.0.0.1", command,
        ]

    def try_run(
        self, *argv: str, stdin: bytes = b"", timeout: float | None = 600
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one command; whatever it returns is an answer (255: no connection)."""
        return subprocess.run(
            self._shared(shlex.join(argv)), input=stdin, capture_output=True, timeout=timeout,
            check=False,
        )

    def run(self, *argv: str, stdin: bytes = b"", timeout: float | None = 600) -> str:
        """Run one command and give what it printed. Raises CommandError unless it returns 0."""
        done = self.try_run(*argv, stdin=stdin, timeout=timeout)
        if done.returncode != 0:
            raise CommandError(
                f"{shlex.join(argv)} returned {done.returncode}:\n"
                + (done.stdout + done.stderr).decode("utf-8", "replace")[-4000:]
            )
        return done.stdout.decode("utf-8", "surrogateescape")

    def stream(self, *argv: str) -> int:
        """Run one command, its output going where ours goes; the exit code."""
        return subprocess.run(
            self._shared(shlex.join(argv)), stdin=subprocess.DEVNULL, check=False
        ).returncode

    def hang_up(self) -> None:
        """Close the shared connection, as after a reboot."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                ["ssh", "-o", f"ControlPath={self._control}", "-O", "exit", "root@127.0.0.1"],
                capture_output=True, check=False, timeout=10,
            )
        self._control.unlink(missing_ok=True)

    def boot_id(self) -> str:
        """The kernel's id of this boot, or "" when nobody answers."""
        try:
            done = self.try_run("cat", "/proc/sys/kernel/random/boot_id", timeout=30)
        except subprocess.TimeoutExpired:
            self.hang_up()
            return ""
        if done.returncode != 0:
            self.hang_up()
            return ""
        return done.stdout.decode().strip()

    def wait(self, seconds: float, other_than: str = "") -> str:
        """Wait until the machine answers from another boot than that one; its boot id.

        Raises TimeoutError.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.boot_id()
            if found and found != other_than:
                return found
            time.sleep(1)
        raise TimeoutError(f"the machine did not answer over SSH within {seconds:.0f} s")
