"""One line about the value that has the keys: what belongs there, and what the trace would put there."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tracetui.ui.present import KEY, QUIET, Piece, content, elide


class HintLine(Widget):
    DEFAULT_CSS = "HintLine { height: 1; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._hint = self._offer = ""

    def show(self, hint: str, offer: str = "") -> None:
        if (hint, offer) != (self._hint, self._offer):
            self._hint, self._offer = hint, offer
            self.refresh()

    def render(self) -> Content:
        pieces: list[Piece] = [(self._hint, QUIET)]
        if self._offer:
            pieces.append((f"{'   ' if self._hint else ''}{self._offer}", KEY))
        return elide(content(*pieces), self.size.width)
