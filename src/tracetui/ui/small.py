"""What a terminal shows that is too small for the screens: how much it takes. The keys go on working on what is not shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tracetui.ui.environment import LEAST_SIZE
from tracetui.ui.key_names import key_of

LEAST = Size(*LEAST_SIZE)


def is_too_small(size: Size) -> bool:
    return size.width < LEAST.width or size.height < LEAST.height


def shown(frame: Any, size: Size) -> Any:
    """What a terminal of that size is given for `frame`: the card in place of a frame that it is too small for."""
    return card(size) if isinstance(frame, CompositorUpdate) and is_too_small(size) else frame


def card(size: Size) -> LayoutUpdate:
    """A frame of that size, in the terminal's own colours."""
    told = [
        "tracetui needs",
        f"{LEAST.width} x {LEAST.height}",
        f"here {size.width} x {size.height}",
        "",
        "enlarge it;",
        "nothing is lost",
        f"{key_of('app.quit-now', 'ctrl+q')} quits",
    ][: size.height]
    above = (size.height - len(told)) // 2
    rows = [""] * above + told + [""] * (size.height - above - len(told))
    strips: list[Iterable[Strip]] = [[Strip([Segment(row[: size.width].center(size.width))])] for row in rows]
    return LayoutUpdate(strips, Region(0, 0, size.width, size.height))
