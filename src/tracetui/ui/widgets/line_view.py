"""A view of rows that are made when they come into view."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView


class LineView(ScrollView):
    """Knows how many rows there are; a subclass renders them."""

    # The scrollbar's column is there also where all rows are in view, in the colour of the ground: when it comes and
    # goes Textual lays out the screen three times.
    DEFAULT_CSS = """
    LineView {
        width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        background: $background; color: $foreground;
    }
    """

    def set_row_count(self, rows: int) -> None:
        """Textual lays the whole screen out anew for another virtual size, which costs more than all that a key
        changes."""
        size = Size(0, rows)
        if size != self.virtual_size:
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
