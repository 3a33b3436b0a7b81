"""What is shown never passes for how it is now when nothing can be seen."""

from __future__ import annotations

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
