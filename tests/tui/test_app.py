"""What holds everywhere: moving, help, leaving, sizes, a read-only session, footers, basic mode."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.engine.view import Phase
from bootmirror.errors import Refused
from bootmirror.kinds.refusal import Refusal
from tests.tui.driving import opened
from tests.tui.fake import COPY, RESYNC, FakeSession
from tui import terminal
from tui.app import Done
from tui.glyphs import ASCII
from tui.screens import configs, disks, rehearse, review, run
from tui.screens.base import BaseScreen
from tui.screens.help import help_lines
from tui.text import plain

PHASES = [(phase, COPY) for phase in Phase if phase not in (Phase.DONE, Phase.CONSENT)]


async def test_digits_move_between_the_screens() -> None:
    async with opened(FakeSession()) as driven:
        for key, place in (("2", "ConfigsScreen"), ("3", "RunScreen"), ("1", "DisksScreen")):
            await driven.press(key)
            assert driven.place == place


@pytest.mark.parametrize(("phase", "at"), [*PHASES, (Phase.CONSENT, 12), (Phase.DONE, 17)])
@pytest.mark.parametrize("place", ["1", "2", "3", "3e"])
async def test_every_key_in_a_footer_does_something(phase: Phase, at: int, place: str) -> None:
    """Each key shown has a binding whose action exists; help and leave are always shown."""
    async with opened(FakeSession().stand(phase, at)) as driven:
        await driven.press(*place)
        screen = driven.app.screen
        assert isinstance(screen, BaseScreen)
        bound = screen._bindings.key_to_bindings
        for key in screen.footer_keys():
            for name in filter(None, key.keys.split(",")):
                assert name in bound, f"{key.label} is shown but not bound"
            action = key.action.partition("(")[0]
            assert hasattr(screen, f"action_{action}")
        assert driven.footer.endswith("? help  q leave")


async def test_help_names_every_key_of_every_screen() -> None:
    text = "\n".join(plain(line) for line in help_lines(ASCII, 200))
    for key in (*disks.KEYS, *configs.KEYS, *review.KEYS, *run.KEYS, *rehearse.KEYS):
        assert key.help in text, f"{key.label} is not in the help"
    async with opened(FakeSession()) as driven:
        assert "All keys" in await driven.press("question_mark")
        await driven.press("escape")
        assert driven.place == "DisksScreen"


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_ends_the_app_and_stops_nothing(key: str) -> None:
    session = FakeSession().stand(Phase.RUNNING, COPY)
    async with opened(session) as driven:
        await driven.press(key)
        assert driven.app.return_value == 0
    assert session.calls == []
    assert session.phase is Phase.RUNNING


async def test_a_terminal_that_is_too_small_shows_a_sentence_until_it_is_larger() -> None:
    async with opened(FakeSession()) as driven:
        await driven.pilot.resize_terminal(79, 24)
        await driven.settle()
        assert "needs 80 columns and 24 rows; this terminal has 79 and 24" in driven.text
        await driven.pilot.resize_terminal(120, 40)
        await driven.settle()
        assert "S/N 184733C" in driven.text


async def test_a_dialog_survives_a_small_spell() -> None:
    async with opened(FakeSession()) as driven:
        await driven.press("enter", "enter", "enter")
        await driven.pilot.resize_terminal(40, 10)
        await driven.settle()
        await driven.pilot.resize_terminal(80, 24)
        await driven.settle()
        assert driven.place == "Consent"
        assert "Erase disk sdb?" in driven.text


async def test_it_opens_on_a_terminal_that_is_too_small() -> None:
    async with opened(FakeSession(), size=(60, 20)) as driven:
        assert "needs 80 columns" in driven.text
        await driven.press("q")
        assert driven.app.return_value == 0


READ_ONLY_KEYS = [
    (Phase.NONE, 0, ("enter", "enter", "enter")),
    (Phase.RUNNING, COPY, ("p",)),
    (Phase.REBOOT, 10, ("r",)),
    (Phase.PAUSED, COPY, ("u",)),
    (Phase.FAILED, COPY, ("t",)),
    (Phase.REBOOTED, 10, ("g",)),
    (Phase.CONSENT, 12, ("c",)),
    (Phase.DONE, 17, ("e", "s")),
]


@pytest.mark.parametrize(("phase", "at", "keys"), READ_ONLY_KEYS)
async def test_on_a_captured_machine_doing_keys_say_why_not(
    phase: Phase, at: int, keys: tuple[str, ...]
) -> None:
    session = FakeSession(read_only=True).stand(phase, at)
    async with opened(session) as driven:
        assert "read only" in driven.text
        assert "This is a captured machine" in await driven.press(*keys)
    assert session.calls == []


@pytest.mark.parametrize(
    ("phase", "at", "keys"),
    [
        (Phase.NONE, 0, ("enter",)),
        (Phase.NONE, 0, ("enter", "enter", "enter")),
        (Phase.NONE, 0, ("m",)),
        (Phase.RUNNING, RESYNC, ()),
        (Phase.RUNNING, COPY, ("1",)),
        (Phase.DONE, 17, ("question_mark",)),
        (Phase.DONE, 17, ("e",)),
        (Phase.REBOOT, 10, ("e", "s")),
    ],
)
async def test_basic_mode_is_ascii_only(phase: Phase, at: int, keys: tuple[str, ...]) -> None:
    async with opened(FakeSession().stand(phase, at, 0.3), glyphs=ASCII) as driven:
        text = await driven.press(*keys)
        assert text.isascii(), [char for char in text if not char.isascii()]


@pytest.mark.parametrize(
    ("environment", "basic"),
    [
        ({"TERM": "xterm-256color", "LANG": "C.UTF-8"}, False),
        ({"TERM": "xterm", "LANG": "de_DE.utf8@euro"}, False),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, True),
        ({"TERM": "vt100", "LANG": "C.UTF-8"}, True),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C"}, True),
        ({"TERM": "xterm", "LANG": "de_DE"}, True),
        ({"TERM": "xterm"}, True),
    ],
)
def test_basic_mode_follows_terminal_and_locale(environment: dict[str, str], basic: bool) -> None:
    assert terminal.is_basic(environment) is basic


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_without_a_screen_is_refused_with_a_sentence(term: str) -> None:
    assert "cannot show a full screen" in terminal.refusal(term)
    assert terminal.refusal("vt100") == ""


async def test_a_long_error_scrolls_in_its_dialog() -> None:
    session = FakeSession().stand(Phase.RUNNING, COPY)
    session.refuse = Refused(" ".join(f"sentence{i:03}" for i in range(300)), "The way out.")
    async with opened(session) as driven:
        text = await driven.press("p")
        assert "up down: scroll" in text and "The way out." not in text
        assert "The way out." in await driven.press(*(("down",) * 40))
        await driven.press("enter")
        assert driven.place == "RunScreen"


async def test_many_disks_and_many_reasons_fit_the_dialog() -> None:
    session = FakeSession()
    many = tuple(
        replace(session.facts.disks[2], name=f"sd{letter}", serial=f"SER{letter}")
        for letter in "cdefghijklmnopqrstu"
    )
    session.facts = replace(session.facts, disks=(*session.facts.disks[:2], *many))
    reasons = tuple(Refusal(f"r{i}", f"Reason number {i}.", "Do it.") for i in range(20))
    session.source_refusals = lambda machine, disk_id: (  # type: ignore[method-assign]
        () if disk_id == "184732A" else reasons
    )
    async with opened(session) as driven:
        text = await driven.press("s", *(("down",) * 30))
        assert "> ✗  sdu" in text
        assert "Reason number 0. Do it." in text and "and 14 more reasons" in text
        assert "esc back" in text


async def test_a_call_that_ends_when_the_app_is_closed_is_no_failure_of_the_screen() -> None:
    async with opened(FakeSession()) as driven:
        app = driven.app
    app.calls += 1
    app.done(Done(lambda _: None, None, Refused("It is not time to reboot.", "Go on.")))
    assert (app.calls, app.failure) == (0, "")


@pytest.mark.parametrize(("error", "told"), [
    (OSError(5, "Input/output error", "/dev/sdb"),
     "That did not work: /dev/sdb: Input/output error."),
    (ValueError("nobody thought of this"), "ValueError: nobody thought of this"),
])
async def test_what_nobody_foresaw_in_a_call_is_told_and_the_screen_stays(
    monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def start() -> None:
        raise error

    session = FakeSession().stand(Phase.PAUSED, COPY)
    monkeypatch.setattr(session, "start", start)
    async with opened(session) as driven:
        assert told in " ".join((await driven.press("g")).split())
        for kept in re.findall(r"/tmp/bootmirror-screen-\w+\.log", driven.text):
            assert str(error) in Path(kept).read_text()
            Path(kept).unlink()
        await driven.press("escape")
        assert driven.place == "RunScreen" and driven.app.failure == ""
