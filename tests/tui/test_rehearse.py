"""Rehearsals on the screen: which disk, how far its boot is, what was found, and every key."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.engine.view import Phase, RehearsalView, Stage, Verdict
from bootmirror.errors import Refused
from bootmirror.host.clean import visible
from bootmirror.rehearsal.settings import DEFAULT, Settings
from tests.tui import rehearsals
from tests.tui.driving import Driven, opened
from tests.tui.fake import COPY, REBOOT_AT, FakeSession
from tests.tui.rehearsals import ENDED, MIRROR, SOURCE
from tui.glyphs import ASCII
from tui.screens.dialog import Dialog
from tui.text import plain
from tui.widgets.console import Console, folded, let_go
from tui.words import ago, moment, stamp

HINT = "To see a disk boot without a reboot, install qemu-system-x86 and qemu-utils."
LONG = tuple(f"line {number:03}" for number in range(60))
HOUR = 3600.0


def at_reboot() -> FakeSession:
    return FakeSession().stand(Phase.REBOOT, REBOOT_AT)


def done() -> FakeSession:
    return FakeSession().stand(Phase.DONE, 17)


def ended(session: FakeSession, *views: RehearsalView) -> FakeSession:
    """These rehearsals have come to their end, one after the other."""
    for view in views:
        session._rehearsed(view)
    return session


def talking(lines: tuple[str, ...], disk: str = MIRROR) -> RehearsalView:
    return RehearsalView(disk, True, Stage.KERNEL, 30.0, 900.0, lines, "tcg", True)


def body(driven: Driven[FakeSession]) -> str:
    """All the text in one line, however it is folded."""
    return " ".join(driven.text.split())


def dialog(driven: Driven[FakeSession]) -> str:
    """The text of the dialog, in one line."""
    assert isinstance(driven.app.screen, Dialog)
    return " ".join(driven.app.screen.words.text.split())


def run_text(driven: Driven[FakeSession]) -> str:
    """What stands on the right of the steps, in one line."""
    right = [row.split("│", 1)[1] for row in driven.text.splitlines() if "│" in row]
    return " ".join(" ".join(right).split())


# -- on the Run screen ------------------------------------------------------------------------


async def test_before_the_reboot_the_rehearsal_is_offered_first() -> None:
    async with opened(at_reboot()) as driven:
        text = run_text(driven)
        assert text.index("Press e to see it boot in a virtual machine") < text.index("Press r to")
        assert driven.footer.index("e rehearse") < driven.footer.index("r reboot")


async def test_a_proof_takes_the_place_of_the_offer() -> None:
    session = ended(at_reboot(), rehearsals.proved(MIRROR, first_boot=True))
    async with opened(session) as driven:
        driven.app.state.clock = lambda: ENDED + HOUR
        await driven.tell()
        assert "✓ First boot: proved 12:04." in run_text(driven)
        assert "Press e" not in run_text(driven)
        assert "e rehearse" in driven.footer
        assert "A rehearsal of this boot: proved 12:04." in await driven.press("r")


async def test_a_first_boot_that_failed_is_told_before_the_reboot() -> None:
    async with opened(at_reboot()) as driven:
        driven.app.state.clock = lambda: ENDED
        ended(driven.session, rehearsals.failed(MIRROR, first_boot=True))
        await driven.tell()
        assert "✗ First boot: not proved 12:04." in run_text(driven)
        assert "Press e to see it boot" in run_text(driven)
        await driven.press("r")
        assert "not proved 12:04. The firmware found no boot loader" in dialog(driven)


async def test_when_all_is_done_each_disk_is_told_of() -> None:
    async with opened(done()) as driven:
        driven.app.state.clock = lambda: ENDED + HOUR
        assert "Press e to see each disk boot alone" in run_text(driven)
        ended(driven.session, rehearsals.proved(SOURCE))
        await driven.tell()
        assert "sda proved 12:04, sdb never rehearsed." in run_text(driven)
        assert "Press e to see each disk boot alone" in run_text(driven)
        ended(driven.session, rehearsals.proved(MIRROR))
        await driven.tell()
        told = "✓ Each disk boots alone: sda proved 12:04, sdb proved 12:04."
        assert told in run_text(driven)
        assert "Press e" not in run_text(driven)


async def test_a_first_boot_is_no_proof_that_the_mirror_boots_alone() -> None:
    session = ended(done(), rehearsals.proved(MIRROR, first_boot=True))
    async with opened(session) as driven:
        assert "Each disk boots alone" not in driven.text
        assert "Press e to see each disk boot alone" in run_text(driven)
        assert "first boot proved" in await driven.press("e")


async def test_a_running_rehearsal_is_told_of_and_bars_the_rest() -> None:
    session = at_reboot()
    session.rehearsal = rehearsals.running(MIRROR, 9, first_boot=True)
    async with opened(session) as driven:
        assert "sdb is being rehearsed (kernel, 0:27). Press e to see it." in run_text(driven)
        assert "Next: wait for the end of the rehearsal, or stop it." in body(driven)
        for word in ("reboot", "undo"):
            assert word not in driven.footer
        for key in ("r", "u"):
            text = await driven.press(key)
            assert "Not while sdb is rehearsed" in text
            assert "stop it (e, then x)" in text
            await driven.press("enter")
    assert session.calls == []


async def test_one_begun_elsewhere_meanwhile_is_refused_by_the_engine_and_said() -> None:
    async with opened(at_reboot()) as driven:
        driven.session.refuse = Refused(
            "A disk's boot is being rehearsed (process 7).", "Wait for its end."
        )
        text = await driven.press("r", "right", "enter")
        assert "Not done" in text and "being rehearsed (process 7)" in text


async def test_without_qemu_there_is_a_plain_hint_and_the_key_explains() -> None:
    session = at_reboot()
    session.rehearse_hint = HINT
    async with opened(session) as driven:
        assert HINT in run_text(driven)
        assert "Press e" not in run_text(driven)
        assert "e rehearse" in driven.footer
        await driven.press("e")
        assert HINT in body(driven) and "A rehearsal starts a virtual machine" in body(driven)
        assert " start " not in driven.footer
        assert "Nothing to rehearse" in await driven.press("s")
    assert session.calls == []


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.PAUSED, Phase.FAILED])
async def test_there_is_no_such_key_while_there_is_nothing_to_rehearse(phase: Phase) -> None:
    async with opened(FakeSession().stand(phase, COPY)) as driven:
        assert "rehearse" not in driven.footer
        await driven.press("e")
        assert "This is no time to rehearse" in body(driven)
        assert driven.footer.startswith(" esc back")


# -- the list ---------------------------------------------------------------------------------


async def test_the_list_tells_what_is_known_of_each_disk() -> None:
    async with opened(ended(done(), rehearsals.failed(SOURCE))) as driven:
        driven.app.state.clock = lambda: ENDED + 3 * HOUR
        text = await driven.press("e")
        source, mirror = text.splitlines()[4:6]
        assert source.startswith(">✗  sda  QUANTUM FB 20  S/N 184732A  not proved: The firmware")
        assert mirror == " ·  sdb  QUANTUM FB 20  S/N 184733C  never rehearsed"
        ended(driven.session, rehearsals.proved(MIRROR))
        assert "S/N 184733C  proved 12:04, 3 hours ago" in await driven.tell_here()


async def test_long_names_leave_what_was_found_its_place() -> None:
    session = done()
    first, second, *rest = session.facts.disks
    long = replace(first, model="Samsung SSD 870 EVO 1TB of the 2nd shelf")
    session.facts = replace(session.facts, disks=(long, second, *rest))
    async with opened(ended(session, rehearsals.proved(SOURCE))) as driven:
        driven.app.state.clock = lambda: ENDED
        rows = (await driven.press("e")).splitlines()[4:8]
        assert rows[0].startswith(">✓  sda  Samsung SSD 870 EVO 1TB of the 2nd shelf  S/N 184732A")
        assert rows[1] == "    proved 12:04, just now"
        assert rows[3] == "    never rehearsed"


async def test_tab_chooses_the_disk_that_s_starts() -> None:
    async with opened(done()) as driven:
        text = await driven.press("e")
        assert "REHEARSAL: sda by itself" in text
        assert "tab other disk" in driven.footer
        assert "REHEARSAL: sdb by itself" in await driven.press("tab")
        assert "REHEARSAL: sda by itself" in await driven.press("shift+tab")
        await driven.press("tab", "s")
        assert driven.session.calls == [("rehearse", MIRROR)]
        assert driven.place == "RehearseScreen"
        assert "x stop" in driven.footer and "s start" not in driven.footer


async def test_the_first_that_is_not_proved_is_proposed() -> None:
    session = ended(done(), rehearsals.proved(SOURCE))
    session.rehearsal = None
    async with opened(session) as driven:
        assert "REHEARSAL: sdb by itself" in await driven.press("e")
        assert "✓  PROVED: It boots, with its root on md1 (raid1)." in await driven.press("tab")


async def test_one_disk_is_no_choice() -> None:
    async with opened(at_reboot()) as driven:
        assert "REHEARSAL: the first boot, from sdb" in await driven.press("e")
        assert "other disk" not in driven.footer
        assert ">" not in driven.text.splitlines()[4]
        assert "REHEARSAL: the first boot, from sdb" in await driven.press("tab")


async def test_while_one_is_rehearsed_the_other_says_so_and_is_not_started() -> None:
    session = done()
    session.rehearsal = rehearsals.running(SOURCE, 5)
    async with opened(session) as driven:
        await driven.press("e", "tab")
        assert "sda is being rehearsed: tab shows it." in driven.text
        assert "Not while sda is rehearsed" in await driven.press("s")
    assert session.calls == []


# -- a rehearsal ------------------------------------------------------------------------------


async def test_it_is_followed_from_the_start_to_the_proof() -> None:
    async with opened(at_reboot()) as driven:
        driven.app.state.clock = lambda: ENDED
        text = await driven.press("e", "s")
        assert driven.session.calls == [("rehearse", MIRROR)]
        assert "▶ preparing  · firmware" in text and "0:00 of at most 15:00" in text
        driven.session.rehearsal = rehearsals.running(MIRROR, 9, first_boot=True)
        text = await driven.tell_here()
        assert "✓ boot loader  ▶ kernel  · system" in text
        assert "0:27 of at most 15:00, with KVM" in text
        assert "[    2.114907] md/raid1:md0: active with 1 out of 2 mirrors" in text
        ended(driven.session, rehearsals.proved(MIRROR, first_boot=True))
        text = await driven.tell_here()
        assert "✓ system  ✓ up" in text
        assert "✓  PROVED: It boots, with its root on md1 (raid1)." in text
        assert "2025-11-25 12:04, took 0:45, with KVM" in text
        assert "s start" in driven.footer and "stop" not in driven.footer


async def test_an_emulated_machine_is_called_slow() -> None:
    session = at_reboot()
    session.rehearsal = talking(("Linux",))
    async with opened(session) as driven:
        assert "of at most 15:00, emulated: slow" in await driven.press("e")


async def test_a_failure_shows_where_it_ended_why_and_what_to_do() -> None:
    async with opened(ended(done(), rehearsals.failed(MIRROR))) as driven:
        text = await driven.press("e")
        assert "✓ preparing  ✗ firmware  · boot loader" in text
        assert "✗  NOT PROVED: The firmware found no boot loader on the disk." in text
        assert "Install the boot loader on it again, then rehearse once more." in text


async def test_what_boots_without_a_word_about_its_root_is_not_proved() -> None:
    view = rehearsals.proved(MIRROR)
    unsure = replace(view, verdict=Verdict.UNCONFIRMED, reason="Unsure.")
    async with opened(ended(done(), unsure)) as driven:
        assert "✗  NOT PROVED: Unsure." in await driven.press("e")
        assert "S/N 184733C  not proved: Unsure." in driven.text


async def test_the_time_of_an_earlier_proof_is_not_given_to_the_next() -> None:
    session = ended(done(), rehearsals.proved(MIRROR))
    session.rehearsal = rehearsals.failed(MIRROR)
    async with opened(session) as driven:
        text = await driven.press("e")
        assert "\n    took 0:06, with KVM\n" in text


async def test_stopping_is_asked_of_the_engine_at_once_and_nothing_is_recorded() -> None:
    session = at_reboot()
    session.rehearsal = rehearsals.running(MIRROR, 9, first_boot=True)
    async with opened(session) as driven:
        text = await driven.press("e", "x")
        assert session.calls == [("stop_rehearsal",)]
        assert driven.place == "RehearseScreen"
        assert "NO RESULT: It was stopped. Nothing is recorded of it." in text
        assert "✓ firmware  ✓ boot loader  · kernel" in text
        assert "never rehearsed" in text
        assert "s start" in driven.footer
        await driven.press("x")
        assert session.calls == [("stop_rehearsal",)]


class Slow(FakeSession):
    """Its rehearsals begin and stop once they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def rehearse(self, disk_id: str, settings: Settings = DEFAULT) -> None:
        assert self.let.wait(5)
        super().rehearse(disk_id, settings)

    def stop_rehearsal(self) -> None:
        assert self.let.wait(5)
        super().stop_rehearsal()


async def test_while_the_engine_takes_its_time_the_screen_says_what_for() -> None:
    session = Slow()
    session.stand(Phase.REBOOT, REBOOT_AT)
    async with opened(session) as driven:
        await driven.press("e")
        for key, word, after in (("s", "starting", "▶ preparing"), ("x", "stopping", "NO RESULT")):
            session.let.clear()
            await driven.pilot.press(key)
            await driven.pilot.pause()
            assert f"REHEARSAL: {word}" in driven.text
            assert "Press s" not in driven.text
            session.let.set()
            await driven.settle()
            assert after in driven.text and word not in driven.text
    assert [call[0] for call in session.calls] == ["rehearse", "stop_rehearsal"]


async def test_a_refusal_is_a_dialog_and_the_screen_stays() -> None:
    async with opened(at_reboot()) as driven:
        driven.session.refuse = Refused("There is no room for it.", "Free 600 MB in /var/tmp.")
        text = await driven.press("e", "s")
        assert "There is no room for it." in text and "Free 600 MB in /var/tmp." in text
        await driven.press("enter")
        assert driven.place == "RehearseScreen"


async def test_esc_goes_back_to_the_steps_and_stops_nothing() -> None:
    session = at_reboot()
    session.rehearsal = rehearsals.running(MIRROR, 9)
    async with opened(session) as driven:
        await driven.press("e", "escape")
        assert driven.place == "RunScreen"
        await driven.press("e", "question_mark", "end")
        assert "Rehearsal (3, e)" in driven.app.screen.query_one("#body").text  # type: ignore[attr-defined]
        await driven.press("escape", "q")
        assert driven.app.return_value == 0
    assert session.calls == []


# -- the console ------------------------------------------------------------------------------


async def test_the_console_follows_its_end_until_the_person_scrolls_up() -> None:
    session = at_reboot()
    session.rehearsal = talking(LONG)
    async with opened(session) as driven:
        assert "line 059" in await driven.press("e")
        assert driven.footer.endswith("47-60 of 60")
        session.rehearsal = talking((*LONG, "newest"))
        assert "newest" in await driven.tell_here()
        text = await driven.press("up", "up", "up")
        assert "newest" not in text and driven.footer.endswith("45-58 of 61")
        session.rehearsal = talking((*LONG, "newest", "still newer"))
        assert driven.text.splitlines()[9:23] == (await driven.tell_here()).splitlines()[9:23]
        assert "line 000" in await driven.press("home")
        assert "line 013" in await driven.press("pagedown")
        assert "still newer" in await driven.press("end")
        session.rehearsal = talking((*LONG, "newest", "still newer", "last"))
        assert "last" in await driven.tell_here()


async def test_what_the_console_says_is_shown_literally() -> None:
    session = at_reboot()
    evil = "[bold red]EVIL[/] [@click=app.quit]x[/] \\[ \x1b[31mred \x9b31m \u202eabc"
    session.rehearsal = talking((evil, "x" * 200))
    async with opened(session, glyphs=ASCII) as driven:
        text = await driven.press("e")
        shown = r"[bold red]EVIL[/] [@click=app.quit]x[/] \[ \x1b[31mred \x9b31m \u202eabc"
        assert shown in text.replace("\n", "")
        assert "\n".join(("x" * 80, "x" * 80, "x" * 40)) in text
        assert "\x1b" not in text


def window(console: Console, lines: tuple[str, ...], width: int = 20, height: int = 5) -> list[str]:
    return [plain(row) for row in console.take(lines, width, height)]


def test_what_is_read_stays_when_the_first_lines_are_let_go() -> None:
    console = Console()
    window(console, LONG[:20])
    console.scroll(-5)
    before = window(console, LONG[:20])
    assert before == list(LONG[10:15])
    assert window(console, LONG[6:26]) == before
    assert window(console, LONG[14:34]) == list(LONG[14:19])  # they are gone themselves


def test_a_last_line_that_grew_is_no_other() -> None:
    assert let_go(("a", "b", "c"), ("b", "cde", "f")) == 1
    assert let_go(("a", "b", "c"), ("a", "b", "cd")) == 0
    assert let_go((), ("a",)) == 0


async def test_the_next_rehearsal_is_followed_from_its_beginning() -> None:
    session = at_reboot()
    session.rehearsal = talking(LONG)
    async with opened(session) as driven:
        await driven.press("e", "home")
        session.rehearsal = replace(talking(LONG[:40]), seconds=2.0)
        assert "line 039" in await driven.tell_here()


def test_a_folded_line_keeps_the_place_too() -> None:
    console = Console()
    window(console, ("x" * 50, *LONG[:20]))
    console.scroll_to_end()
    console.scroll(-3)
    before = window(console, ("x" * 50, *LONG[:20]))
    assert window(console, LONG[:25]) == before


@given(st.text(max_size=60), st.integers(2, 40))
def test_a_folded_line_loses_nothing(text: str, width: int) -> None:
    assert "".join(folded(text, width)) == visible(text.expandtabs())


# -- times in words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (-5, "just now"), (-3600, ""), (60, "1 minute ago"), (7199, "1 hour ago"),
     (3 * HOUR, "3 hours ago"), (50 * HOUR, "2 days ago")],
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_a_time_of_another_day_is_its_date() -> None:
    assert moment(ENDED, ENDED + HOUR) == "12:04"
    assert moment(ENDED, ENDED + 12 * HOUR) == "2025-11-25"
    assert stamp(ENDED) == "2025-11-25 12:04"
