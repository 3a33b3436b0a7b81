"""What is shown never passes for how it is now when nothing can be seen."""

from __future__ import annotations

import errno
import re
import threading
from pathlib import Path

import pytest

from bootmirror.engine.view import Phase
from bootmirror.errors import NotRead
from bootmirror.machine.model import Machine
from tests.tui.driving import Driven, opened
from tests.tui.fake import COPY, FakeSession
from tui.poller import IN_A_ROW

ERROR = NotRead("/var/lib/bootmirror/journal.jsonl", OSError(5, "Input/output error"))


class Unseen(FakeSession):
    """The disk that holds the journal has stopped answering."""

    gone = False

    def glance(self, machine: Machine) -> Machine:
        if self.gone:
            raise ERROR
        return super().glance(machine)


async def _looks(driven: Driven[Unseen], times: int) -> str:
    for _ in range(times):
        driven.app.poller._once()
    await driven.settle()
    return " ".join(driven.text.split())


async def test_a_look_that_fails_again_and_again_is_told_until_one_succeeds() -> None:
    session = Unseen()
    session.stand(session.phase.RUNNING, COPY, 0.5)
    async with opened(session) as driven:
        driven.app.poller.stop()
        session.gone = True
        assert "from before" not in await _looks(driven, IN_A_ROW - 1)
        told = await _looks(driven, 1)
        assert "What is shown is from before:" in told and "Input/output error" in told
        session.gone = False
        assert "from before" not in await _looks(driven, 1)


class Failing(FakeSession):
    """A look raises what it is told to, or waits as long as the disk does not answer."""

    error: Exception | None = None

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()
        self.answers.set()
        self.stand(Phase.RUNNING, COPY, 0.5)

    def glance(self, machine: Machine) -> Machine:
        self.answers.wait(20)
        if self.error is not None:
            raise self.error
        return super().glance(machine)


async def _shown(driven: Driven[Failing], text: str, *, gone: bool = False) -> str:
    """Wait until this is shown, or is no more; nothing but the poller may bring that about."""
    for _ in range(200):
        await driven.pilot.pause(0.05)
        told = " ".join(driven.text.split())
        if (text in told) is not gone:
            return told
    raise AssertionError(f"not within 10 seconds: {told}")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.poller.INTERVAL", 0.05)
    monkeypatch.setattr("tui.poller.HANGS", 0.3)
    monkeypatch.setattr("tui.app.WATCHES", 0.1)


@pytest.mark.usefixtures("hasty")
async def test_an_error_of_the_system_does_not_end_the_looking() -> None:
    async with opened(Failing()) as driven:
        driven.session.error = OSError(errno.ENOMEM, "Cannot allocate memory")
        told = await _shown(driven, "What is shown is from before:")
        assert "Cannot allocate memory" in told
        driven.session.error = None
        driven.session.stand(Phase.RUNNING, COPY + 1)
        await _shown(driven, "from before", gone=True)
        await _shown(driven, ">▶ write-configs")


@pytest.mark.usefixtures("hasty")
async def test_a_fault_of_the_looking_itself_is_told_with_where_it_lies() -> None:
    async with opened(Failing()) as driven:
        driven.session.error = ValueError("nobody thought of this")
        told = await _shown(driven, "What is shown is from before: ValueError: nobody thought")
        kept = re.search(r"/tmp/bootmirror-screen-\w+\.log", driven.app.state.headline())
        assert told and kept
        path = Path(kept.group())
        assert "ValueError: nobody thought of this" in path.read_text()
        path.unlink()
        driven.session.error = None
        await _shown(driven, "from before", gone=True)


@pytest.mark.usefixtures("hasty")
async def test_a_look_that_hangs_is_told_until_it_comes_back() -> None:
    async with opened(Failing()) as driven:
        driven.session.answers.clear()
        await _shown(driven, "What is shown is from before: A look at the machine does not come")
        driven.session.answers.set()
        await _shown(driven, "from before", gone=True)


@pytest.mark.usefixtures("hasty")
async def test_a_look_that_hangs_and_then_fails_is_from_before_until_one_succeeds() -> None:
    async with opened(Failing()) as driven:
        driven.session.answers.clear()
        await _shown(driven, "does not come back")
        driven.session.error = OSError(errno.EIO, "Input/output error")
        driven.session.answers.set()
        await _shown(driven, "Input/output error")
        driven.session.error = None
        await _shown(driven, "from before", gone=True)
