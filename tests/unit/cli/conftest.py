"""The commands on a made-up conversion: its session stands where this machine's would."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bootmirror.cli import looking, planning, rehearsing, running
from bootmirror.cli.entry import main
from tests.unit.engine.conftest import Conversion
from tests.unit.engine.fake_session import END, Session

Run = Callable[..., int]


@pytest.fixture
def conversion(tmp_path: Path) -> Conversion:
    return Conversion(tmp_path)


@pytest.fixture
def session(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    session = Session(conversion)
    for module in (looking, planning, rehearsing, running):
        monkeypatch.setattr(module, "open_session", lambda options: session)
    ours = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: 0)
    # Where the tests are not root's, neither are their files.
    for name in ("private", "private_directory"):
        monkeypatch.setattr(f"bootmirror.host.{name}.us", lambda: ours)
    monkeypatch.setattr("bootmirror.cli.entry._write_down", _raise)
    yield session
    for worker in session.workers:
        worker.communicate(timeout=END)


def _raise(error: Exception) -> str:
    """A fault fails the test, and nothing is written to this machine's own state directory."""
    raise error


@pytest.fixture
def run(session: Session) -> Run:
    return lambda *argv: main([str(word) for word in argv])
