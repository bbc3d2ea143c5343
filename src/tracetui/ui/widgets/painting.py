"""From content to the strips that the line API wants."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

_REVERSE = Style(reverse=True)
_REVERSED = RichStyle(reverse=True)


def paint(widget: Widget, content: Content, width: int, *components: str) -> Strip:
    """A strip of exactly `width` cells in the widget's style, with the style of the component classes over it."""
    base = widget.get_visual_style(*components)
    # Textual 8.2.8 leaves reverse out of visual styles.
    if any(widget.get_component_styles(name).text_style.reverse for name in components):
        base += _REVERSE
    parse = widget.app.stylesheet.parse_style
    parts = content.render(base, end="", parse_style=parse)
    return Strip([Segment(part, style.rich_style) for part, style in parts]).adjust_cell_length(width, base.rich_style)


def reversed_at(strip: Strip, x: int) -> Strip:
    """A strip with one of its cells reversed."""
    cell = [Segment(text, (style or RichStyle()) + _REVERSED) for text, style, _ in strip.crop(x, x + 1)]
    return Strip.join([strip.crop(0, x), Strip(cell, 1), strip.crop(x + 1)])
