"""The picture of a terminal holds what the terminal shows."""

from __future__ import annotations

import pyte

from tests.vm.drawing import svg


def _terminal(text: str) -> pyte.Screen:
    terminal = pyte.Screen(20, 3)
    pyte.Stream(terminal).feed(text)
    return terminal


def test_text_is_in_the_picture() -> None:
    assert "sda1" in svg(_terminal("\x1b[1msda1\x1b[0m <x>"))


def test_what_looks_like_markup_is_text() -> None:
    assert "&lt;x&gt;" in svg(_terminal("<x>"))


def test_colours_by_name_and_by_number() -> None:
    assert "#ff0102" in svg(_terminal("\x1b[38;2;255;1;2mred\x1b[0m"))
    for colour in (*range(30, 38), *range(90, 98)):
        assert "some" in svg(_terminal(f"\x1b[{colour}msome"))


def test_the_same_screen_gives_the_same_picture_and_loads_nothing() -> None:
    picture = svg(_terminal("sda"))
    assert picture == svg(_terminal("sda"))
    assert "@font-face" not in picture
    assert "url(http" not in picture
