"""The bar beside a long view: whole rows from a few kept strips, where Textual makes each row anew at every step."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from tracetui.ui.glyphs import ASCII_ONLY

_EIGHTHS = " ▁▂▃▄▅▆▇"
"""How much of a cell is filled from below."""


class Bar(ScrollBar):
    """Vertical, and works with the mouse as Textual's does."""

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.parent is None:  # its screen is being left
            return [Strip.blank(crop.width)] * crop.height
        styles, lit = self.parent.styles, "_active" if self.grabbed else "_hover" if self.mouse_over else ""
        ground: Color = getattr(styles, f"scrollbar_background{lit}").rich_color
        color: Color = getattr(styles, f"scrollbar_color{lit}").rich_color
        start, end = thumb(self.size.height, self.window_virtual_size, self.window_size, self.position)
        background, filters = self.background_colors[1], self.get_line_filters()
        strips = []
        for y in crop.line_range:
            strip = cell(min(max(start - 8 * y, 0), 8), min(max(end - 8 * y, 0), 8), color, ground)
            for one in filters:
                strip = strip.apply_filter(one, background)
            strips.append(strip)
        return strips


def thumb(height: int, rows: int, window: int, position: float) -> tuple[int, int]:
    """(start, end) of the thumb in a bar of `height` cells, in eighths of a cell (in ASCII whole cells): `window` of `rows`
    rows are seen, from `position` on. (0, 0) where all of them are."""
    if window >= rows or not height:
        return 0, 0
    unit = 8 if ASCII_ONLY else 1
    length = max(round(8 * height * window / rows), 8)
    start = round((8 * height - length) * min(position / (rows - window), 1))
    return start // unit * unit, -(-(start + length) // unit) * unit


@lru_cache(maxsize=512)
def cell(start: int, end: int, color: Color, ground: Color) -> Strip:
    """A row of the bar whose thumb reaches from `start` to `end`, in eighths from its top."""
    if start >= end:
        return Strip(
            [Segment(" ", Style(bgcolor=ground, meta={"@mouse.down": "scroll_down" if start == 0 else "scroll_up"}))], 1
        )
    meta = {"@mouse.down": "grab"}
    if end < 8:
        return Strip([Segment(_EIGHTHS[8 - end], Style(color=ground, bgcolor=color, meta=meta))], 1)
    if start:
        return Strip([Segment(_EIGHTHS[8 - start], Style(color=color, bgcolor=ground, meta=meta))], 1)
    return Strip([Segment(" ", Style(bgcolor=color, meta=meta))], 1)
