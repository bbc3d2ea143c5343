"""Writes cells to a terminal: the look is changed, and the cursor moved, in the fewest bytes."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.ui.looks import PLAIN, Cell, Look, change, on_blank

_DOWN = "\x1bD"
"""One row, in the same column; after a line feed it depends on how the line is set."""
_FEW = 3
"""So many short moves are not longer than the sequence with a count."""
_ERASED = 8
"""From so many blanks on, erasing is cheaper than writing them: the sequence is four bytes, and often another way to go on."""


class Brush:
    """Begins in the plain look, at a place that is not known."""

    def __init__(self, width: int, *, erases: bool = False) -> None:
        """`width`: of the terminal, in columns; `erases`: it gives what it erases the background that it writes in."""
        self.width, self.erases = width, erases
        self.look = PLAIN
        self._out: list[str] = []
        self._at: tuple[int, int | None] | None = None
        """Row and column of the cursor; no column where terminals differ in it."""

    def written(self) -> str:
        """All of it, ended in the plain look."""
        self._take(PLAIN)
        return "".join(self._out)

    def send(self, sequence: str) -> None:
        """A sequence of another kind, after which the cursor may be anywhere."""
        self._out.append(sequence)
        self._at = None

    def write(self, y: int, x: int, cells: Sequence[Cell], look: Look) -> None:
        """From column `x` of row `y` on, cells that all can be written in a look; the right half of a wide character is an
        empty text."""
        if self._at != (y, x):
            self._out.append(way(self._at, (y, x)))
        erased = erasable(cells) if self.erases else 0
        end = x + len(cells) - erased
        known: int | None = end
        text = "".join([cell[0] for cell in cells[: end - x]])
        if text:
            self._take(look, blank=not text.strip(" "))
        if text.isascii():
            self._out.append(text)
        else:
            known = self._write_apart(x, cells[: end - x])
        if erased:
            if known != end:
                self._out.append(_along(known, end))
            self._take(cells[-1][1], blank=True)
            self._out.append("\x1b[K" if end + erased == self.width else f"\x1b[{erased}X")
            known = end
        # After the last column terminals differ in where the cursor is, though it stays in the row: none wraps.
        self._at = (y, known if known is not None and known < self.width else None)

    def _write_apart(self, x: int, cells: Sequence[Cell]) -> int | None:
        """Characters, of some of which terminals do not agree how wide they are; the column after them, where it is known."""
        known: int | None = x
        for at, (text, _) in enumerate(cells, start=x):
            if text != "":
                if known != at:
                    self._out.append(f"\x1b[{at + 1}G")
                self._out.append(text)
                known = at + columns(text) if is_certain(text) else None
        return known

    def _take(self, look: Look, *, blank: bool = False) -> None:
        """`blank`: nothing but blanks is written."""
        if look is not self.look and not (blank and look == on_blank(self.look)):
            self._out.append(change(self.look, look))
            self.look = look


def erasable(cells: Sequence[Cell]) -> int:
    """How many blanks at the end are erased rather than written, where the terminal erases in colour."""
    last = cells[-1]
    if last[0] != " " or last[1].attributes or last[1].link:
        return 0
    count = next((at for at, cell in enumerate(reversed(cells)) if cell != last), len(cells))
    return count if count >= _ERASED else 0


def way(here: tuple[int, int | None] | None, there: tuple[int, int]) -> str:
    """The shortest sequence that takes the cursor to a row and a column."""
    y, x = there
    ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
    if here is not None and 0 <= y - here[0] <= _FEW:
        ways.append(_DOWN * (y - here[0]) + _along(here[1], x))
    return min(ways, key=len)


def _along(here: int | None, x: int) -> str:
    """Within a row."""
    ways = [f"\x1b[{x + 1}G" if x else "\r"]
    if here == x:
        return ""
    if here is not None and x > here:
        ways.append(f"\x1b[{x - here}C" if x - here > 1 else "\x1b[C")
    elif here is not None:
        ways.append("\b" * (here - x) if here - x <= _FEW else f"\x1b[{here - x}D")
    return min(ways, key=len)


def continues(look: Look, cell: Cell) -> bool:
    """Whether a cell can be written in a terminal that has that look, without a sequence before."""
    return cell[1] == look or (cell[0] == " " and on_blank(look) == cell[1])


def columns(text: str) -> int:
    """Of a character that is certain."""
    return 2 if "\u4e00" <= text < "\ua000" else 1


def is_certain(text: str) -> bool:
    """Whether every terminal gives the character as many columns as we do: not with emoji and combining marks."""
    return text.isascii() or (
        len(text) == 1 and (text < "\u2300" or "\u2500" <= text < "\u2600" or "\u4e00" <= text < "\ua000")
    )
