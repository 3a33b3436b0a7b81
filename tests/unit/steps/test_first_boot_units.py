"""The unit that goes back to the old disk: its shell, run with a systemctl of our own."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bootmirror.host.host import Host
from bootmirror.steps import first_boot_units
from bootmirror.steps.first_boot_units import (
    CONFIRM,
    FALL_BACK,
    RemoveUnits,
    WriteUnits,
    _texts,
    unit_paths,
)
from tests.unit.steps.test_copying import Quiet

SYSTEMCTL = """#!/bin/sh
case "$*" in
is-system-running)  # the last line is the state from then on
    head -n 1 "$LAB/state"; test "$(wc -l < "$LAB/state")" = 1 || sed -i 1d "$LAB/state";;
"--quiet is-active basic.target") test -e "$LAB/basic";;
*) echo "$*" >> "$LAB/did";;
esac
"""
SLEEP = '#!/bin/sh\necho >> "$LAB/slept"\n'


def _script() -> str:
    """What systemd gives to sh: one argument, its doubled dollars single again."""
    line = next(x for x in _texts()[FALL_BACK].splitlines() if x.startswith("ExecStart="))
    program, option, script = shlex.split(line.removeprefix("ExecStart="))
    assert (program, option) == ("/bin/sh", "-c")
    assert "$" not in script.replace("$$", "")
    return script.replace("$$", "$")


def _watched(
    where: Path, state: str, basic: bool
) -> tuple[subprocess.CompletedProcess[bytes], str, int]:
    """Its shell, run to its end: what it told systemctl to do, after how many seconds."""
    for name, text in (("systemctl", SYSTEMCTL), ("sleep", SLEEP)):
        (where / name).write_text(text)
        (where / name).chmod(0o755)
    (where / "state").write_text(f"{state}\n")
    if basic:
        (where / "basic").touch()
    environment = {"PATH": f"{where}:{os.environ['PATH']}", "LAB": str(where)}
    done = subprocess.run(
        ["/bin/sh", "-c", _script()], env=environment, check=True, capture_output=True, timeout=60
    )
    did = (where / "did").read_text() if (where / "did").exists() else ""
    return done, did, 10 * (where / "slept").read_text().count("\n")


@pytest.mark.parametrize(
    ("state", "basic", "goes_back_after"),
    [
        ("running", True, None),
        ("degraded", True, None),
        ("maintenance", False, 300),
        ("starting\n" * 40 + "maintenance", False, 400 + 300),  # it is the prompt that counts
        ("starting", False, 1800),
    ],
)
def test_it_goes_back_only_where_nobody_can_log_in(
    tmp_path: Path, state: str, basic: bool, goes_back_after: int | None
) -> None:
    done, did, waited = _watched(tmp_path, state, basic)
    if goes_back_after is None:
        assert (did, waited, done.stderr) == ("", 10, b"")
    else:
        assert (did, waited, done.stderr) == ("reboot --force\n", goes_back_after, b"")


def test_a_system_that_never_ends_starting_is_confirmed_all_the_same(tmp_path: Path) -> None:
    """Services run, somebody can log in: it is the system, whatever a unit of it waits for."""
    done, did, waited = _watched(tmp_path, "starting", basic=True)
    assert did == "start --no-block bootmirror-confirm-late.service\n"
    assert (waited, done.stderr) == (600, b"")


def test_a_slow_one_that_ends_starting_confirms_itself(tmp_path: Path) -> None:
    assert _watched(tmp_path, "starting\n" * 40 + "running", basic=True)[1] == ""


def test_removing_them_leaves_the_unit_it_may_run_in_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings gone, systemd would end it after 90 seconds."""
    there = tmp_path / CONFIRM
    there.touch()
    monkeypatch.setattr(first_boot_units, "unit_paths", lambda: (str(there),))
    ran: list[Sequence[str]] = []
    host = Host()
    monkeypatch.setattr(host, "run", lambda argv, **_named: ran.append(argv))
    monkeypatch.setattr(host, "exists", lambda _path: True)
    RemoveUnits().perform(host, Quiet())
    assert not there.exists()
    assert ran == [["systemctl", "stop", FALL_BACK]]


def test_every_file_of_theirs_is_named() -> None:
    assert "/etc/systemd/system/multi-user.target.wants/bootmirror-confirm.service" in unit_paths()
    assert len(unit_paths()) == 5


def test_both_are_written_into_the_copy_and_started_at_its_first_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_boot_units, "in_copy", lambda path: f"{tmp_path}{path}")
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    WriteUnits().perform(Host(), Quiet())
    for target, name in (("multi-user.target", CONFIRM), ("sysinit.target", FALL_BACK)):
        # Somebody may choose the mirror in a menu: that is confirmed too, and nothing watches it.
        once = "ConditionKernelCommandLine=bootmirror.first_boot" in (units / name).read_text()
        assert once is (name == FALL_BACK)
        link = units / f"{target}.wants" / name
        assert str(link.readlink()) == f"/etc/systemd/system/{name}"
