"""Renders what a frame paints anew, and nothing else.

Textual 8.2.8 asks every widget for all of its rows at each frame, also where one row changes, and cuts them to a grid of
the whole screen; with lists of full height that is most of what a key costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Console
from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip

Patch = tuple[int, int, Strip]
"""Row, column, and what is painted from there on."""


class PatchUpdate(CompositorUpdate):
    """Patches of a screen of a size."""

    def __init__(self, size: Size, patches: Sequence[Patch]) -> None:
        self.size = size
        self.patches = patches

    def render_segments(self, console: Console) -> str:
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for y, x, strip in self.patches)


class RowCompositor(Compositor):
    holds_back: Callable[[], bool] = staticmethod(lambda: False)
    """Whether a frame could not be sent now: what changed is rendered later then, with what changes until then."""

    def render_partial_update(self) -> PatchUpdate | None:  # type: ignore[override]
        if self.holds_back():
            return None
        screen = self.size.region
        dirty = [seen for region in self._dirty_regions if (seen := region.intersection(screen))]
        self._dirty_regions.clear()
        patches = [patch for region in joined(dirty) for patch in self._patches(region)]
        return PatchUpdate(self.size, patches) if patches else None

    def _patches(self, dirty: Region) -> Iterator[Patch]:
        """What is seen in a region, of the widgets from the front to the back."""
        rest = [dirty]
        for widget, (region, clip) in self.visible_widgets.items():
            if not rest:
                return
            seen, uncovered = region.intersection(clip), list[Region]()
            for part in rest:
                here = part.intersection(seen)
                if not here:
                    uncovered.append(part)
                    continue
                for y, strip in enumerate(widget.render_lines(here.translate(-region.offset)), start=here.y):
                    yield y, here.x, strip
                uncovered.extend(around(part, here))
            rest = uncovered


def joined(regions: Iterable[Region]) -> list[Region]:
    """The regions but for those that lie in another one, with rows of one width below one another in one."""
    kept: list[Region] = []
    for region in sorted(regions, key=lambda one: (-one.width, one.x, one.y, -one.height)):
        if any(other.contains_region(region) for other in kept):
            continue
        if kept and kept[-1].column_span == region.column_span and kept[-1].y <= region.y <= kept[-1].bottom:
            kept[-1] = kept[-1].union(region)
        else:
            kept.append(region)
    return kept


def around(outer: Region, inner: Region) -> Iterator[Region]:
    """What of a region is left without another one that lies in it."""
    if above := inner.y - outer.y:
        yield Region(outer.x, outer.y, outer.width, above)
    if left := inner.x - outer.x:
        yield Region(outer.x, inner.y, left, inner.height)
    if right := outer.right - inner.right:
        yield Region(inner.right, inner.y, right, inner.height)
    if below := outer.bottom - inner.bottom:
        yield Region(outer.x, inner.bottom, outer.width, below)


def render_rows_only(screen: Screen[object], holds_back: Callable[[], bool] = RowCompositor.holds_back) -> None:
    """Let a screen render by rows from now on; one that composes in a way of its own is left alone."""
    if type(screen._compositor) is Compositor:
        screen._compositor.__class__ = RowCompositor
        screen._compositor.holds_back = holds_back  # type: ignore[attr-defined]
