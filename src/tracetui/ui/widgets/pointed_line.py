"""A line with a strip of cells, one of which is where the cursor is: when it moves, two cells are painted."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip

from tracetui.ui.minimap import cell_of
from tracetui.ui.widgets.painting import reversed_at
from tracetui.ui.widgets.told_lines import ToldLines


class PointedLine(ToldLines):
    """Subclasses make the line, and say where the cursor is."""

    DEFAULT_CSS = "PointedLine { height: 1; background: $background; color: $foreground; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._line: Strip | None = None
        """What is shown but for the pointer."""
        self._made_for: Size | None = None
        self._first = self._cells = 0
        """Where its strip begins, and how long it is."""
        self._pointed: int | None = None
        """The column of the pointer as it was painted."""

    def parts(self) -> tuple[Content, Content, Content]:
        """What stands before the strip, the strip, and what stands behind it."""
        raise NotImplementedError

    def here(self) -> tuple[int | None, int]:
        """(the place where the cursor is, of how many)."""
        raise NotImplementedError

    def line_changed(self) -> None:
        self._line = None
        self.refresh()

    def pointer_moved(self) -> None:
        before, now = self._pointed, self._column()
        if now != before:
            self.refresh(*(Region(column, 0, 1, 1) for column in (before, now) if column is not None))

    def _column(self) -> int | None:
        cell = cell_of(*self.here(), self._cells)
        return self._first + cell if cell is not None else None

    def notify_style_update(self) -> None:
        self._line = None
        super().notify_style_update()

    def render(self) -> Content:
        parts = self.parts()
        self._first, self._cells = parts[0].cell_length, parts[1].cell_length
        return Content("").join(parts)

    def render_lines(self, crop: Region) -> list[Strip]:
        size = self.outer_size
        if self._line is None or self._made_for != size:
            self._line, self._made_for = super().render_lines(size.region)[0], size
        self._pointed, line = self._column(), self._line
        if self._pointed is not None:
            line = reversed_at(line, self.styles.padding.left + self._pointed)
        return [line.crop(*crop.column_span)]
