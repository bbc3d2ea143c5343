"""A page of a tour with a pointer: j and k put it on what is spoken of, a whole paragraph at a time."""

from __future__ import annotations

from textual.strip import Strip

from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import content
from tracetui.ui.widgets.painting import paint
from tracetui.ui.widgets.text_pane import TextPane


class TourPane(TextPane):
    """As its parent, but the cursor stands on lines of the document that hold words, however many rows they take."""

    DEFAULT_CSS = """
    TourPane > .text-pane--cursor { background: $bar; }
    TourPane:focus > .text-pane--cursor { background: $cursor; }
    """

    def point_at_step(self, step: int | None) -> None:
        """Put the pointer on the first line about a step; on the first line of the page where none is."""
        lines = [anchor.line for anchor in self._document.anchors if anchor.step == step and step is not None]
        self._put_cursor(self._wrapped.row_of(lines[0]) if lines else 0)

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh()

    def row_strip(self, row: int, width: int) -> Strip:
        if row >= len(self._wrapped):
            return paint(self, content(), width)
        pointed = self._wrapped.line_at(row) == self._wrapped.line_at(self.cursor)
        key = row, pointed
        if key not in self._strips:
            first = pointed and row == self._wrapped.row_of(self._wrapped.line_at(row))
            gutter = content((f"{GLYPHS.cursor} " if first or pointed else "  ", "$key"))
            body = gutter + self._wrapped.row(row, self._needles)
            self._strips[key] = paint(self, body, width, *(("text-pane--cursor",) if pointed else ()))
        return self._strips[key]

    def action_move(self, rows: int) -> None:
        lines = self._document.lines
        at = self._wrapped.line_at(self.cursor) if lines else 0
        direction = 1 if rows > 0 else -1
        ahead = range(at + direction, len(lines) if direction > 0 else -1, direction)
        found = next((line for line in ahead if lines[line].text.strip()), None)
        if found is not None:
            self._put_cursor(self._wrapped.row_of(found))
