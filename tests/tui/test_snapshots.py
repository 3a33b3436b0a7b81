"""The screens as pictures, compared with those kept beside this file.

After a wanted change: ``pytest tests/tui/test_snapshots.py --snapshot-update``, and look at them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.pictures import PICTURES
from tui.app import BootmirrorApp
from tui.glyphs import ASCII, UNICODE

SIZES = ((80, 24), (120, 40))
EDITING = ("raidtab-slots", "raidtab-device", "raidtab-typo", "raidtab-twice", "swap-on-md",
           "changed-on-disk")
REHEARSALS = ("rehearse-list", "rehearse-running", "rehearse-proved", "rehearse-not-proved")
NAMES = ("disks", "configs", *EDITING, "review", "consent", "run", "fell-back", "resync",
         *REHEARSALS)
BASIC = ("disks", "configs", "raidtab-typo", "consent", "resync-run", "rehearse-not-proved")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", NAMES)
def test_screen(snap_compare: Callable[..., bool], name: str, size: tuple[int, int]) -> None:
    picture = PICTURES[name]
    app = BootmirrorApp(picture.session(), UNICODE)
    assert snap_compare(app, terminal_size=size, run_before=picture.drive())


@pytest.mark.parametrize("name", BASIC)
def test_screen_in_basic_mode(snap_compare: Callable[..., bool], name: str) -> None:
    picture = PICTURES[name]
    app = BootmirrorApp(picture.session(), ASCII)
    assert snap_compare(app, terminal_size=(80, 24), run_before=picture.drive())
