"""The Configs screen: editing, complaints, what is barred."""

from __future__ import annotations

from tests.tui.driving import Driven, opened
from tests.tui.fake import FakeSession
from tests.tui.machines import FSTAB
from tests.tui.plans import RAIDTAB
from tui.screens.configs import ConfigsScreen

TO_LINE_7 = ("down",) * 6


async def broken(driven: Driven[FakeSession]) -> str:
    """Name sdb2 a second time in line 7, and wait for the complaint."""
    await driven.press("enter", "e", *TO_LINE_7, "end", "backspace", "backspace")
    await driven.type("b2")
    await driven.pilot.pause(0.4)  # longer than the debounce
    await driven.settle()
    return driven.text


def screen(driven: Driven[FakeSession]) -> ConfigsScreen:
    assert isinstance(driven.app.screen, ConfigsScreen)
    return driven.app.screen


async def test_a_new_file_shows_what_will_run() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("enter")
        for part in (
            "[raidtab]",
            "new file",
            "will run",
            "mdadm --create /dev/md0 --run",
            "raiddev /dev/md0",
        ):
            assert part in text


async def test_a_file_that_exists_shows_what_changes_in_it() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("enter", "tab")
        assert "[fstab]" in text
        assert "-UUID=3f6c1a52" in text and "+UUID=9a1f3f04" in text


async def test_an_edit_brings_a_complaint_with_line_and_column() -> None:
    async with opened(FakeSession()) as driven:
        text = await broken(driven)
        assert "7:21 /dev/sdb2 is named again; it already belongs to line 5" in text
        assert "[raidtab*!]" in text
        assert "1 complaint " in text


async def test_accept_is_barred_while_there_are_errors() -> None:
    async with opened(FakeSession()) as driven:
        await broken(driven)
        text = await driven.press("escape", "enter")
        assert "Not accepted" in text
        await driven.press("escape")
        assert driven.place == "ConfigsScreen"
        await driven.press("ctrl+g")
        await driven.pilot.pause(0.4)
        await driven.settle()
        await driven.press("enter")
        assert driven.place == "ReviewScreen"


async def test_next_complaint_moves_the_cursor_there_from_another_file() -> None:
    async with opened(FakeSession()) as driven:
        await broken(driven)
        await driven.press("escape", "tab", "ctrl+n")
        editor = screen(driven).editor
        assert editor is not None and editor.path == "/etc/raidtab"
        assert editor.cursor_location == (6, 20)


async def test_as_generated_and_undo() -> None:
    async with opened(FakeSession()) as driven:
        await broken(driven)
        await driven.press("ctrl+g")
        editor = screen(driven).editor
        assert editor is not None and editor.text == RAIDTAB
        await driven.press("ctrl+z")
        assert "device          /dev/sdb2\n    failed-disk" in editor.text


async def test_while_editing_digits_and_letters_are_text() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press("enter", "e")
        await driven.type("1q?")
        editor = screen(driven).editor
        assert editor is not None and editor.text.startswith("1q?raiddev")
        assert "end editing" in driven.footer
        await driven.press("escape", "1")
        assert driven.place == "DisksScreen"


async def test_edits_stay_when_moving_away_and_back() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press("enter", "e")
        await driven.type("#")
        await driven.press("escape", "1", "enter")
        editor = screen(driven).editor
        assert editor is not None and editor.text.startswith("#raiddev")
        assert driven.app.state.choices is not None
        assert dict(driven.app.state.choices.edits)["/etc/raidtab"].startswith("#raiddev")


async def test_files_that_follow_from_the_plan_are_not_edited() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("enter", "tab", "tab", "tab", "e")
        assert "Not edited here" in text


async def test_tab_and_arrows_go_round_the_files() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press("enter")
        for key, name in (
            ("tab", "fstab"),
            ("ctrl+right", "mdadm.conf"),
            ("right", "custom.cfg"),
            ("tab", "raidtab"),
            ("shift+tab", "custom.cfg"),
            ("ctrl+left", "mdadm.conf"),
        ):
            assert f"[{name}]" in await driven.press(key)


async def test_leaving_with_edits_asks_first() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press("enter", "e")
        await driven.type("#")
        text = await driven.press("escape", "q")
        assert "your edits will be lost" in text
        await driven.press("enter")
        assert driven.app.is_running


async def test_bytes_that_are_no_text_do_not_reach_the_terminal() -> None:
    session = FakeSession()
    evil = FSTAB + "# \x1b]0;owned\x07 \udcff\n"
    made = session.plan

    def plan(machine, choices):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        found = made(machine, choices)
        configs = tuple(
            replace(c, text=evil, generated=evil) if c.name == "fstab" else c for c in found.configs
        )
        return replace(found, configs=configs)

    session.plan = plan  # type: ignore[method-assign]
    async with opened(session) as driven:
        text = await driven.press("enter", "tab")
        assert "\x1b" not in text and "\udcff" not in text
        assert "# ␛]0;owned␇ \ufffd" in text
        editor = screen(driven).editor
        assert editor is not None and editor.text == evil  # the text itself is kept


async def test_no_plan_yet_is_said() -> None:
    async with opened(FakeSession()) as driven:
        assert "There is no plan yet" in await driven.press("2")
