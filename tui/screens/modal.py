"""What lies over another screen until it is answered: dialogs, texts to read, "too small"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from textual.screen import ModalScreen

if TYPE_CHECKING:
    from tui.app import BootmirrorApp

T = TypeVar("T")


class Modal(ModalScreen[T], Generic[T]):
    """Ends by ``answer`` alone: Textual's ``dismiss`` takes whatever screen lies on top away."""

    def __init__(self) -> None:
        super().__init__()
        self._answered = False

    @property
    def desk(self) -> BootmirrorApp:
        return cast("BootmirrorApp", self.app)

    def answer(self, result: T | None = None) -> None:
        """End with this result; nothing when it has ended already, or lies under another screen."""
        if self._answered or self.app.screen is not self:
            return
        self._answered = True
        self.dismiss(result)
        self.desk.modal_closed()
