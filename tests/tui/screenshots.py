"""Makes docs/screenshots/*.svg from the running program, on the practice session.

``python -m tests.tui.screenshots`` (``make screenshots``).
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from tests.tui.pictures import PICTURES
from tui.app import BootmirrorApp

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
NAMES = ("disks", "planned", "configs", "review", "consent", "run", "fell-back", "resync", "done")
SIZE = (80, 24)
# The exporter asks for a font from a server; a picture in a repository should load nothing.
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


async def take(name: str) -> str:
    """The picture as SVG text."""
    picture = PICTURES[name]
    app = BootmirrorApp(picture.session())
    async with app.run_test(size=SIZE) as pilot:
        await picture.drive()(pilot)
        return FONT_FACE.sub("", app.export_screenshot(title="bootmirror", simplify=True))


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (FOLDER / f"{name}.svg").write_text(asyncio.run(take(name)), encoding="utf-8")
        print(f"docs/screenshots/{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
