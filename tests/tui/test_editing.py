"""Editing on a replayed machine, with the engine's own planner behind the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.style import Style

from bootmirror.formats.raidtab import Raidtab
from bootmirror.formats.tokens import Tokens
from bootmirror.machine.model import Machine
from tests.tui.driving import Driven, opened
from tests.tui.replayed import Replayed
from tui.glyphs import ASCII
from tui.screens.configs import ConfigsScreen
from tui.widgets.canvas import Canvas
from tui.widgets.editor import ConfigEditor

WIDE = (120, 40)
FSTAB = "/etc/fstab"
TMPFS = "tmpfs /srv tmpfs nosuid 0 0\n"


def editor(driven: Driven[Replayed]) -> ConfigEditor:
    screen = driven.app.screen
    assert isinstance(screen, ConfigsScreen) and screen.editor is not None
    return screen.editor


def row_of(driven: Driven[Replayed], text: str) -> int:
    return next(i for i, line in enumerate(editor(driven).document.lines) if text in line)


async def edit(driven: Driven[Replayed], *changes: tuple[str, str]) -> str:
    """Replace words in the shown file, the first found of each, as if typed; until it is judged."""
    await driven.press("e")
    for old, new in changes:
        row = row_of(driven, old)
        column = editor(driven).document.get_line(row).index(old)
        editor(driven).replace(new, (row, column), (row, column + len(old)))
        editor(driven).move_cursor((row, column))
    return await driven.wait()


def commands(driven: Driven[Replayed]) -> list[str]:
    """What mdadm will be told, as the screen says it, its folds undone."""
    screen = driven.app.screen
    assert isinstance(screen, ConfigsScreen)
    _, _, told = screen.body.text.partition("will run")
    return [f"mdadm {text.strip()}" for text in " ".join(told.split()).split("mdadm ")[1:]]


def dialog(driven: Driven[Replayed]) -> str:
    """What a dialog says, its folds undone."""
    words = driven.app.screen.query_one("#words")
    assert isinstance(words, Canvas)
    return " ".join(words.text.split())


def styles(driven: Driven[Replayed], row: int) -> dict[str, Style]:
    """The pieces of an editor's line, its gutter among them, with their styles."""
    segments = editor(driven).render_line(row)
    return {s.text: s.style or Style() for s in segments if s.text.strip()}


# -- what mdadm will be told --------------------------------------------------------------------


async def test_changing_the_numbers_of_the_disks_changes_the_commands() -> None:
    async with opened(Replayed(), WIDE) as driven:
        await driven.press("enter")
        assert commands(driven)[0].endswith("/dev/sda2 missing")
        await edit(driven, (" raid-disk       0", " raid-disk       1"),
                   ("failed-disk     1", "failed-disk     0"))
        assert commands(driven)[0].endswith("missing /dev/sda2")
        assert commands(driven)[1].endswith("/dev/sda1 missing")


async def test_changing_the_md_device_changes_the_commands_and_the_files_that_follow() -> None:
    async with opened(Replayed(), WIDE) as driven:
        await driven.press("enter")
        await edit(driven, ("/dev/md0", "/dev/md7"))
        assert commands(driven)[0].startswith("mdadm --create /dev/md7 ")
        await driven.press("escape", "tab", "tab")
        assert editor(driven).path == "/etc/mdadm/mdadm.conf"
        assert "ARRAY /dev/md7 metadata=1.2" in editor(driven).text


async def test_the_command_of_the_section_with_the_cursor_is_in_sight() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "s")
        assert "missing" not in driven.text.split("/dev/md2")[-1]
        await driven.press("e", "pagedown", "pagedown")
        assert "missing" in driven.text.split("--create /dev/md2")[-1]
        await driven.press("pageup", "pageup")
        assert "--create /dev/md0" in driven.text


# -- complaints ---------------------------------------------------------------------------------


async def test_a_typo_is_marked_in_its_line_and_bars_the_way() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter")
        text = await edit(driven, (" raid-disk", " raid-dsk"))
        row = row_of(driven, "raid-dsk")
        line = text.splitlines()[4 + row]
        assert line.startswith(f" {row + 1}✗     raid-dsk")
        found = styles(driven, row)
        assert found["raid-dsk"].underline and found[f" {row + 1}✗ "].bold
        assert f"{row + 1}:5 raid-dsk is no word of a raidtab" in text
        assert "nr-raid-disks" in styles(driven, row - 3)  # a line without complaints has none
        assert not styles(driven, row - 3)["nr-raid-disks"].underline
        text = await driven.press("escape", "enter")
        assert "Not accepted" in text and "raid-dsk is no word" in dialog(driven)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("/dev/sda1", "/dev/sda2", "names /dev/sda2 too"),
    ("raid-level      1", "raid-level      5", "raid-level 5"),
    ("/dev/sda2", "/dev/sdz9", "/dev/sdz9 is not a partition of this mirror"),
    ("nr-raid-disks   2", "nr-raid-disks   3", "nr-raid-disks 3"),
])
async def test_a_contradiction_is_marked_in_its_line_and_bars_the_way(
    old: str, new: str, said: str
) -> None:
    async with opened(Replayed(), WIDE) as driven:
        await driven.press("enter")
        text = await edit(driven, (old, new))
        (line,) = (line for line in text.splitlines() if said in line)
        row = int(line.split(":")[0].split()[-1]) - 1
        assert "✗" in editor(driven).render_line(row).text[:4]
        assert "Not accepted" in await driven.press("escape", "enter")


async def test_what_is_said_of_the_line_with_the_cursor_comes_first() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter")
        await edit(driven, ("raid-level", "raid-levl"), (" raid-disk", " raid-dsk"))

        def first_said() -> str:
            return driven.text.splitlines()[20].strip()

        await driven.press("right")
        assert "raid-dsk is no word" in first_said()
        await driven.press("up")
        assert first_said().startswith("✗ 4:5")  # nothing is said of that line


async def test_complaints_move_with_their_lines_until_they_are_made_anew() -> None:
    async with opened(Replayed(), WIDE) as driven:
        await driven.press("enter")
        await edit(driven, (" raid-disk", " raid-dsk"))
        row = row_of(driven, "raid-dsk")
        editor(driven).move_cursor((1, 0))
        await driven.pilot.press("enter")
        await driven.pilot.pause()
        assert driven.app.state.planning
        assert editor(driven).marked(row) != editor(driven).marked(row + 1)
        assert "no word" in editor(driven).marked(row + 1)[0].message
        assert "✗" in editor(driven).render_line(row + 1).text


async def test_a_console_shows_the_marks_in_ascii() -> None:
    async with opened(Replayed(), glyphs=ASCII) as driven:
        await driven.press("enter")
        text = await edit(driven, (" raid-disk", " raid-dsk"))
        assert text.isascii()
        assert " 8!     raid-dsk" in text


# -- colours ------------------------------------------------------------------------------------


async def test_words_have_the_colours_of_their_format() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter")
        raidtab = styles(driven, 3)
        assert raidtab["raid-level"].color == Style(color="cyan").color
        assert raidtab["1"].color == Style(color="magenta").color
        comment = next(s for text, s in styles(driven, 0).items() if text.startswith("# The"))
        assert comment.color == Style(color="bright_black").color
        await edit(driven, ("raid-level", "raid-lvl"))
        await driven.press("escape")
        assert styles(driven, 3)["raid-lvl"].color == Style(color="red").color


async def test_only_lines_that_changed_are_read_again() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "e")
        colours = editor(driven)._colours
        lexer, read = colours._lexer, list[str]()

        def counting(line: str, inside: str) -> tuple[Tokens, str]:
            read.append(line)
            return lexer(line, inside)

        colours._lexer = counting
        await driven.press("x")
        assert read == ["x" + editor(driven).document.get_line(0)[1:]]


# -- the text itself ----------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["a\fb\x1cc # x\r\n", "\r\nx\ry\n", "tab\t\x85\u2028 end\n"])
async def test_a_line_ends_at_a_newline_and_nowhere_else(odd: str) -> None:
    session = Replayed()
    session.change(FSTAB, lambda text: f"# {odd}{text}")
    async with opened(session) as driven:
        await driven.press("enter", "tab")
        before = editor(driven).text
        assert before.startswith(f"# {odd}")
        assert editor(driven).document.line_count == before.count("\n") + 1
        await driven.pilot.press("e", "end", "x", "backspace", "enter", "backspace")
        assert editor(driven).text == before
        await driven.pilot.press("ctrl+z", "ctrl+z")
        await driven.wait()
        assert driven.app.state.plan is not None
        assert driven.app.state.plan.config(FSTAB).text == editor(driven).text


async def test_a_line_of_a_megabyte_can_be_edited() -> None:
    session = Replayed()
    session.change(FSTAB, lambda text: f"{text}# {'word ' * 200_000}\n")
    async with opened(session) as driven:
        await driven.press("enter", "tab", "e")
        await driven.pilot.press("x", "x", "down", "pagedown", "end")
        await driven.pilot.pause()
        assert editor(driven).text.startswith("xx")
        await driven.wait()
        assert "✗" in editor(driven).render_line(0).text


# -- files changed on disk ----------------------------------------------------------------------


async def changed(driven: Driven[Replayed]) -> str:
    """Somebody adds a line to fstab; wait until the screen has seen it."""
    driven.session.change(FSTAB, lambda text: text + TMPFS)
    driven.app.poller.look_now()
    for _ in range(50):
        if driven.app.state.changed_on_disk:
            break
        await driven.pilot.pause(0.1)
    return await driven.wait(0.1)


async def test_a_file_changed_on_disk_is_told_and_bars_the_way() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter")
        text = await changed(driven)
        assert "fstab was changed on disk after this plan was made" in text
        assert "ctrl+r changed on disk" in driven.footer
        assert "decide about fstab, changed on disk" in " ".join(text.split())
        text = await driven.press("enter")
        assert "Not accepted" in text and "decide which text counts" in dialog(driven)
        await driven.press("escape")
        text = await driven.press("ctrl+r")
        assert "+tmpfs /srv tmpfs" in text
        await driven.press("enter")  # decide later
        assert driven.app.state.changed_on_disk


async def test_taking_the_new_file_keeps_the_edits_and_can_be_undone() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "tab")
        await edit(driven, ("remount-ro", "remount-ro,noatime"))
        mine = editor(driven).text
        await changed(driven)
        await driven.press("ctrl+r", "left", "enter")
        assert "remount-ro,noatime" in editor(driven).text
        assert editor(driven).text.endswith(TMPFS)
        assert not driven.app.state.changed_on_disk
        plan = driven.app.state.plan
        assert plan is not None and plan.config(FSTAB).current == driven.session.now.file(FSTAB)
        assert plan.config(FSTAB).text == editor(driven).text
        await driven.press("ctrl+z")
        await driven.wait()
        assert editor(driven).text == mine


async def test_an_unedited_file_is_generated_from_the_new_one() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "tab")
        await changed(driven)
        await driven.press("ctrl+r", "left", "enter")
        assert editor(driven).text.endswith(TMPFS)
        assert not driven.app.state.edited
        await driven.press("enter")
        assert driven.place == "ReviewScreen"


async def test_keeping_the_text_leaves_out_what_changed_on_disk() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "tab")
        before = editor(driven).text
        await changed(driven)
        text = await driven.press("ctrl+r", "right", "enter")
        assert editor(driven).text == before
        assert "[fstab*]" in text and "changed on disk" not in text
        assert "-tmpfs /srv" in driven.app.screen.query_one("#body").text  # type: ignore[attr-defined]
        await driven.press("enter")
        assert driven.place == "ReviewScreen"


async def test_edits_made_before_a_decision_stand_on_the_old_file() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "tab")
        await changed(driven)
        await edit(driven, ("remount-ro", "remount-ro,noatime"))
        assert TMPFS not in editor(driven).text
        assert driven.app.state.changed_on_disk
        await driven.press("ctrl+r", "left", "enter")
        assert "noatime" in editor(driven).text and TMPFS in editor(driven).text


async def test_where_both_changed_the_same_line_it_is_said() -> None:
    async with opened(Replayed()) as driven:
        await driven.press("enter", "tab")
        await edit(driven, ("mode=1777,nosuid,nodev", "mode=1777,nosuid"))
        driven.session.change(FSTAB, lambda text: text.replace("mode=1777", "mode=0777"))
        await changed(driven)
        text = await driven.press("ctrl+r", "left", "enter")
        assert "Your edits and the new text differ" in text
        told = dialog(driven)
        await driven.press("escape")
        row = row_of(driven, "mode=1777,nosuid")
        assert f"/etc/fstab, line {row + 1}: both were changed" in told


# -- swap ---------------------------------------------------------------------------------------


async def test_swap_on_md_and_back_with_one_key() -> None:
    async with opened(Replayed(), WIDE) as driven:
        text = await driven.press("enter")
        assert "s swap on md" in driven.footer
        assert len(commands(driven)) == 2
        await driven.press("s")
        assert "s swap plain" in driven.footer
        assert commands(driven)[2].endswith("/dev/sda3 missing")
        devices = [section.device for section in Raidtab.parse(editor(driven).text).sections]
        assert devices == ["/dev/md0", "/dev/md1", "/dev/md2"]
        await driven.press("tab")
        assert "nofail" not in editor(driven).text
        await driven.press("s")
        assert "nofail" in editor(driven).text
        await driven.press("shift+tab")
        assert len(commands(driven)) == 2
        assert driven.text == text


async def test_swap_on_md_keeps_what_was_edited() -> None:
    async with opened(Replayed(), WIDE) as driven:
        await driven.press("enter")
        await edit(driven, ("# The arrays", "# Mine: the arrays"))
        await driven.press("escape", "tab")
        await edit(driven, ("remount-ro", "remount-ro,noatime"))
        await driven.press("escape", "s")
        assert "noatime" in editor(driven).text and "nofail" not in editor(driven).text
        await driven.press("shift+tab")
        assert "# Mine: the arrays" in editor(driven).text
        assert len(Raidtab.parse(editor(driven).text).sections) == 3


async def test_a_raidtab_that_says_otherwise_about_swap_decides() -> None:
    async with opened(Replayed(), WIDE) as driven:
        await driven.press("enter", "s", "e")
        area = editor(driven)
        start = (row_of(driven, "raiddev /dev/md2"), 0)
        area.replace("", start, area.document.end)
        await driven.wait()
        assert len(commands(driven)) == 2
        text = await driven.press("escape", "s")
        assert "The raidtab decides" in text


async def test_without_a_swap_partition_there_is_no_choice() -> None:
    async with opened(Replayed(_without_swap())) as driven:
        await driven.press("enter")
        assert "swap" not in driven.footer
        assert "no swap partition" in await driven.press("s")


def _without_swap() -> Machine:
    machine = Replayed().now
    disks = tuple(
        replace(d, partitions=tuple(p for p in d.partitions if p.number != 3))
        for d in machine.disks
    )
    files = tuple(
        (path, "".join(line for line in text.splitlines(True) if " swap " not in line))
        for path, text in machine.files
    )
    return replace(machine, disks=disks, swaps=(), files=files)
