"""Which scenarios have passed with the code as it is: what a run that goes on need not do again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from tests.vm.cache import cache_directory

PROJECT = Path(__file__).parents[2]
SCENARIOS = Path("tests", "vm", "scenarios")


def checksum(scenario: str, project: Path = PROJECT) -> str:
    """Of all that a scenario runs: bootmirror, its screen, the practice machines, its own file."""
    total = hashlib.sha256()
    for path in _files(scenario, project):
        content = hashlib.sha256((project / path).read_bytes()).hexdigest()
        total.update(f"{path} {content}\n".encode())
    return total.hexdigest()


def _files(scenario: str, project: Path) -> Iterator[Path]:
    own = SCENARIOS / f"{scenario.replace('-', '_')}.py"
    for top in ("bootmirror", "tui", "tests/vm"):
        for file in sorted((project / top).rglob("*")):
            path = file.relative_to(project)
            if not file.is_file() or "__pycache__" in path.parts or path.match("test_*.py"):
                continue
            if path.parent != SCENARIOS or path == own:
                yield path


def remember(scenario: str, minutes: float, alone: str) -> None:
    """It has passed."""
    text = json.dumps({"code": checksum(scenario), "minutes": minutes, "alone": alone})
    _record(scenario).write_text(f"{text}\n")


def passed_before(scenario: str) -> tuple[float, str] | None:
    """Minutes and last words of the run that passed with this very code; None without one."""
    try:
        found = json.loads(_record(scenario).read_text())
    except (OSError, ValueError):
        return None
    return (found["minutes"], found["alone"]) if found["code"] == checksum(scenario) else None


def _record(scenario: str) -> Path:
    return cache_directory("vm", "passed") / f"{scenario}.json"
