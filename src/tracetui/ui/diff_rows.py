"""One line of the diff list: two columns where there is room, else one line a side, marked as in a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from textual.content import Content

from tracetui.analysis.passages import leaves
from tracetui.model import Step
from tracetui.ui import present
from tracetui.ui.compared import DIFFERENCES, SAME, Compared
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, FAINT, GOOD, KEY, QUIET, STRONG, WRONG, Piece, content

TWO_COLUMNS = 100
"""From this many cells both runs stand side by side."""
LABEL_CELLS = 9
_NUMBER_CELLS = 4
_LABELS = {
    SAME: "",
    "user phrasing": "phrasing",
    "entity values": "values",
    "order of reads": "order",
    "extra reads": "extra",
    "repeated reads": "repeat",
    "notes to itself": "note",
    "volatile values": "volatile",
    "retries": "retry",
}
_SIDES: dict[str, Piece] = {"both": "  ", "bad": ("- ", BAD), "good": ("+ ", GOOD)}
_MOST_LEAVES = 40
"""Values of arguments that are looked at for a line."""


class Line(NamedTuple):
    """What one line of the list shows."""

    pair: int
    """Position in the alignment."""
    side: str
    """both, bad or good"""


def lines_of(compared: Compared, positions: list[int], width: int) -> list[Line]:
    """One line a pair in two columns; else one for pairs that mean the same and one a side for the others."""
    if width >= TWO_COLUMNS:
        return [Line(at, "both") for at in positions]
    found: list[Line] = []
    for at in positions:
        pair = compared.pairs[at]
        if compared.kinds[at] not in DIFFERENCES and pair.bad is not None and pair.good is not None:
            found.append(Line(at, "both"))
            continue
        found += [Line(at, "bad")] if pair.bad is not None else []
        found += [Line(at, "good")] if pair.good is not None else []
    return found


def row(compared: Compared, line: Line, *, current: bool, width: int) -> Content:
    """A line in at most `width` cells."""
    if width >= TWO_COLUMNS:
        return _two_columns(compared, line.pair, current=current, width=width)
    return _one_side(compared, line, current=current, width=width)


def heading(compared: Compared, width: int) -> Content:
    """The names over the two columns; empty where they are not side by side."""
    if width < TWO_COLUMNS:
        return Content("")
    side = (width - 1 - LABEL_CELLS - 2) // 2
    left = present.elide(content(("bad   ", BAD), (compared.bad.session_id, QUIET)), side)
    right = content(("good  ", GOOD), (compared.good.session_id, QUIET))
    return present.elide(content(" ") + _padded(left, side) + content(" " * (LABEL_CELLS + 2)) + right, width)


def label_of(kind: str) -> str:
    """A kind in one short word."""
    return _LABELS.get(kind, kind)


def _two_columns(compared: Compared, at: int, *, current: bool, width: int) -> Content:
    side = (width - 1 - LABEL_CELLS - 2) // 2
    pair = compared.pairs[at]
    left = _cell(compared, pair.bad, compared.kinds[at], bad=True, current=current, cells=side)
    right = _cell(compared, pair.good, compared.kinds[at], bad=False, current=current, cells=side)
    middle = _padded(_label(compared, at), LABEL_CELLS)
    return _cursor(current) + _padded(left, side) + content(" ") + middle + content(" ") + right


def _one_side(compared: Compared, line: Line, *, current: bool, width: int) -> Content:
    pair, kind = compared.pairs[line.pair], compared.kinds[line.pair]
    is_bad = line.side != "good"
    mark = content(_SIDES[line.side])
    label = _label(compared, line.pair) if line.side != "good" or pair.bad is None else Content("")
    room = width - 1 - 2 - LABEL_CELLS - 1
    cell = _cell(compared, pair.bad if is_bad else pair.good, kind, bad=is_bad, current=current, cells=room)
    return _cursor(current) + mark + _padded(cell, room) + content(" ") + label


def _cursor(current: bool) -> Content:
    return content((GLYPHS.cursor if current else " ", KEY))


def _label(compared: Compared, at: int) -> Content:
    """The kind of the pair; where the runs part and where it was decided stand out without colour too."""
    kind = compared.kinds[at]
    if at == compared.divergence_at:
        return content((f"{GLYPHS.step}{label_of(kind)}", f"reverse {BAD}"))
    if at == compared.decisive_at:
        return content(("!action", f"reverse {BAD}"))
    return content((f" {label_of(kind)}", BAD if kind in DIFFERENCES else QUIET))


def _cell(compared: Compared, index: int | None, kind: str, *, bad: bool, current: bool, cells: int) -> Content:
    if index is None:
        return content((GLYPHS.dot, FAINT))
    step = (compared.bad if bad else compared.good).steps[index]
    said = content(*_what(compared, step, bad=bad))
    number = content((str(step.number).rjust(_NUMBER_CELLS - 1) + " ", STRONG if current else QUIET))
    glyph = content((f"{present.kind_glyph(step)} ", KEY if step.kind == "llm_call" else QUIET))
    left = number + glyph
    if step.kind == "tool_call":
        left = left + content((present.actor(step), STRONG))
    made = left + present.around(said, _needles(compared, bad), max(cells - left.cell_length, 0))
    return made if kind in DIFFERENCES or kind == SAME or current else made.stylize(QUIET)


def _needles(compared: Compared, bad: bool) -> list[tuple[str, str]]:
    return [(value, WRONG) for value in compared.invented] if bad else []


def _what(compared: Compared, step: Step, *, bad: bool) -> Iterator[Piece]:
    """What a step did, after its tool's name: the arguments with their roles, or what was said."""
    if step.kind != "tool_call" or not isinstance(step.arguments, dict):
        yield from [" "] if step.kind == "tool_call" else []
        yield from present.happened(step)
        return
    for path, text in _some(step.arguments):
        yield f" {path.removeprefix('/')}=", QUIET
        yield from named(compared, text, bad=bad)
    if step.error:
        yield f" {GLYPHS.arrow} {step.error[:200]}", BAD


def named(compared: Compared, value: str, *, bad: bool) -> list[Piece]:
    """A value with the role that it plays before it; a value of the bad run that plays none of the good run's stands out."""
    role = compared.roles.role_of(value, bad=bad) if len(value) <= 80 else None
    if role is None:
        return [value[:200]]
    ours, theirs = compared.roles.players(role)
    return [(f"{role} ", KEY), (value, WRONG if bad and theirs is None else GOOD if ours is None else "")]


def _some(arguments: Any) -> Iterator[tuple[str, str]]:
    for _, leaf in zip(range(_MOST_LEAVES), leaves(arguments), strict=False):
        yield leaf


def _padded(value: Content, cells: int) -> Content:
    return value.pad_right(max(cells - value.cell_length, 0))
