"""The columns of the step list at a width."""

from __future__ import annotations

from typing import NamedTuple

KIND_CELLS = 5
STATUS_CELLS = 5
LETTERS_CELLS = 3
CASCADE_CELLS = 1
_WIDE, _NARROW = 100, 60
_MAX_INDENT = 6


_LINE_KIND, _LINE_ACTOR, _NARROW_LINE_ACTOR = 6, 18, 12
_ROOMY_LINE = 72


def line_cells(width: int) -> tuple[int, int]:
    """Cells of the kind and of the actor in a row of a file that is read by place; 0 where the sign alone tells the kind."""
    return (_LINE_KIND, _LINE_ACTOR) if width >= _ROOMY_LINE else (0, _NARROW_LINE_ACTOR)


class Columns(NamedTuple):
    """Cells of each column at a width."""

    width: int
    number: int
    kind: int
    """0 in a narrow list, where the sign alone tells the kind."""
    indent: int
    actor: int
    status: int
    cascade: int
    """For the line from the origin to the wrong output, which comes with the verdict."""

    @property
    def left(self) -> int:
        """From the cursor's mark to the kind."""
        return 1 + self.number + 3 + self.indent + self.kind

    @property
    def text(self) -> int:
        fixed = self.left + self.actor + 2 + 1 + self.status + LETTERS_CELLS + self.cascade
        return max(self.width - fixed, 0)


def columns_of(width: int, *, most: int, depth: int, actor_cells: int) -> Columns:
    """`most`: the highest number of a step; `depth`: of the deepest agent; `actor_cells`: of the longest name."""
    return Columns(
        width=width,
        number=max(len(str(most)), 3),
        kind=KIND_CELLS + 1 if width >= _NARROW else 0,
        indent=min(2 * depth, _MAX_INDENT),
        actor=min(actor_cells, max(8, min(20, width // 5))),
        status=STATUS_CELLS if width >= _WIDE else 0,
        cascade=CASCADE_CELLS,
    )
