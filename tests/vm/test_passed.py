"""What counts as the same code for a scenario that has passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vm import passed


def _project(root: Path) -> Path:
    for name in ("bootmirror/a.py", "tui/b.py", "tests/vm/c.py", "tests/vm/scenarios/no_swap.py",
                 "tests/vm/scenarios/other.py", "bootmirror/__pycache__/a.pyc"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize(
    ("changed", "same"),
    [("bootmirror/a.py", False), ("tui/b.py", False), ("tests/vm/c.py", False),
     ("tests/vm/scenarios/no_swap.py", False), ("tests/vm/scenarios/other.py", True),
     ("bootmirror/__pycache__/a.pyc", True)],
)
def test_a_change_to_what_it_runs_makes_it_another(
    tmp_path: Path, changed: str, same: bool
) -> None:
    project = _project(tmp_path)
    before = passed.checksum("no-swap", project)
    (project / changed).write_text("changed")
    assert (passed.checksum("no-swap", project) == before) is same


def test_what_passed_is_known_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOTMIRROR_CACHE", str(tmp_path))
    assert passed.passed_before("no-swap") is None
    passed.remember("no-swap", 6.5, "A boots, B boots")
    assert passed.passed_before("no-swap") == (6.5, "A boots, B boots")
    monkeypatch.setattr(passed, "checksum", lambda name: "other code")
    assert passed.passed_before("no-swap") is None
