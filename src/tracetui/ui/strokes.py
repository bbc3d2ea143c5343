"""In which order the cells that differ are written, so that looks are said seldom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, groupby
from operator import attrgetter, ne
from typing import NamedTuple

from tracetui.ui.brush import continues, is_certain
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
    for start, end in _runs(row, list(compress(range(len(row)), map(ne, row, old)))):
        while start and row[start][0] == "":
            start -= 1
        while end < len(row) and row[end][0] == "":
            end += 1
        yield from _of_one_look(y, start, row[start:end])


def _runs(row: Sequence[Cell], columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(start, end) of what to write for the changed columns; narrow gaps of one look are written again."""
    if not columns:
        return
    start = last = columns[0]
    for x in columns[1:]:
        if x != last + 1 and not (
            x - last - 1 <= _BRIDGE and all(continues(row[last][1], cell) for cell in row[last + 1 : x])
        ):
            yield start, last + 1
            start = x
        last = x
    yield start, last + 1


def _of_one_look(y: int, x: int, cells: Sequence[Cell]) -> Iterator[Stroke]:
    """Cut where a look must be said, and after so many blanks that they are erased; blanks go with what stands before them, at
    the start with what follows."""
    start, blanks, look = 0, 0, cells[0][1]
    ground = on_blank(look)
    for at, (text, own) in enumerate(cells):
        if text == " " and own in (ground, look):
            blanks += 1
            continue
        if blanks < _LONG and own is not look and blanks == at - start and on_blank(own) == look:
            look, ground = own, look  # until here blanks alone
        elif (own is not look and own != look and text != "") or blanks >= _LONG:
            yield Stroke(y, x + start, cells[start:at], look)
            start, look, ground = at, own, on_blank(own)
        blanks = 1 if text == " " else 0
    yield Stroke(y, x + start, cells[start:], look)


def in_order(found: Sequence[Stroke]) -> list[Stroke]:
    """Row by row, but for looks that come up again and again: what has one of these is written after all else. In a row with a
    character on whose width terminals do not agree everything stays behind what stands before it, as it may be overwritten."""
    uncertain = {stroke.y for stroke in found if not _is_certain(stroke)}
    rows = [stroke for stroke in found if stroke.y in uncertain]
    first, last = [stroke for stroke in found if stroke.y not in uncertain], list[Stroke]()
    for _ in range(_MOST_LOOKS):
        gains = _gains(first, (last or first or _NOWHERE)[-1].look)
        look, gain = max(gains.items(), key=lambda item: item[1], default=(PLAIN, 0))
        if gain <= 0:
            break
        last += [stroke for stroke in first if stroke.look == look]
        first = [stroke for stroke in first if stroke.look != look]
    return first + last + rows


def _is_certain(stroke: Stroke) -> bool:
    text = "".join([cell[0] for cell in stroke.cells])
    return text.isascii() or all(is_certain(cell[0]) for cell in stroke.cells)


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
