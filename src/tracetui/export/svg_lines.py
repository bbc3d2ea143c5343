"""A page of a tour as lines of fixed width, for pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracetui.text import cell_width, elide, visible, visible_line
from tracetui.tour.pages import Block, Facts, Item, Items, Page, Quote, Say, Sides, StepRow, StepRows, Words

COLUMNS = 96
LINES = 20
_LABEL, _WHO = 20, 16


class Run(NamedTuple):
    """Words in one style; `cell`: where they begin."""

    cell: int
    text: str
    style: str = ""


Line = tuple[Run, ...]


def page_lines(page: Page) -> Iterator[Line]:
    """Every line of a page, an empty one between its blocks; all text is visible text."""
    for at, block in enumerate(page.blocks):
        if at:
            yield ()
        yield from _block(block)


def _block(block: Block) -> Iterator[Line]:
    match block:
        case Say(text, strong):
            yield from _paragraph(text, "strong" if strong else "")
        case Words(text, label):
            yield from _paragraph(label, "quiet") if label else ()
            yield from _paragraph(text, "key")
        case Quote():
            yield from _quote(block)
        case Facts(rows):
            for fact in rows:
                first, *more = _paragraph(fact.text, "strong", _LABEL)
                yield (Run(0, visible_line(fact.label), "quiet"), *first)
                yield from more
        case StepRows(rows, of):
            yield from map(_step, rows)
            shown = sum(row is not None for row in rows)
            if shown < of:
                yield (Run(0, f"{shown} of {of} steps", "quiet"),)
        case Sides():
            yield from _sides(block)
        case Items(rows):
            for at, row in enumerate(rows):
                yield from ((),) if at else ()
                yield from _item(row)


def _quote(block: Quote) -> Iterator[Line]:
    label = f"step {block.step}" + (f" · {visible_line(block.label)}" if block.label else "")
    yield (Run(0, elide(label, COLUMNS), "quiet"),)
    for line in wrapped(block.text, COLUMNS - 2):
        yield (Run(0, "│", "wrong"), *_marked(line, block.marked))
    if block.left_out:
        yield (Run(0, "│", "wrong"), Run(2, f"… {block.left_out:,} more characters", "quiet"))


def _marked(line: str, values: tuple[str, ...]) -> Iterator[Run]:
    known = [visible(value) for value in values if value]
    parts = re.split("(" + "|".join(map(re.escape, known)) + ")", line) if known else [line]
    cell = 2
    for at, part in enumerate(parts):
        yield Run(cell, part, "wrong" if at % 2 else "")
        cell += cell_width(part)


def _step(row: StepRow | None) -> Line:
    if row is None:
        return (Run(2, "…", "quiet"),)
    who, what = elide(visible_line(row.who), _WHO), elide(visible_line(row.what), COLUMNS - _WHO - 12)
    path = Run(5, "┃" if row.on_path else "", "bad")
    return (
        Run(0, f"{row.step:>4}", "quiet"),
        path,
        Run(7, who, "strong"),
        Run(_WHO + 8, row.letters[:3], "bad"),
        Run(_WHO + 12, what),
    )


def _sides(block: Sides) -> Iterator[Line]:
    half = COLUMNS // 2 - 2
    bad, good = (elide(visible_line(name), half - 6) for name in block.names)
    yield Run(0, "bad", "bad"), Run(5, bad, "quiet"), Run(half + 4, "good", "good"), Run(half + 10, good, "quiet")
    for side in block.rows:
        style = "strong" if side.kind else "quiet"
        left, right = (_cell(row, half) for row in (side.bad, side.good))
        yield (
            Run(0, left, style),
            Run(half + 1, "✗" if side.kind else "│", "bad" if side.kind else "quiet"),
            Run(half + 4, right, style),
        )
        for mark, colour, row in (("-", "bad", side.bad), ("+", "good", side.good)):
            if side.kind and row is not None:
                first, *more = _paragraph(row.what, "", 6)
                yield (Run(4, mark, colour), *first)
                yield from more


def _cell(row: StepRow | None, cells: int) -> str:
    return elide(visible_line(f"{row.step:>3} {row.who}  {row.what}"), cells) if row is not None else "·"


def _item(item: Item) -> Iterator[Line]:
    first, *more = _paragraph(item.text, "strong", 2)
    yield (Run(0, "✗" if item.urgent else "·", "bad" if item.urgent else "quiet"), *first)
    yield from more
    for detail in filter(None, item.details):
        yield from _paragraph(detail, "quiet", 2)


def _paragraph(text: str, style: str, cell: int = 0) -> Iterator[Line]:
    for line in wrapped(text, COLUMNS - cell):
        yield (Run(cell, line, style),)


def wrapped(text: str, cells: int) -> Iterator[str]:
    """Visible lines of at most so many cells, broken between words where there is a space; one at least."""
    for line in visible(text).rstrip("\n").expandtabs(4).split("\n"):
        while cell_width(line) > cells:
            taken = _fitting(line, cells)
            space = line.rfind(" ", 0, taken + 1)
            end = space if space > taken // 2 else taken
            yield line[:end]
            line = line[end:].lstrip(" ")
        yield line


def _fitting(line: str, cells: int) -> int:
    """How many code points fit; one at least."""
    used = 0
    for at, letter in enumerate(line):
        used += cell_width(letter)
        if used > cells:
            return max(at, 1)
    return len(line)
