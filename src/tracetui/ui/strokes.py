"""In which order the cells that differ are written, so that looks are said seldom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from tracetui.ui.brush import continues
from tracetui.ui.looks import PLAIN, Cell, Look, change, on_blank

_BRIDGE = 4
"""So many unchanged cells of one look are cheaper to write again than a cursor move."""
_LONG = 12
"""So many blanks are erased and passed over in fewer bytes than they are."""
_ANYWHERE = 8
"""Bytes of a move to another place, about."""
_MOST_LOOKS = 12
"""So many are looked for that are worth being written apart."""


class Stroke(NamedTuple):
    """Cells of one look beside one another."""

    y: int
    x: int
    cells: Sequence[Cell]
    look: Look


_look = attrgetter("look")
_NOWHERE = (Stroke(-2, 0, (), PLAIN),)
"""Before the first, and after the last."""


def strokes(y: int, row: Sequence[Cell], old: Sequence[Cell | None]) -> Iterator[Stroke]:
    """What to write so that a row that shows `old` shows `row`, from the left to the right."""
    for start, end in _runs(row, [x for x, pair in enumerate(zip(row, old, strict=True)) if pair[0] != pair[1]]):
        while start and row[start][0] == "":
            start -= 1
        while end < len(row) and row[end][0] == "":
            end += 1
        yield from _of_one_look(y, start, row[start:end])


def _runs(row: Sequence[Cell], columns: Sequence[int]) -> Iterable[tuple[int, int]]:
    """(start, end) of what to write for the changed columns; narrow gaps of one look are written again."""
    if not columns:
        return
    start = last = columns[0]
    for x in columns[1:]:
        bridged = x - last - 1 <= _BRIDGE and all(continues(row[last][1], cell) for cell in row[last + 1 : x])
        if not bridged:
            yield start, last + 1
            start = x
        last = x
    yield start, last + 1


def _of_one_look(y: int, x: int, cells: Sequence[Cell]) -> Iterator[Stroke]:
    """Cut where a look must be said, and after so many blanks that they are erased; blanks go with what stands before them, at
    the start with what follows."""
    start, look, blanks = 0, cells[0][1], 0
    for at, cell in enumerate(cells):
        is_blank, all_blank = cell[0] == " ", blanks == at - start
        if cell[0] == "" or (continues(look, cell) and (is_blank or blanks < _LONG)):
            pass
        elif all_blank and blanks < _LONG and on_blank(cell[1]) == look:
            look = cell[1]
        else:
            yield Stroke(y, x + start, cells[start:at], look)
            start, look, blanks = at, cell[1], 0
        blanks = blanks + 1 if is_blank else 0
    yield Stroke(y, x + start, cells[start:], look)


def in_order(found: Sequence[Stroke]) -> list[Stroke]:
    """Row by row, but for looks that come up again and again: what has one of these is written after all else."""
    first, last = list(found), list[Stroke]()
    for _ in range(_MOST_LOOKS):
        gains = _gains(first, (last or first or _NOWHERE)[-1].look)
        look, gain = max(gains.items(), key=lambda item: item[1], default=(PLAIN, 0))
        if gain <= 0:
            break
        last += [stroke for stroke in first if stroke.look == look]
        first = [stroke for stroke in first if stroke.look != look]
    return first + last


def _gains(found: Sequence[Stroke], behind: Look) -> dict[Look, int]:
    """Bytes, about, that are saved where all of one look is written behind all else, which ends in the look `behind`."""
    runs = [tuple(run) for _, run in groupby(found, key=_look)]
    gains: dict[Look, int] = {}
    last_of: dict[Look, Stroke] = {}
    for (*_, before), run, (after, *_) in zip([_NOWHERE, *runs], runs, [*runs[1:], _NOWHERE], strict=False):
        first, last = run[0], run[-1]
        look = first.look
        here = _way(before, first) + _way(last, after) - _way(before, after)
        here += len(change(before.look, look)) + len(change(look, after.look)) - len(change(before.look, after.look))
        apart = _way(last_of[look], first) if look in last_of else _ANYWHERE + len(change(behind, look))
        gains[look] = gains.get(look, 0) + here - apart
        last_of[look] = last
    return gains


def _way(one: Stroke, other: Stroke) -> int:
    """Bytes of the move from the end of a stroke to the next."""
    down, right = other.y - one.y, other.x - one.x - len(one.cells)
    if down not in (0, 1) or not -1 <= right <= (0 if down else right):
        return _ANYWHERE
    return 2 * down - right if right <= 0 else 3 if right == 1 else 4 if right < 10 else 5
