"""A copy of the terminal's cells: what it shows, what it should show, and the bytes that take it from one to the other.

Knows nothing of Textual. A cell is its text and its look (`looks.on_blank` for a space); the right half of a wide
character is an empty text. A cell that the terminal may show anything in is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter, ne

from tracetui.ui.brush import Brush
from tracetui.ui.looks import PLAIN, Cell
from tracetui.ui.strokes import in_order, strokes

_BLANK: Cell = (" ", PLAIN)
_SCROLL_ROWS = 4
"""With fewer changed rows no block can have moved."""
_SCROLL_GAIN = 40
"""Cells that a scroll must save: its own sequences cost about 25 bytes."""
_letters = itemgetter(0)


class Shadow:
    """The cells of one terminal of `width` × `height`."""

    def __init__(self, width: int, height: int, *, erases: bool = False) -> None:
        """`erases`: the terminal gives what it erases the background that it writes in."""
        self.width, self.height, self.erases = width, height, erases
        self.wanted: list[list[Cell]] = [[_BLANK] * width for _ in range(height)]
        self.shown: list[list[Cell | None]] = [[None] * width for _ in range(height)]
        self._touched: set[int] = set(range(height))

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.width, self.height

    def put(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        """Ask for cells from column `x` of row `y` on; what lies outside of the terminal is left out."""
        if not (0 <= y < self.height and 0 <= x < self.width):
            return
        row, end = self.wanted[y], min(x + len(cells), self.width)
        if x and row[x][0] == "":
            row[x - 1] = (" ", row[x - 1][1])
        if end < self.width and row[end][0] == "":
            row[end] = (" ", row[end][1])
        row[x:end] = cells[: end - x]
        self._touched.add(y)

    def forget(self) -> None:
        """The terminal may show anything now: the next paint sends all of it."""
        self.shown = [[None] * self.width for _ in range(self.height)]
        self._touched.update(range(self.height))

    def paint(self) -> str:
        """What to write so that the terminal shows what is wanted; "" where it does. Ends in the plain look."""
        brush, changed = Brush(self.width, erases=self.erases), self._changed()
        if len(changed) >= _SCROLL_ROWS and (scrolled := self._scroll(changed)):
            brush.send(scrolled)
            changed = self._changed()
        differing = [stroke for y in changed for stroke in strokes(y, self.wanted[y], self.shown[y])]
        for stroke in in_order(differing):
            brush.write(*stroke)
        for y in changed:
            self.shown[y] = list(self.wanted[y])
        self._touched.clear()
        return brush.written()

    def _changed(self) -> list[int]:
        return [y for y in sorted(self._touched) if self.wanted[y] != self.shown[y]]

    # Blocks of rows that the terminal can move

    def _scroll(self, changed: Sequence[int]) -> str:
        """Let the terminal move the block of whole rows that saves most; "" where none saves enough. Rows it uncovers are
        unknown, as terminals do not agree on their background."""
        unlike = [0] * self.height
        for y in changed:
            unlike[y] = _differing(self.wanted[y], self.shown[y])
        gain, by, first, last = max((self._block(by, unlike) for by in self._shifts(changed)), default=(0, 0, 0, 0))
        if gain < _SCROLL_GAIN:
            return ""
        count, top, bottom = abs(by), min(first, first + by), max(last, last + by)
        empty: list[list[Cell | None]] = [[None] * self.width for _ in range(count)]
        block = self.shown[top : bottom + 1]
        self.shown[top : bottom + 1] = block[count:] + empty if by > 0 else empty + block[:-count]
        self._touched.update(range(top, bottom + 1))
        where = f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H"
        return f"{where}\x1b[{count if count > 1 else ''}{'M' if by > 0 else 'L'}\x1b[r"

    def _shifts(self, changed: Sequence[int]) -> list[int]:
        """How far rows seem to have moved (up: positive), the likeliest first."""
        places: dict[str, list[int]] = {}
        for y, row in enumerate(self.shown):
            if row[0] is not None:  # no row is known in part
                places.setdefault("".join(map(_letters, row)), []).append(y)  # type: ignore[arg-type]
        votes: Counter[int] = Counter()
        for y in changed:
            found = places.get("".join(map(_letters, self.wanted[y])), [])
            if len(found) == 1 and found[0] != y:
                votes[found[0] - y] += 1
        return [by for by, _ in votes.most_common(3)]

    def _block(self, by: int, unlike: Sequence[int]) -> tuple[int, int, int, int]:
        """(cells saved, `by`, first, last): the rows that gain most where row y takes what row y + `by` shows; `unlike`: how
        many cells of each row differ where it stands."""
        gains = [self._gain(y, by, unlike[y]) for y in range(self.height)]
        best, start, sum_ = (0, by, 0, 0), 0, 0
        for y, gain in enumerate(gains):
            if sum_ <= 0:
                start, sum_ = y, 0
            sum_ += gain
            if sum_ > best[0]:
                best = (sum_, by, start, y)
        _, _, first, last = best
        uncovered = range(last + 1, last + by + 1) if by > 0 else range(first + by, first)
        return best[0] - sum(self.width - unlike[y] for y in uncovered), by, first, last

    def _gain(self, y: int, by: int, unlike: int) -> int:
        if not 0 <= y + by < self.height:
            return -self.width * self.height
        if self.wanted[y] == self.shown[y + by]:
            return unlike
        return unlike - _differing(self.wanted[y], self.shown[y + by])


def _differing(wanted: Sequence[Cell], shown: Sequence[Cell | None]) -> int:
    return sum(map(ne, wanted, shown))
