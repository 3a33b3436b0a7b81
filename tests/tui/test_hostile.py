"""Hostile strings on every screen: printable cells only, nothing read as markup, lines in width."""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from tests.hostile import seeded
from tests.tui.hostile import CASES, losses, screens
from tui.glyphs import ASCII, UNICODE

SEEDS = 12 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 3  # the third is ASCII


def test_every_screen_has_its_case() -> None:
    assert set(screens()) == set(CASES)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_screen_obeys_what_it_shows(seed: int) -> None:
    chance = random.Random(f"screens {seed}")
    strings = [seeded(chance, 300) for _ in range(23)]
    assert asyncio.run(losses(strings, ASCII if seed % 3 == 2 else UNICODE)) == []
