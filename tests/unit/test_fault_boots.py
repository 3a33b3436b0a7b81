"""Cuts in QEMU are counted for what they hit; what was promised and never cut off is a loss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.faults import boots
from tests.faults.boots import rows
from tests.faults.table import table
from tests.vm.scenarios.power_cuts import FELL_BACK, FIRST, GRUB, MIRROR, OLD, booting

ROOT = "root=UUID=b0075eed-0002-4000-8000-000000000002"
MENU = b"\x1b[?25h\x1b[H\x1b[J  Booting `First boot from the mirror (bootmirror)'\n\n"


def _kernel(words: str) -> bytes:
    return f"[    0.000000] Command line: BOOT_IMAGE=/vmlinuz {words} ro\r\n".encode()


OLD_KERNEL = _kernel(ROOT)
FIRST_KERNEL = _kernel("root=UUID=77 panic=5 bootmirror.first_boot")
MIRROR_KERNEL = _kernel("root=UUID=77")


@pytest.mark.parametrize(("console", "expected"), [
    (b"", GRUB),
    (MENU, GRUB),
    (MENU + FIRST_KERNEL[:60], GRUB),
    (MENU + FIRST_KERNEL, FIRST),
    (MENU + FIRST_KERNEL + b"Kernel panic\r\n" + OLD_KERNEL, FELL_BACK),
    (MENU + b"error: no such device\r\n" + OLD_KERNEL, FELL_BACK),
    (OLD_KERNEL, OLD),
    (MIRROR_KERNEL, MIRROR),
])
def test_what_a_boot_has_come_to_is_read_off_the_console(console: bytes, expected: str) -> None:
    assert booting(console, ROOT) == expected


def test_every_cut_is_counted_for_what_it_hit() -> None:
    found = rows([FIRST, MIRROR, MIRROR], [], [])
    assert [(row.what, row.survived) for row in found] == [
        ("cut off in the first boot, in QEMU", 1), ("cut off in a boot of the mirror, in QEMU", 2)]


def test_the_cut_that_was_not_survived_does_not_count_as_survived() -> None:
    found = rows([MIRROR, FIRST, MIRROR], [], ["no boot"])
    assert table(found).endswith("faults: tried 3, survived 2, lost 1")
    assert [row.losses for row in found] == [["no boot"], []]


def test_what_was_never_cut_off_is_a_loss() -> None:
    found = rows([FIRST], [FELL_BACK], [])
    assert table(found).endswith("faults: tried 2, survived 1, lost 1")


def test_a_machine_lost_before_the_first_cut_is_a_loss() -> None:
    assert table(rows([], [], ["no boot"])).endswith("faults: tried 1, survived 0, lost 1")


def test_a_machine_that_was_lost_keeps_its_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine itself does, when the error comes through its context."""
    kept = []

    @contextmanager
    def cut_off(seed: int) -> Iterator[tuple[SimpleNamespace, str, str]]:
        try:
            yield SimpleNamespace(made=[FIRST], missing=list), "source", "mirror"
        except TimeoutError as error:
            kept.append(f"{seed}: {error}")
            raise

    def carry_out(cuts: object, source: str, mirror: str) -> str:
        raise TimeoutError("no answer")

    monkeypatch.setattr(boots, "cut_off", cut_off)
    monkeypatch.setattr(boots, "carry_out", carry_out)
    assert [row.losses for row in boots.cut_off_in_qemu(7)] == [["TimeoutError: no answer"]]
    assert kept == ["7: no answer"]


def test_where_there_is_no_machine_nothing_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def cut_off(seed: int) -> Iterator[None]:
        raise OSError("no room")
        yield

    monkeypatch.setattr(boots, "cut_off", cut_off)
    with pytest.raises(OSError, match="no room"):
        boots.cut_off_in_qemu(7)
