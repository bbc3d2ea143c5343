"""A list of any length with a cursor. Rows are made when they come into view, so length does not matter."""

from __future__ import annotations

from textwrap import wrap

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip

from tracetui.ui.present import QUIET, content
from tracetui.ui.widgets.line_view import LineView
from tracetui.ui.widgets.painting import paint

_CACHED_ROWS = 4000
_BELOW = -1
"""Stands for the rows below the last one."""
_DIGITS = frozenset("0123456789")


class RowList(LineView, can_focus=True):
    """Subclasses say how many rows there are, make one, and learn where the cursor went."""

    DEFAULT_CSS = """
    RowList {
        & > .row-list--cursor { background: $cursor-quiet; }
        &:focus > .row-list--cursor { background: $cursor; }
    }
    """
    COMPONENT_CLASSES = {"row-list--cursor"}
    BINDINGS = [
        Binding("j,down", "move(1)", "down", show=False, id="row.next", tooltip="Next; a count goes before: 5j"),
        Binding("k,up", "move(-1)", "up", show=False, id="row.previous", tooltip="Previous"),
        Binding("g,home", "first", "first", show=False, id="row.first", tooltip="First; 12g goes to number 12"),
        Binding("G,end", "last", "last", show=False, id="row.last", tooltip="Last; 12G goes to number 12"),
        Binding(
            "ctrl+d,pagedown", "page(0.5)", "half down", show=False, id="row.half-down", tooltip="Half a page down"
        ),
        Binding("ctrl+u,pageup", "page(-0.5)", "half up", show=False, id="row.half-up", tooltip="Half a page up"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Position among the rows."""

    def __init__(self) -> None:
        super().__init__()
        self._count = ""
        self._strips: dict[tuple[int, bool], Strip] = {}

    def row_count(self) -> int:
        raise NotImplementedError

    def row(self, position: int, *, current: bool, width: int) -> Content:
        """One row in at most `width` cells."""
        raise NotImplementedError

    def when_empty(self) -> str:
        """What is said where there is no row."""
        return "nothing"

    def moved(self) -> None:
        """The cursor stands on another row."""

    def chosen(self) -> None:
        """Enter, or a second click."""

    def to_number(self, number: int) -> None:
        """Go to the row that people call `number`."""
        self.put_cursor(number - 1)

    def rows_changed(self) -> None:
        """There are other rows, or they look different."""
        self._strips.clear()
        self.set_row_count(self.row_count())
        self.refresh()

    def put_cursor(self, position: int) -> None:
        """Move the cursor and keep it in view."""
        if abs(position - self.cursor) > self.size.height > 0:
            self.scroll_to(y=max(position - self.size.height // 3, 0), animate=False, force=True)
        self.cursor = position
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif height and self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def take_count(self) -> int | None:
        """The count typed before this key, used up."""
        count, self._count = self._count, ""
        return int(count) if count else None

    def on_mount(self) -> None:
        self.rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()
        self.put_cursor(self.cursor)

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.row_count() - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_line(old)
        self.refresh_line(new)
        self.moved()

    def row_strip(self, position: int, width: int) -> Strip:
        rows = self.row_count()
        if position >= rows:
            position = position if not rows and 0 < position <= len(self._told_empty(width)) else _BELOW
        key = position, position == self.cursor
        if key not in self._strips:
            if len(self._strips) > _CACHED_ROWS:
                self._strips.clear()
            made = self._made(position, width)
            self._strips[key] = paint(self, made, width, *(("row-list--cursor",) if key[1] else ()))
        return self._strips[key]

    def _made(self, position: int, width: int) -> Content:
        if position < self.row_count() and position != _BELOW:
            return self.row(position, current=position == self.cursor, width=width)
        return content((f"  {self._told_empty(width)[position - 1]}" if position != _BELOW else "", QUIET))

    def _told_empty(self, width: int) -> list[str]:
        return wrap(self.when_empty(), max(width - 4, 1))

    def on_click(self, event: events.Click) -> None:
        position = self.scroll_offset.y + event.y
        if position < self.row_count():
            again = position == self.cursor and event.chain > 1
            self.put_cursor(position)
            if again:
                self.chosen()

    async def on_key(self, event: events.Key) -> None:
        """Digits before a motion are its count."""
        if event.character in _DIGITS and (self._count or event.character != "0"):
            self._count = (self._count + str(event.character))[:9]
            event.stop()
            event.prevent_default()

    def action_move(self, rows: int) -> None:
        self.put_cursor(self.cursor + rows * (self.take_count() or 1))

    def action_first(self) -> None:
        self.to_number(self.take_count() or 1)

    def action_last(self) -> None:
        count = self.take_count()
        if count is None:
            self.put_cursor(self.row_count() - 1)
        else:
            self.to_number(count)

    def action_page(self, pages: float) -> None:
        rows = max(int(abs(pages) * self.size.height), 1) * (1 if pages > 0 else -1) * (self.take_count() or 1)
        self.scroll_relative(y=rows, animate=False)
        self.put_cursor(self.cursor + rows)
