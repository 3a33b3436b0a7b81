"""The whole conversion, on a machine that really boots."""

from __future__ import annotations

import contextlib
import sys

import pytest

from tests.vm.run import run_scenario


@pytest.mark.vm
def test_converts_a_machine_that_then_boots_from_each_disk_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Minutes pass: the person who waits sees the phases; of what a worker of pytest-xdist prints,
    # only stderr gets out.
    with capsys.disabled(), contextlib.redirect_stdout(sys.stderr):
        print()
        last = run_scenario("debian12-bios-grub-headless")
        print(last)
    assert last.startswith(
        "scenario debian12-bios-grub-headless: passed;"
        " alone: PM-0001-A boots, PM-0002-B boots; files compared: "
    )
    assert last.endswith(", differing: 0")
