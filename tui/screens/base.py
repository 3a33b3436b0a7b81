"""What every full screen has: title and headline on top, a body, the keys at the bottom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from bootmirror.host.clean import visible
from tui.frugal import FrugalCompositor
from tui.keys import COMMON, MOVES, SCROLL, Key, bindings
from tui.state import State
from tui.text import Line, Span, fit, line, plain, wrap
from tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from tui.app import BootmirrorApp

NAMES = (("disks", "1 Disks"), ("configs", "2 Configs"), ("run", "3 Run"))
CHROME = 4  # rows that are not the body: title, headline (2), keys


class BaseScreen(Screen[None]):
    """A screen of the app. Subclasses give ``place``, ``KEYS`` and ``body_lines``."""

    place: ClassVar[str] = ""
    KEYS: ClassVar[tuple[Key, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = bindings((*MOVES, *COMMON, *SCROLL))
    AUTO_FOCUS = ""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._compositor = FrugalCompositor()
        self.state = state
        glyphs = state.glyphs
        self.title_line = Canvas(glyphs, id="title")
        self.headline = Canvas(glyphs, id="headline")
        self.body = Canvas(glyphs, id="body")
        self.footer = Canvas(glyphs, id="footer")

    @property
    def desk(self) -> BootmirrorApp:
        return cast("BootmirrorApp", self.app)

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.headline
        yield from self.compose_body()
        yield self.footer

    def compose_body(self) -> ComposeResult:
        yield self.body

    # -- painting ---------------------------------------------------------------------------

    def body_lines(self, width: int, height: int) -> list[Line]:
        """The lines of the body for this size, in cells."""
        raise NotImplementedError

    def paint_body(self, width: int, height: int) -> None:
        self.body.show(self.body_lines(width, height))

    def paint(self) -> None:
        """Show the present state. What did not change costs nothing."""
        width, height = self.app.size
        if not self.is_mounted or width < 2:
            return
        self.title_line.show([self._title(width)])
        self.headline.show(wrap(self.headline_text(), width - 1, indent=" ", first=" ")[:2])
        self.paint_body(width, height - CHROME)
        self._paint_footer(width)

    def _paint_footer(self, width: int) -> None:
        """The keys; at the right end which lines of the body are seen, where it has more."""
        place = f"{told} " if (told := self.seen()) else ""
        keys = footer_line(self.footer_keys(), width - len(place))
        self.footer.show([(*fit(keys, width - len(place)), Span(place, "dim"))])

    def seen(self) -> str:
        """ "1-20 of 34": which lines of the body are seen, where it has more."""
        rows, top, seen = self.body.rows, self.body.top, self.body.size.height
        return f"{top + 1}-{min(rows, top + seen)} of {rows}" if rows > seen > 0 else ""

    def headline_text(self) -> str:
        """One or two sentences: where it stands, what is safe, what to do next."""
        return self.state.headline()

    def _title(self, width: int) -> Line:
        glyphs = self.state.glyphs
        read_only = " (recorded, read only)" if self.state.session.read_only else ""
        left = f" bootmirror {glyphs.horizontal} {self.state.machine.hostname}{read_only} "
        tabs = "".join(f"[{text}] " if name == self.place else f" {text}  " for name, text in NAMES)
        return (
            Span(plain(fit(line(visible(left)), width - len(tabs))), "title"),
            Span(tabs, "title"),
        )

    def footer_keys(self) -> Iterable[Key]:
        """The keys that do something now, most useful first."""
        return (*self.shown_keys(), *COMMON)

    def shown_keys(self) -> Iterable[Key]:
        return self.KEYS

    def on_mount(self) -> None:
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        self.paint()

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.call_after_refresh(self.paint)

    # -- keys -------------------------------------------------------------------------------

    def action_go(self, place: str) -> None:
        self.desk.go(place)

    def action_help(self) -> None:
        self.desk.show_help()

    def action_leave(self) -> None:
        self.desk.leave()

    def action_scroll(self, by: int) -> None:
        self._show_from(self.body.top + by)

    def action_page(self, by: int) -> None:
        self._show_from(self.body.top + by * max(1, self.body.size.height - 1))

    def action_top(self) -> None:
        self._show_from(0)

    def action_bottom(self) -> None:
        self._show_from(self.body.rows)

    def _show_from(self, line: int) -> None:
        self.body.scroll_to_line(line)
        self._paint_footer(self.app.size.width)


def footer_line(keys: Iterable[Key], width: int) -> Line:
    """The keys in one line; what does not fit is left out from the right, but not the last two.

    The last two are help and leave: help shows the ones that were left out.
    """
    shown = [key for key in keys if key.short]
    while len(shown) > 3 and _footer_width(shown) > width:
        del shown[-3]
    spans: list[Span] = []
    for key in shown:
        spans += [Span(" "), Span(key.label, "key"), Span(f" {key.short} ")]
    return tuple(spans)


def _footer_width(keys: list[Key]) -> int:
    return sum(len(key.label) + len(key.short) + 3 for key in keys)
