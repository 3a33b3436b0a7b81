"""Keys: one list a screen, from which its bindings, its footer and the help are made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """A key, what it does (an action of its screen), and what footer and help say of it.

    ``keys`` are Textual's names, comma separated; ``label`` is what a person reads.
    """

    keys: str
    label: str
    action: str
    short: str
    help: str
    priority: bool = False


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    return [Binding(k.keys, k.action, k.short, show=False, priority=k.priority) for k in keys]


MOVES = (
    Key("1", "1", "go('disks')", "disks", "the disks side by side"),
    Key("2", "2", "go('configs')", "configs", "the configuration files of the plan"),
    Key("3", "3", "go('run')", "run", "the steps of the conversion"),
)
COMMON = (
    Key("question_mark,f1", "?", "help", "help", "all keys"),
    Key("q", "q", "leave", "leave", "leave the screen; work that was begun goes on"),
)
SCROLL = (
    Key("up", "up", "scroll(-1)", "", "scroll one line back"),
    Key("down", "down", "scroll(1)", "", "scroll one line on"),
    Key("pageup", "page up", "page(-1)", "", "scroll a page back"),
    Key("pagedown,space", "page down", "page(1)", "", "scroll a page on"),
    Key("home", "home", "top", "", "scroll to the beginning"),
    Key("end", "end", "bottom", "", "scroll to the end"),
)
