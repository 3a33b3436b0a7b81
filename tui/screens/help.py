"""Help: all keys of all screens, and the signs."""

from __future__ import annotations

from collections.abc import Iterable

from tui.glyphs import Glyphs
from tui.keys import COMMON, MOVES, SCROLL, Key
from tui.screens import configs, disks, rehearse, review, run
from tui.text import EMPTY, Line, Span, line, wrap

DIALOGS = (
    Key("", "tab, arrows", "", "", "move between No, the field and the button"),
    Key("", "enter", "", "", "press the focused button; No comes first"),
    Key("", "esc", "", "", "no, go back; nothing is changed"),
)
SECTIONS: tuple[tuple[str, Iterable[Key]], ...] = (
    ("Everywhere", (*MOVES, *COMMON, *SCROLL)),
    ("1 Disks", disks.KEYS),
    ("2 Configs (the digits, ? and q are text while a file is edited: esc first)", configs.KEYS),
    ("Review", review.KEYS),
    ("3 Run", run.KEYS),
    ("Rehearsal (3, e)", rehearse.KEYS),
    ("Dialogs, consent", DIALOGS),
)


def help_lines(glyphs: Glyphs, width: int) -> list[Line]:
    """Every key with what it does, by screen; then what the signs of the steps mean."""
    lines: list[Line] = []
    for title, keys in SECTIONS:
        lines += [*([EMPTY] if lines else []), line(Span(f" {title}", "bold"))]
        for key in keys:
            lines += wrap(key.help, width - 1, " " * 16, "", f"   {_label(key):13}")
    signs = (
        (glyphs.ok, "finished"),
        (glyphs.run, "running"),
        (glyphs.wait, "waiting"),
        (glyphs.bad, "failed, or interrupted"),
    )
    lines += [EMPTY, line(Span(" Signs of the steps", "bold"))]
    lines += [line(f"   {sign:13}{meaning}") for sign, meaning in signs]
    return [
        *lines,
        EMPTY,
        *wrap(
            "The work is done by a process of its own: leaving this screen, or losing the "
            "connection, stops nothing. Start bootmirror again to see where it stands.",
            width - 1,
            " ",
            "",
            " ",
        ),
    ]


def _label(key: Key) -> str:
    return {"enter,a": "enter, a", "question_mark,f1": "?, f1"}.get(key.keys, key.label)
