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
    snippets = tmp_path / "grub.d"
    snippets.mkdir()
    snippet = snippets / "10_own.cfg"
    for name in (snippet.name, ".hidden.cfg", "README"):
        (snippets / name).write_text("GRUB_TIMEOUT=1\n")
    monkeypatch.setattr(system, "FILES", (str(there), str(gone)))
    monkeypatch.setattr(system, "GRUB_SNIPPETS", str(snippets))
    monkeypatch.setattr(inspect, "refresh_arrays", lambda host, arrays: arrays)
    there.write_text("# changed\n")
    assert inspect.glance(Host(), machine()).files == (
        (str(there), "# changed\n"), (str(snippet), "GRUB_TIMEOUT=1\n"))
