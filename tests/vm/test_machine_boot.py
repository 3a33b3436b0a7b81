"""A boot that the emulator hung is made once more; one that hangs by itself is told."""

from __future__ import annotations

import pytest

from tests.vm.machine import Machine


class Booting(Machine):
    """Without a machine; what each boot shows on the console, "" for one that comes up."""

    def __init__(self, *boots: bytes) -> None:
        self.boots, self.did, self.shown = list(boots), list[str](), b""

    def start(self, *_disks: object, **_named: object) -> None:
        self.did.append("on")
        self.shown += self.boots[0]

    def wait_up(self, **_named: object) -> str:
        if self.boots.pop(0):
            raise TimeoutError
        return "boot-id"

    def power_cut(self) -> None:
        self.did.append("off")

    def console_size(self) -> int:
        return len(self.shown)

    def console_from(self, start: int = 0) -> bytes:
        return self.shown[start:]


STOPPED = b"rcu: rcu_preempt kthread timer wakeup didn't happen for 5251 jiffies!"


def test_where_the_emulated_clock_stopped_it_is_switched_on_once_more() -> None:
    machine = Booting(STOPPED, b"")
    assert machine.boot([]) == "boot-id"
    assert machine.did == ["on", "off", "on"]


@pytest.mark.parametrize("boots", [(b"Kernel panic",), (STOPPED, STOPPED), (STOPPED, b"panic")])
def test_any_other_boot_that_does_not_come_up_fails(boots: tuple[bytes, ...]) -> None:
    with pytest.raises(TimeoutError):
        Booting(*boots).boot([])


def test_what_an_earlier_boot_has_shown_is_no_excuse() -> None:
    machine = Booting(b"panic")
    machine.shown += STOPPED
    with pytest.raises(TimeoutError):
        machine.boot([])
