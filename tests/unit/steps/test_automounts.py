"""What is mounted only while somebody asks for it is asked for before anybody judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import BootmirrorError
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine, Mount
from bootmirror.steps import confirm_first_boot, partition_source, verify
from bootmirror.steps.confirm_first_boot import AllMounted
from bootmirror.steps.partition_source import RunsFromMirror
from bootmirror.steps.verify import verify_checks
from tests.unit.steps.test_confirm import PLAN, _running_from
from tests.unit.steps.test_copying import Quiet

BOOT = "/boot"


class Idle(Host):
    """/boot has been idle for a while; where it is ``broken``, its device does not come either."""

    def __init__(self, broken: bool) -> None:
        super().__init__()
        self.broken = broken
        self.asked: list[str] = []

    def listing(self, path: str | Path) -> list[str]:
        self.asked.append(str(path))
        return []

    def look(self) -> Machine:
        machine = _running_from(PLAN, "/", BOOT)
        autofs = Mount(BOOT, "systemd-1", "autofs", "rw,direct", "0:40")
        (boot,) = (m for m in machine.mounts if m.target == BOOT)
        over = (boot,) if BOOT in self.asked and not self.broken else ()
        others = tuple(m for m in machine.mounts if m.target != BOOT)
        return replace(machine, mounts=(*others, autofs, *over))


def _verified(host: Host) -> None:
    (mounts,) = (check for check in verify_checks(host, PLAN) if check.name == "mounts")
    if not mounts.ok:
        raise BootmirrorError(mounts.detail, mounts.advice)


JUDGES: dict[str, Callable[[Host], None]] = {
    "confirm-first-boot": lambda host: AllMounted(PLAN).perform(host, Quiet()),
    "partition-source": lambda host: RunsFromMirror(PLAN).perform(host, Quiet()),
    "verify": _verified,
}


def _judged(monkeypatch: pytest.MonkeyPatch, step: str, broken: bool) -> None:
    for module in (confirm_first_boot, partition_source, verify):
        monkeypatch.setattr(module, "inspect", lambda host: host.look())
    JUDGES[step](Idle(broken))


@pytest.mark.parametrize("step", JUDGES)
def test_an_automount_that_was_idle_is_on_its_array(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _judged(monkeypatch, step, broken=False)


@pytest.mark.parametrize("step", JUDGES)
def test_one_that_does_not_come_is_not(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    with pytest.raises(BootmirrorError, match="/boot is on systemd-1"):
        _judged(monkeypatch, step, broken=True)
