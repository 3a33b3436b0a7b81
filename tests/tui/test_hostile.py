"""Hostile strings on every screen: printable cells only, nothing read as markup, lines in width."""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import replace

import pytest

from bootmirror.machine.model import Content
from tests.hostile import BIDI, ESCAPES, LONG, MARKUP, seeded
from tests.tui.driving import opened
from tests.tui.fake import FakeSession
from tests.tui.hostile import CASES, losses, screens
from tests.tui.machines import mirror_disk
from tui.glyphs import ASCII, UNICODE
from tui.screens.consent import Asked, Consent
from tui.text import wrap

SEEDS = 12 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 3  # the third is ASCII


def test_every_screen_has_its_case() -> None:
    assert set(screens()) == set(CASES)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_screen_obeys_what_it_shows(seed: int) -> None:
    chance = random.Random(f"screens {seed}")
    strings = [seeded(chance, 300) for _ in range(23)]
    assert asyncio.run(losses(strings, ASCII if seed % 3 == 2 else UNICODE)) == []


def test_no_screen_obeys_or_is_held_up_by_ten_kilobytes() -> None:
    pieces = (*MARKUP[:8], *ESCAPES[:9], *BIDI[:6])
    assert asyncio.run(losses([(piece * LONG)[:LONG] for piece in pieces], UNICODE)) == []


def _asked(disk_id: str, label: str) -> Asked:
    disk = mirror_disk()
    held = Content("ext4", "11aa", label)
    partitions = tuple(replace(disk.partitions[0], number=n, content=held) for n in range(1, 7))
    return Asked("s", "Partition", disk_id, replace(disk, serial=disk_id, partitions=partitions),
                 "it becomes the first half.", "sda is not touched.")


async def test_labels_of_any_length_leave_in_sight_what_must_be_typed() -> None:
    async with opened(FakeSession()) as driven:
        dialog = Consent(UNICODE, _asked("S" * 200, "漢" * 200))
        driven.app.push_screen(dialog)
        await driven.settle()
        assert "Type the serial number of the disk" in driven.text
        assert "[> No, go back <]" in driven.text and "Erase sdb" in driven.text


async def test_an_id_with_blanks_is_consented_to_as_it_is_shown() -> None:
    answers: list[str | None] = []
    async with opened(FakeSession()) as driven:
        driven.app.push_screen(Consent(UNICODE, _asked("AB  12", "old")), answers.append)
        await driven.settle()
        await driven.type("AB 12")
        await driven.press("enter", "enter")
    assert answers == ["AB  12"]


async def test_markup_in_a_title_is_text() -> None:
    async with opened(FakeSession()) as driven:
        driven.app.say("[@click=app.quit]x[/]\x1b", "text")
        await driven.settle()
        assert "[@click=app.quit]x[/]\\x1b" in driven.text


def test_a_word_of_any_length_is_folded_at_once() -> None:
    began = time.process_time()
    assert len(wrap("[red]" * 2000, 10)) == 1000
    assert time.process_time() - began < 2
