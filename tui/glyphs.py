"""The signs the screens are drawn with: one set for UTF-8 terminals, one of plain ASCII."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """Frames, bars and the signs of states. Signs of states are two cells wide, padded."""

    horizontal: str
    vertical: str
    full: str
    empty: str
    map_left: str
    map_right: str
    map_gap: str
    ok: str
    run: str
    wait: str
    bad: str
    cut: str
    dot: str
    corners: str  # top left, top right, bottom left, bottom right
    ascii: bool = False

    def bar(self, fraction: float, width: int) -> str:
        """A progress bar of ``width`` cells; full only when all is done."""
        done = int(max(0.0, min(1.0, fraction)) * width)
        return self.full * done + self.empty * (width - done)

    def readable(self, text: str) -> str:
        """The text in characters this terminal can show."""
        if not self.ascii or text.isascii():
            return text
        return text.translate(_PLAIN).encode("ascii", "replace").decode()


# What our own sentences and the engine's may hold beyond ASCII.
_PLAIN = str.maketrans(
    {
        "…": "~",
        "×": "x",
        "·": ".",
        "–": "-",
        "—": "-",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "°": " ",
        "→": ">",
        "─": "-",
        "│": "|",
        "█": "#",
        "░": ".",
    }
)

UNICODE = Glyphs(
    horizontal="─",
    vertical="│",
    full="█",
    empty="░",
    map_left="▐",
    map_right="▌",
    map_gap="▐",
    ok="✓ ",
    run="▶ ",
    wait="· ",
    bad="✗ ",
    cut="…",
    dot="·",
    corners="┌┐└┘",
)
ASCII = Glyphs(
    horizontal="-",
    vertical="|",
    full="#",
    empty=".",
    map_left="[",
    map_right="]",
    map_gap="|",
    ok="OK",
    run="> ",
    wait=". ",
    bad="! ",
    cut="~",
    dot=".",
    corners="++++",
    ascii=True,
)
