"""Whether an initramfs was built after what it holds a copy of, whatever the clock did."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bootmirror.host.host import Host
from bootmirror.steps.build_initramfs import older_than

HOUR = 3600


@pytest.mark.parametrize(("image", "config", "older"), [
    (-1, -2, False),
    (-2, -1, True),
    (0, 9000, False),  # written when the clock was a year ahead
    (9000, -1, False),
])
def test_it_is_older_than_what_was_written_later(
    tmp_path: Path, image: int, config: int, older: bool
) -> None:
    for name, hours in (("image", image), ("config", config)):
        (tmp_path / name).write_text(name)
        at = time.time() + hours * HOUR
        os.utime(tmp_path / name, (at, at))
    wanted = str(tmp_path / "config") if older else ""
    assert older_than(Host(), str(tmp_path / "image"), [str(tmp_path / "config")]) == wanted
