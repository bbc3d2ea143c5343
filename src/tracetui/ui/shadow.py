"""A copy of the terminal's cells: what it shows, what it should show, and the bytes that take it from one to the other.

Knows nothing of Textual. A cell is its text and its look (`looks.on_blank` for a space); the right half of a wide
character is an empty text. A cell that the terminal may show anything in is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import ne

from tracetui.ui.looks import PLAIN, Look, change, on_blank

Cell = tuple[str, Look]

_BLANK: Cell = (" ", PLAIN)
_BRIDGE = 4
"""So many unchanged cells of one look are cheaper to write again than a cursor move."""
_ERASED = 8
"""From so many blanks at the end of a row on, erasing is cheaper than writing them."""
_BAR_ROWS = 4
"""With fewer rows a bar is not worth its moves."""
_SCROLL_ROWS = 4
"""With fewer changed rows no block can have moved."""
_SCROLL_GAIN = 40
"""Cells that a scroll must save: its own sequences cost about 25 bytes."""


class Shadow:
    """The cells of one terminal of `width` × `height`."""

    def __init__(self, width: int, height: int, *, erases: bool = False) -> None:
        """`erases`: the terminal gives what it erases the background that it writes in."""
        self.width, self.height, self.erases = width, height, erases
        self.wanted: list[list[Cell]] = [[_BLANK] * width for _ in range(height)]
        self.shown: list[list[Cell | None]] = [[None] * width for _ in range(height)]
        self._touched: set[int] = set(range(height))
        self._out: list[str] = []
        self._look = PLAIN
        self._at: tuple[int, int] | None = None

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
        self._at = None

    def paint(self) -> str:
        """What to write so that the terminal shows what is wanted; "" where it does. Ends in the plain look."""
        self._out, self._look, self._at = [], PLAIN, None
        if len(self._changed()) >= _SCROLL_ROWS:
            self._scroll()
        self._paint_bars(self._changed())
        for y in self._changed():
            self._paint_row(y)
        self._touched.clear()
        self._out.append(change(self._look, PLAIN))
        return "".join(self._out)

    def _changed(self) -> list[int]:
        return [y for y in sorted(self._touched) if self.wanted[y] != self.shown[y]]

    # Cells that differ

    def _paint_bars(self, rows: Sequence[int]) -> None:
        """Cells that stand below one another on another ground than their neighbours, such as a scrollbar: down their column
        the look is said once, in their rows twice each."""
        if len(rows) < _BAR_ROWS:
            return
        some = [(cell, on_blank(cell[1])) for cell in self.wanted[rows[_BAR_ROWS - 1]]]
        behind = (*some[2:], (None, None))
        for x, ((_, left), (cell, ground), (_, right)) in enumerate(zip(some, some[1:], behind, strict=False), start=1):
            if ground in (left, right) or not is_certain(cell[0]) or _columns(cell[0]) != 1:
                continue
            alike = [y for y in rows if self.wanted[y][x] == cell != self.shown[y][x]]
            for y in alike if len(alike) >= _BAR_ROWS else ():
                self._move(y, x)
                self._write(y, x, [cell])
                self.shown[y][x] = cell

    def _paint_row(self, y: int) -> None:
        row, old = self.wanted[y], self.shown[y]
        for start, end in _runs(row, [x for x, pair in enumerate(zip(row, old, strict=True)) if pair[0] != pair[1]]):
            while start and row[start][0] == "":
                start -= 1
            while end < self.width and row[end][0] == "":
                end += 1
            self._move(y, start)
            self._write(y, start, row[start:end])
        self.shown[y] = list(row)

    def _write(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        known: int | None = x
        erased = self._erasable(cells) if x + len(cells) == self.width else 0
        for at, (text, look) in enumerate(cells[: len(cells) - erased], start=x):
            if text == "":
                continue
            if known != at:
                self._out.append(f"\x1b[{at + 1}G")
            if not _continues(self._look, (text, look)):
                self._out.append(change(self._look, look))
                self._look = look
            self._out.append(text)
            known = at + _columns(text) if is_certain(text) else None
        if erased:
            if not _continues(self._look, cells[-1]):
                self._out.append(change(self._look, cells[-1][1]))
                self._look = cells[-1][1]
            self._out.append("\x1b[K" if known is not None else f"\x1b[{self.width - erased + 1}G\x1b[K")
        # After the last column terminals differ in where the cursor is.
        self._at = (y, known) if known is not None and known < self.width else None

    def _erasable(self, cells: Sequence[Cell]) -> int:
        """How many blanks at the end of a row are erased rather than written."""
        last = cells[-1]
        if not self.erases or last[0] != " " or last[1].attributes or last[1].link:
            return 0
        count = next((at for at, cell in enumerate(reversed(cells)) if cell != last), len(cells))
        return count if count >= _ERASED else 0

    def _move(self, y: int, x: int) -> None:
        """The shortest way to a cell."""
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if self._at is not None:
            row, column = self._at
            if row == y and x == column:
                return
            if row == y and x > column:
                ways.append(f"\x1b[{x - column}C" if x - column > 1 else "\x1b[C")
            if column == x and y > row:
                ways.append(f"\x1b[{y - row}B" if y - row > 1 else "\x1b[B")
        self._out.append(min(ways, key=len))

    # Blocks of rows that the terminal can move

    def _scroll(self) -> None:
        """Let the terminal move the block of whole rows that saves most. Rows it uncovers are unknown, as terminals
        do not agree on their background."""
        gain, by, first, last = max((self._block(by) for by in self._shifts()), default=(0, 0, 0, 0))
        if gain < _SCROLL_GAIN:
            return
        count, top, bottom = abs(by), min(first, first + by), max(last, last + by)
        where = f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H"
        self._out.append(f"{where}\x1b[{count if count > 1 else ''}{'M' if by > 0 else 'L'}\x1b[r")
        empty: list[list[Cell | None]] = [[None] * self.width for _ in range(count)]
        block = self.shown[top : bottom + 1]
        self.shown[top : bottom + 1] = block[count:] + empty if by > 0 else empty + block[:-count]
        self._touched.update(range(top, bottom + 1))

    def _shifts(self) -> list[int]:
        """How far rows seem to have moved (up: positive), the likeliest first."""
        places: dict[str, list[int]] = {}
        for y, row in enumerate(self.shown):
            places.setdefault(_letters(row), []).append(y)
        votes: Counter[int] = Counter()
        for y in self._changed():
            found = places.get(_letters(self.wanted[y]), [])
            if len(found) == 1 and found[0] != y:
                votes[found[0] - y] += 1
        return [by for by, _ in votes.most_common(3)]

    def _block(self, by: int) -> tuple[int, int, int, int]:
        """(cells saved, `by`, first, last): the rows that gain most where row y takes what row y + `by` shows."""
        gains = [self._gain(y, by) for y in range(self.height)]
        best, start, sum_ = (0, by, 0, 0), 0, 0
        for y, gain in enumerate(gains):
            if sum_ <= 0:
                start, sum_ = y, 0
            sum_ += gain
            if sum_ > best[0]:
                best = (sum_, by, start, y)
        _, _, first, last = best
        uncovered = range(last + 1, last + by + 1) if by > 0 else range(first + by, first)
        return best[0] - sum(self.width - _differing(self.wanted[y], self.shown[y]) for y in uncovered), by, first, last

    def _gain(self, y: int, by: int) -> int:
        if not 0 <= y + by < self.height:
            return -self.width * self.height
        if self.wanted[y] == self.shown[y + by]:
            return _differing(self.wanted[y], self.shown[y])
        return _differing(self.wanted[y], self.shown[y]) - _differing(self.wanted[y], self.shown[y + by])


def _letters(row: Sequence[Cell | None]) -> str:
    return "".join([cell[0] if cell is not None else "\0" for cell in row])


def _differing(wanted: Sequence[Cell], shown: Sequence[Cell | None]) -> int:
    return sum(map(ne, wanted, shown))


def _runs(row: Sequence[Cell], columns: Sequence[int]) -> Iterable[tuple[int, int]]:
    """(start, end) of what to write for the changed columns; narrow gaps of one look are written again."""
    if not columns:
        return
    start = last = columns[0]
    for x in columns[1:]:
        bridged = x - last - 1 <= _BRIDGE and all(_continues(row[last][1], cell) for cell in row[last + 1 : x])
        if not bridged:
            yield start, last + 1
            start = x
        last = x
    yield start, last + 1


def _continues(look: Look, cell: Cell) -> bool:
    """Whether a cell can be written in a terminal that has that look, without a sequence before."""
    return cell[1] == look or (cell[0] == " " and on_blank(look) == cell[1])


def _columns(text: str) -> int:
    """Of a character that is certain."""
    return 2 if "\u4e00" <= text < "\ua000" else 1


def is_certain(text: str) -> bool:
    """Whether every terminal gives the character as many columns as we do: not with emoji and combining marks."""
    return text.isascii() or (
        len(text) == 1 and (text < "\u2300" or "\u2500" <= text < "\u2600" or "\u4e00" <= text < "\ua000")
    )
