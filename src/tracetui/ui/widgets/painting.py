"""From content to the strips that the line API wants."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget


def paint(widget: Widget, content: Content, width: int, *components: str) -> Strip:
    """A strip of exactly `width` cells in the widget's style, with the style of the component classes over it."""
    base = widget.get_visual_style(*components)
    parse = widget.app.stylesheet.parse_style
    segments = [Segment(part, style.rich_style) for part, style in content.render(base, end="", parse_style=parse)]
    return Strip(segments).adjust_cell_length(width, base.rich_style)


def base_style(widget: Widget, *components: str) -> Style:
    return widget.get_visual_style(*components)
