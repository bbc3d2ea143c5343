"""A widget of a line or two."""

from __future__ import annotations

from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tracetui.ui.present import elide
from tracetui.ui.widgets.painting import paint


class ToldLines(Widget):
    """`render` gives its lines, each of which fits; Textual's own way from there to the screen wraps and aligns them, and
    takes ten times as long."""

    def render(self) -> Content:
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        lines = self.render().split("\n", allow_blank=True)
        return paint(self, lines[y] if y < len(lines) else Content(""), self.size.width)


class ToldLine(ToldLines):
    """One line, told by the screen; a cut shows."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._line = Content("")

    def tell(self, line: Content) -> None:
        if not line.is_same(self._line):
            self._line = line
            self.refresh()

    def render(self) -> Content:
        return elide(self._line, self.size.width)
