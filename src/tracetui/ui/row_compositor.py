"""Renders the rows that a frame paints, and no others.

Textual 8.2.8 asks every widget for all of its rows at each frame, also where one row changes; with lists of full height
that is most of what a key costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip


class RowCompositor(Compositor):
    _runs: Sequence[tuple[int, int]] = ()
    """(first, after the last) of the rows that are rendered at the moment."""

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        self._runs = list(runs(filter(is_rendered_line, crop.line_range)))
        return super()._render_chops(crop, is_rendered_line)

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            for start, end in self._runs:
                part = seen.intersection(Region(seen.x, start, seen.width, end - start))
                if part:
                    yield part, clip, widget.render_lines(part.translate(-region.offset))


def runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(first, after the last) of each unbroken run of ascending numbers."""
    start = end = -1
    for row in rows:
        if row != end:
            if end >= 0:
                yield start, end
            start = row
        end = row + 1
    if end >= 0:
        yield start, end


def render_rows_only(screen: Screen[object]) -> None:
    """Let a screen render by rows from now on; one that composes in a way of its own is left alone."""
    if type(screen._compositor) is Compositor:
        screen._compositor.__class__ = RowCompositor
