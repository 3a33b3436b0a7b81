"""Machines that cannot be converted: the sentence, a way out, exit code 3, and no plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.cli.entry import main
from bootmirror.machine.recording import dump_machine
from tests.machines.refused import refused_machines

MACHINES = refused_machines()


@pytest.mark.parametrize("name", MACHINES)
def test_it_is_refused_with_its_own_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine, words = MACHINES[name]
    recorded, out = tmp_path / "machine.json", tmp_path / "plan.json"
    recorded.write_text(dump_machine(machine))
    code = main(["--machine", str(recorded), "plan", "--source", "PM-0001-A",
                 "--mirror", "PM-0002-B", "--out", str(out)])
    said = capsys.readouterr()
    assert code == 3
    assert words in said.err
    sentence, way_out = said.err.strip().removeprefix("bootmirror: ").split(". ", 1)
    assert sentence and way_out.endswith(".")
    assert not out.exists()
