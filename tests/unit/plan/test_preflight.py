"""Refusals that need no disk: what is missing is named, with the package that has it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.machine.recording import load_machine
from bootmirror.plan.preflight import machine_refusals

RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"


@pytest.mark.parametrize(
    ("name", "message", "package"),
    [
        ("rsync", "The program rsync is not installed.", "rsync"),
        ("grub-install", "The program grub-install is not installed.", "grub2-common"),
        ("pyparted", "The Python package pyparted is not installed.", "python3-parted"),
    ],
)
def test_what_is_missing_is_named_with_its_package(name: str, message: str, package: str) -> None:
    machine = load_machine(RECORDED.read_text())
    assert machine_refusals(machine) == ()
    programs = tuple((n, "" if n == name else path) for n, path in machine.programs)
    found = machine_refusals(replace(machine, programs=programs))
    assert [(r.code, r.message, r.hint) for r in found] == [
        ("missing-program", message, f"Install the package {package}.")
    ]
