"""The cheap look at a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.host.host import Host
from bootmirror.machine import inspect, system
from tests.unit.engine.fakes import machine


def test_a_glance_reads_the_configuration_files_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, gone = tmp_path / "fstab", tmp_path / "raidtab"
    monkeypatch.setattr(system, "FILES", (str(there), str(gone)))
    monkeypatch.setattr(inspect, "refresh_arrays", lambda host, arrays: arrays)
    there.write_text("# changed\n")
    assert inspect.glance(Host(), machine()).files == ((str(there), "# changed\n"),)
