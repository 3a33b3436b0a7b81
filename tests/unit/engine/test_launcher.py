"""How the worker is started, and that it outlives who started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bootmirror.engine.launcher import launch_command, launch_rehearsal, worker_command
from bootmirror.engine.leftovers import leftovers, wait_for_leftovers
from bootmirror.engine.lock import holders_of_boot, worker_lock
from bootmirror.engine.state import State
from bootmirror.errors import BootmirrorError, CommandFailed, Refused
from bootmirror.host.host import Host
from bootmirror.rehearsal.settings import Settings

TOP = Path(__file__).resolve().parents[3]


class WithSystemd(Host):
    def find(self, program: str) -> str:
        return f"/usr/bin/{program}"


def test_the_worker_is_this_interpreter_isolated_and_this_bootmirror() -> None:
    assert worker_command(State()) == [
        sys.executable, "-I", "-X", "utf8", str(TOP / "bootmirror" / "__main__.py"), "worker",
    ]
    assert worker_command(State(Path("/x"), Path("/y")))[-2:] == ["--state", "/x"]
    assert worker_command(State(), undo=True)[-2:] == ["worker", "--undo"]


def test_where_systemd_runs_it_is_a_unit_of_its_own(tmp_path: Path) -> None:
    argv = launch_command(WithSystemd(), ["worker"], tmp_path)
    assert argv[0] == "systemd-run"
    assert argv[1].startswith("--unit=bootmirror-worker-")
    assert {"--collect", "--quiet", "--property=UMask=0077"} < set(argv)
    assert argv[-1] == "worker"


def test_elsewhere_it_gets_a_session_of_its_own(tmp_path: Path) -> None:
    argv = launch_command(WithSystemd(), ["worker"], tmp_path / "none")
    assert argv == ["setsid", "--fork", "worker"]


def test_what_is_started_so_outlives_its_starter(tmp_path: Path) -> None:
    """Its starter is ended by SIGHUP to its whole group, as by a line that drops."""
    sign = tmp_path / "alive"
    inner = f"import time; time.sleep(0.3); open({str(sign)!r}, 'w').write('yes')"
    outer = (
        "from bootmirror.host.host import Host; import os, signal, sys;"
        # Under nohup the tests themselves would pass on that it is ignored.
        "signal.signal(signal.SIGHUP, signal.SIG_DFL);"
        f"Host().spawn_detached(['setsid', '--fork', sys.executable, '-c', {inner!r}]);"
        "os.killpg(0, signal.SIGHUP)"
    )
    starter = subprocess.run(
        [sys.executable, "-c", outer], cwd=TOP, start_new_session=True, check=False
    )
    assert starter.returncode == -1
    end = time.monotonic() + 10
    while not sign.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_starter_that_fails_is_told() -> None:
    with pytest.raises(CommandFailed):
        Host().spawn_detached(["false"])


def test_commands_of_a_killed_worker_are_waited_for(tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c",
         "import subprocess, os; print(subprocess.Popen(['sleep', '30']).pid, flush=True);"
         "os.kill(os.getpid(), 9)"],
        start_new_session=True, stdout=subprocess.PIPE, text=True,
    )
    assert worker.stdout is not None
    left = int(worker.stdout.readline())
    worker.wait()
    worker.stdout.close()
    file = tmp_path / "lock"
    file.write_text(f"{worker.pid} boot-1\n")
    file.chmod(0o600)
    with worker_lock(file, "boot-1") as held:
        try:
            assert leftovers(worker.pid) == [left]
            with pytest.raises(Refused, match=str(left)):
                wait_for_leftovers(held, patience=0.1)
            assert holders_of_boot(file, "boot-1") == (os.getpid(), worker.pid)
        finally:
            os.kill(left, 9)
        wait_for_leftovers(held, patience=10)
    assert holders_of_boot(file, "boot-1") == (os.getpid(),)


def test_another_programs_session_is_not_waited_for() -> None:
    with subprocess.Popen(["sleep", "30"], start_new_session=True) as other:
        assert leftovers(other.pid) == []
        other.kill()


def test_the_engine_and_the_commands_load_no_textual() -> None:
    """In a fresh interpreter, with every module of the engine and a --json command."""
    code = """
import importlib, pkgutil, sys, bootmirror
for module in pkgutil.walk_packages(bootmirror.__path__, "bootmirror."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from bootmirror.cli import main
main(["status", "--json", "--machine", "/nonexistent"])
found = {name.partition(".")[0] for name in sys.modules} & {"textual", "rich", "tui"}
sys.exit(f"loaded: {found}" if found else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_worker_does_without_parted_and_psutil_until_a_step_needs_them() -> None:
    code = (
        "import sys, bootmirror.engine.worker, bootmirror.cli;"
        "sys.exit(bool({'parted', 'psutil', 'textual'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=TOP, check=True)


class Refusing(Host):
    """Starts nothing, but leaves in the log what a process that refuses leaves there."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.started: list[str] = []

    def spawn_detached(self, argv: Sequence[str]) -> None:
        self.started = list(argv)
        self.state.log.write_text("Refused\n")


def test_a_rehearsal_that_refuses_is_not_taken_for_the_last_one(tmp_path: Path) -> None:
    state = State(tmp_path / "state", tmp_path / "run")
    state.prepare()
    state.rehearsal.write_text("{}")
    host = Refusing(state)
    with pytest.raises(BootmirrorError, match=r"^The rehearsal did not begin\.$"):
        launch_rehearsal(host, state, "MIR1", Settings(limit=60, bus="nvme"))
    assert host.started[-3:] == ["--rehearse=MIR1", "--limit=60", "--bus=nvme"]


def test_a_rehearsal_is_the_first_to_go_where_memory_gets_short(tmp_path: Path) -> None:
    argv = launch_command(WithSystemd(), ["worker"], tmp_path, rehearsal=True)
    assert argv[1].startswith("--unit=bootmirror-rehearsal-")
    assert "--property=OOMScoreAdjust=500" in argv
