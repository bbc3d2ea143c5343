"""A view of rows that are made when they come into view, and kept."""

from __future__ import annotations

from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from tracetui.ui.at_once import paint_at_once
from tracetui.ui.widgets.scroll_bar import Bar


class LineView(ScrollView):
    """A subclass says how many rows there are, makes them and keeps them."""

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

    def refresh_line(self, y: int) -> None:
        """A row, and not the cell of the bar beside it."""
        self.refresh(Region(0, y - self.scroll_offset.y, self.scrollable_content_region.width, 1))

    async def on_key(self, event: events.Key) -> None:
        """The keys of the view itself are acted on and painted at once: Textual passes them up through the queue of every
        widget to the app, and what they change through those queues and a timer to the screen."""
        bindings = self._bindings.copy()
        bindings.apply_keymap(self.app._keymap)
        for binding in bindings.key_to_bindings.get(event.key, ()):
            if not binding.priority and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                paint_at_once(self.screen)
                return

    def row_strip(self, row: int, width: int) -> Strip:
        """A row in `width` cells; also asked for below the last one."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        return self.row_strip(y + self.scroll_offset.y, self.scrollable_content_region.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as the subclass keeps them: Textual's cache is one of places, so that it makes every row anew where
        the view scrolls."""
        if any(self.styles.gutter):
            return super().render_lines(crop)
        background, filters = self.background_colors[1], self.get_line_filters()
        top, width, strips = self.scroll_offset.y, self.scrollable_content_region.width, []
        for y in crop.line_range:
            strip = self.row_strip(y + top, width)
            for one in filters:
                strip = strip.apply_filter(one, background)
            strips.append(strip)
        left, right = crop.column_span
        return strips if (left, right) == (0, self.size.width) else [strip.crop(left, right) for strip in strips]

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = Bar(vertical=True, name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar
