"""The session in one line: the worst flag of each stretch of steps."""

from __future__ import annotations

from textual.content import Content

from tracetui.ui import present
from tracetui.ui.present import QUIET, content
from tracetui.ui.state import Opened
from tracetui.ui.stretches import strip


def minimap(opened: Opened, note: str, width: int) -> tuple[Content, Content, Content]:
    """`1 __EM_!! 8` and a note at the right end: what stands before the strip, the strip, and what stands behind."""
    steps = opened.session.steps
    if not steps:
        return Content(""), Content(""), Content("")
    right = present.elide(content((note, QUIET)), width * 2 // 3)
    first = present.elide(content((f"{steps[0].number} ", QUIET)), width)
    last = content((f" {steps[-1].number}", QUIET))
    ends = first.cell_length + last.cell_length
    room = width - ends - (right.cell_length + 2 if right.cell_length else 0)
    stretches = content(*strip(opened.letters, len(steps), room))
    return first, stretches, present.spread(last, right, max(width - first.cell_length - stretches.cell_length, 0))


def cell_of(here: int | None, length: int, cells: int) -> int | None:
    """In a strip of `cells` cells for `length` places, the one that a place is in."""
    return min(here * cells // length, cells - 1) if here is not None and cells else None
