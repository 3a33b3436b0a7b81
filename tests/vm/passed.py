"""Which scenarios have passed with the code as it is: what a run that goes on need not do again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.vm.cache import cache_directory

PROJECT = Path(__file__).parents[2]
SCENARIOS = Path("tests", "vm", "scenarios")


def checksum(scenario: str, project: Path = PROJECT) -> str:
    """Of all that a scenario runs: bootmirror, its screen, the practice machines, its own file."""
    own = SCENARIOS / f"{scenario.replace('-', '_')}.py"
    return _total(project, (path for path in _files(("bootmirror", "tui", "tests/vm"), project)
                            if path.parent != SCENARIOS or path == own))


def digest(*tops: str, project: Path = PROJECT) -> str:
    """A checksum of the code below these directories; tests are none of it."""
    return _total(project, _files(tops, project))


def _total(project: Path, paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256((project / path).read_bytes()).hexdigest()
        total.update(f"{path} {content}\n".encode())
    return total.hexdigest()


def _files(tops: Iterable[str], project: Path) -> Iterator[Path]:
    for top in tops:
        for file in sorted((project / top).rglob("*")):
            path = file.relative_to(project)
            if file.is_file() and "__pycache__" not in path.parts and not path.match("test_*.py"):
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
