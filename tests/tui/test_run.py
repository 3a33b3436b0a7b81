"""From the review through consent to the end: what each key does in each phase."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.engine.view import Phase
from bootmirror.errors import Refused, StalePlan
from tests.tui.driving import Driven, opened
from tests.tui.fake import COPY, REBOOT_AT, RESYNC, FakeSession
from tests.tui.rehearsals import MIRROR

TO_CONSENT = ("enter", "enter", "enter")
PARTITION_SOURCE = 12


async def test_review_lists_every_step_and_asks_before_erasing() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press("enter", "enter")
        body = driven.app.screen.query_one("#body").text  # type: ignore[attr-defined]
        assert "erases sdb (184733C); asks for your consent before" in body
        assert "mdadm /dev/md0 --add /dev/sda2" in body
        assert (
            body.index("Copy once more") < body.index("reboot: from here on") < body.index("--add")
        )
        first = driven.text
        assert await driven.press("pagedown") != first
        assert await driven.press("home") == first
        await driven.press("escape")
        assert driven.place == "ConfigsScreen"


async def test_consent_names_the_disk_what_it_holds_and_what_is_untouched() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press(*TO_CONSENT)
        assert "Erase disk sdb?" in text
        assert 'ext4 "old-backup" on sdb1' in text
        assert "The running system on sda (S/N 184732A) is not touched." in text
        assert "[> No, go back <]" in text


@pytest.mark.parametrize("keys", [("enter",), ("escape",), ("space",)])
async def test_the_triggering_key_and_escape_mean_no(keys: tuple[str, ...]) -> None:
    async with opened(FakeSession()) as driven:
        await driven.press(*TO_CONSENT, *keys)
        assert driven.place == "ReviewScreen"
        assert driven.session.calls == []


@pytest.mark.parametrize("typed", ["184732A", "184733c", "sdb", "18473", ""])
async def test_consent_refuses_a_wrong_identity(typed: str) -> None:
    async with opened(FakeSession()) as driven:
        await driven.press(*TO_CONSENT)
        await driven.type(typed)
        await driven.press(*(("enter",) if typed else ("tab", "tab", "enter")))
        if typed:
            await driven.press("tab", "enter")  # the button does not help either
        assert driven.place == "Consent"
        wrong = f'"{typed}" is not the serial number of sdb. Nothing is erased.'
        assert (wrong if typed else "Nothing was typed. Nothing is erased.") in driven.text
        assert driven.session.calls == []


async def test_the_right_identity_approves_consents_and_starts_in_this_order() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press(*TO_CONSENT)
        await driven.type("184733C")
        await driven.press("enter")
        assert driven.place == "Consent"  # enter in the field only moves on to the button
        assert driven.session.calls == []
        await driven.press("enter")
        assert driven.place == "RunScreen"
        assert [call[0] for call in driven.session.calls] == ["approve", "consent", "start"]


async def test_a_refusal_of_the_engine_is_a_dialog_with_the_differences() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press(*TO_CONSENT)
        await driven.type("184733C")
        driven.session.refuse = StalePlan(
            "The machine has changed.", "Make the plan again.", ["sdb: size 20 GB, now 10 GB"]
        )
        before = driven.app.state.plan
        driven.session.facts = replace(driven.session.facts, kernel="6.1.0-29-amd64")
        text = await driven.press("enter", "enter")
        assert "Not done" in text
        assert "sdb: size 20 GB, now 10 GB" in text and "Make the plan again." in text
        assert driven.app.state.plan not in (None, before)  # made anew, from today's facts
        await driven.press("enter", "enter")
        assert driven.place == "ConfigsScreen"


async def test_a_running_conversion_is_what_opens() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY, 0.52)) as driven:
        text = driven.text
        assert "[3 Run]" in text
        for part in (
            "52.0%",
            "1.1 GB of 2.1 GB, 37671 of 72445 files",
            "96 MB/s",
            "10 s left",
            "RUN: 4 of 17 steps done",
            "reboot",
        ):
            assert part in text


async def test_every_step_fits_the_smallest_screen() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        assert "check" in driven.text and "verify" in driven.text


async def test_pause_asks_the_worker_and_takes_it_back() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        assert "p pause" in driven.footer
        text = await driven.press("p")
        assert driven.session.calls == [("pause", "True")]
        assert "will pause after this step" in text
        await driven.press("p")
        assert driven.session.calls[-1] == ("pause", "False")


async def test_paused_goes_on() -> None:
    async with opened(FakeSession().stand(Phase.PAUSED, COPY)) as driven:
        assert "g go on" in driven.footer
        await driven.press("g")
        assert driven.session.calls == [("pause", "False"), ("start",)]


@pytest.mark.parametrize("phase", [Phase.APPROVED, Phase.REBOOTED])
async def test_what_has_not_begun_is_started_with_g(phase: Phase) -> None:
    at = 0 if phase is Phase.APPROVED else REBOOT_AT
    async with opened(FakeSession().stand(phase, at)) as driven:
        assert "Press g" in driven.text
        await driven.press("g")
        assert driven.session.calls == [("start",)]


async def test_reboot_is_confirmed_with_no_focused() -> None:
    async with opened(FakeSession().stand(Phase.REBOOT, REBOOT_AT)) as driven:
        assert "r reboot" in driven.footer
        text = await driven.press("r")
        assert "[> No, go back <]" in text
        await driven.press("enter")
        assert driven.session.calls == []
        await driven.press("r", "right", "enter")
        assert driven.session.calls == [("reboot",)]


async def test_consent_for_the_source_is_worded_for_it() -> None:
    async with opened(FakeSession().stand(Phase.CONSENT, PARTITION_SOURCE)) as driven:
        assert "Press c to give your consent." in driven.text
        text = await driven.press("c")
        assert "Erase disk sda?" in text
        assert "The old system on it, the way back until" in text
        assert "The machine runs from sdb (S/N 184733C), which is not touched." in text
        await driven.type("184732A")
        await driven.press("enter", "enter")
        assert driven.session.calls == [("consent", "partition-source", "184732A"), ("start",)]


@pytest.mark.parametrize("phase", [Phase.FAILED, Phase.FELL_BACK, Phase.INTERRUPTED])
async def test_try_again_where_something_went_wrong(phase: Phase) -> None:
    session = FakeSession()
    session.failure = ("The array of / was not found.", "Look at the cable of sdb.")
    async with opened(session.stand(phase, 5)) as driven:
        if phase is not Phase.INTERRUPTED:
            assert "The array of / was not found." in driven.text
            assert "Look at the cable of sdb." in driven.text
        assert "t try again" in driven.footer
        await driven.press("t")
        assert driven.session.calls == [("retry",), ("start",)]


async def test_a_step_that_wants_consent_again_is_asked_about() -> None:
    async with opened(FakeSession().stand(Phase.FAILED, PARTITION_SOURCE)) as driven:
        text = await driven.press("t")
        assert driven.session.calls == [("retry",), ("start",)]
        assert "Erase disk sda?" in text


async def test_undo_is_confirmed_and_leads_back_to_the_disks() -> None:
    async with opened(FakeSession().stand(Phase.PAUSED, COPY)) as driven:
        text = await driven.press("u")
        assert "The source disk is as it was." in text
        await driven.press("right", "enter")
        assert driven.session.calls == [("undo",)]
        assert driven.place == "DisksScreen"


async def test_undo_of_a_mirror_that_is_newer_wants_its_serial_typed() -> None:
    session = FakeSession().stand(Phase.FELL_BACK, REBOOT_AT + 1)
    session.mirror_newer = True
    async with opened(session) as driven:
        assert "both erase it" in driven.text
        text = await driven.press("u")
        assert "was written since is on it alone, and will be gone." in text
        await driven.press("enter")
        assert driven.session.calls == []
        await driven.press("u")
        await driven.type(MIRROR)
        await driven.press("enter", "enter")
        assert driven.session.calls == [("consent", "undo", MIRROR), ("undo",)]


def pane(driven: Driven[FakeSession]) -> str:
    """What stands to the right of the steps."""
    rows = (row.partition("│")[2] for row in driven.text.splitlines())
    return " ".join(" ".join(rows).split())


def undoing(phase: Phase, at: int = COPY) -> FakeSession:
    """An undo that runs, or stopped before its end, over a step that was killed."""
    session = FakeSession().stand(phase, at)
    session.undoing = True
    return session


async def test_an_undo_that_did_not_get_to_its_end_asks_for_another() -> None:
    session = undoing(Phase.INTERRUPTED)
    session.failure = ("md0 could not be stopped.", "See who uses it.")
    async with opened(session) as driven:
        text = pane(driven)
        assert "Press u to undo again, until it is through." in text
        assert "md0 could not be stopped." in text
        assert "Press t" not in text and "in this step" not in text
        assert "u undo" in driven.footer and "try again" not in driven.footer
        await driven.press("t")
        assert session.calls == []
        await driven.press("u", "right", "enter")
        assert session.calls == [("undo",)]


async def test_an_undo_after_a_fall_back_can_be_ended_too() -> None:
    """The step that looked for the array had begun by then, so it seems to be too late."""
    async with opened(undoing(Phase.INTERRUPTED, REBOOT_AT + 1)) as driven:
        assert "u undo" in driven.footer
        await driven.press("u", "right", "enter")
        assert driven.session.calls == [("undo",)]


async def test_while_an_undo_runs_no_step_does_and_nothing_can_be_paused() -> None:
    async with opened(undoing(Phase.RUNNING)) as driven:
        text = " ".join(driven.text.split())
        assert "▶" not in text and "0:12" not in text and "✗ copy-system" in text
        assert "The undo is at work." in text and "RUN: undo" in text
        for word in ("pause", "try again", "u undo"):
            assert word not in driven.footer
        await driven.press("p", "t")
        assert driven.session.calls == []
        text = await driven.press("u")
        assert "Undoing already" in text and "Pause first" not in text


@pytest.mark.parametrize("undo", [False, True])
async def test_the_unfinished_mirror_asks_for_a_reboot(undo: bool) -> None:
    session = FakeSession().stand(Phase.INTERRUPTED, COPY)
    session.too_early, session.undoing = True, undo
    async with opened(session) as driven:
        text = pane(driven)
        assert "Reboot the machine" in text and "goes back to the old disk by itself" in text
        assert "Press t" not in text and "Press u" not in text
        for word in ("try again", "u undo", "pause", "r reboot"):
            assert word not in driven.footer
        await driven.press("t", "p")
        assert "Reboot first" in await driven.press("u")
        assert session.calls == []


async def test_a_pause_that_has_come_about_is_no_more_announced() -> None:
    session = FakeSession().stand(Phase.PAUSED, COPY)
    session.pausing = True  # the journal says so until the work goes on
    async with opened(session) as driven:
        assert "will pause after this step" not in driven.text


async def test_undo_is_refused_once_the_machine_runs_from_the_mirror() -> None:
    async with opened(FakeSession().stand(Phase.PAUSED, RESYNC)) as driven:
        assert "undo" not in driven.footer
        assert "Undo is not possible from here" in await driven.press("u")
        assert driven.session.calls == []


async def test_undo_wants_a_pause_first() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        assert "Pause first (p); then undo." in await driven.press("u")


async def test_enter_shows_the_actions_of_the_selected_step() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        text = await driven.press("down", "enter")
        assert "write /etc/raidtab" in text
        await driven.press("escape")
        text = await driven.press("up", "enter")
        assert "rsync -aHAXSx --numeric-ids --info=progress2" in text
        assert "sending incremental file list" in text


async def test_the_cursor_follows_the_work_until_it_is_moved() -> None:
    session = FakeSession().stand(Phase.RUNNING, COPY)
    async with opened(session) as driven:
        session.stand(Phase.RUNNING, COPY + 1)
        assert ">▶  write-configs" in await driven.tell()
        await driven.press("up", "up")
        session.stand(Phase.RUNNING, COPY + 2)
        assert ">✓  make-filesystems" in await driven.tell()


async def test_log_tells_where_it_lies() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        assert "/var/lib/bootmirror/log" in await driven.press("l")


async def test_done_shows_no_key_that_changes_anything() -> None:
    async with opened(FakeSession().stand(Phase.DONE)) as driven:
        assert "Mirrored. Both disks hold the whole system." in driven.text
        for word in ("pause", "undo", "reboot", "try again", "consent", "go on"):
            assert word not in driven.footer


async def test_files_of_an_approved_plan_are_only_read() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        text = await driven.press("2")
        assert "the plan as it was approved" in text
        assert "Approved already" in await driven.press("e")


async def test_an_error_from_the_engine_never_ends_the_app() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        driven.session.refuse = Refused("Not now.", "Wait a moment.")
        text = await driven.press("p")
        assert "Not now." in text and "Wait a moment." in text
        assert driven.app.is_running
