"""One line of the diff list: two columns where there is room, else one line a side, marked as in a unified diff."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from textual.content import Content

from tracetui.analysis.passages import leaves
from tracetui.model import Session, Step
from tracetui.ui import present
from tracetui.ui.compared import DIFFERENCES, SAME, Compared
from tracetui.ui.deltas import deltas, spent_by_step
from tracetui.ui.diff_folds import Fold
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WRONG, Piece, content

TWO_COLUMNS = 100
"""From this many cells both runs stand side by side."""
WITH_DELTAS = 140
"""From this many cells what each step took more or less than the good run's stands at the right."""
DELTA_CELLS = 18
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
    """Position in the alignment; of a fold that of its first pair."""
    side: str
    """both, bad, good or fold"""
    fold: Fold | None = None

    @property
    def last(self) -> int:
        """Position of the last pair that the line stands for."""
        return self.pair if self.fold is None else self.fold.last


def lines_of(compared: Compared, positions: Sequence[int], width: int, closed: Iterable[Fold] = ()) -> list[Line]:
    """One line a pair in two columns; else one for pairs that mean the same and one a side for the others. One for each
    of the `closed` folds of these positions."""
    found: list[Line] = []
    at = 0
    for fold in closed:
        first = bisect_left(positions, fold.first, at)
        found += chain.from_iterable(_lines_of_pair(compared, each, width) for each in positions[at:first])
        found.append(Line(fold.first, "fold", fold))
        at = first + fold.pairs
    found += chain.from_iterable(_lines_of_pair(compared, each, width) for each in positions[at:])
    return found


def _lines_of_pair(compared: Compared, at: int, width: int) -> list[Line]:
    pair = compared.pairs[at]
    if width >= TWO_COLUMNS or (compared.kinds[at] not in DIFFERENCES and None not in (pair.bad, pair.good)):
        return [Line(at, "both")]
    return [Line(at, side) for side, index in (("bad", pair.bad), ("good", pair.good)) if index is not None]


def row(compared: Compared, line: Line, *, current: bool, width: int) -> Content:
    """A line in at most `width` cells."""
    if line.fold is not None:
        return _folded(compared, line.fold, current=current, width=width)
    if width >= TWO_COLUMNS:
        return _two_columns(compared, line.pair, current=current, width=width)
    return _one_side(compared, line, current=current, width=width)


def heading(compared: Compared, width: int) -> Content:
    """The names over the two columns; empty where they are not side by side."""
    if width < TWO_COLUMNS:
        return Content("")
    side = _side_cells(width)
    left = present.elide(content(("bad   ", BAD), (compared.bad.session_id, QUIET)), side)
    right = content(("good  ", GOOD), (compared.good.session_id, QUIET))
    made = present.elide(content(" ") + _padded(left, side) + content(" " * (LABEL_CELLS + 2)) + right, width)
    return made if width < WITH_DELTAS else present.spread(made, content(("bad - good", QUIET)), width)


def label_of(kind: str) -> str:
    """A kind in one short word."""
    return _LABELS.get(kind, kind)


def _folded(compared: Compared, fold: Fold, *, current: bool, width: int) -> Content:
    """How many pairs stand behind the line, and which steps they are."""
    ends = compared.pairs[fold.first], compared.pairs[fold.last]
    bad = _reach(compared.bad, ends[0].bad, ends[1].bad)
    good = _reach(compared.good, ends[0].good, ends[1].good)
    told = content(
        (" " * _NUMBER_CELLS + f"{GLYPHS.more} {fold.pairs:,} {equal_words(compared)}", KEY if current else QUIET),
        (f"   {bad} {GLYPHS.dot} good run {good}", QUIET),
        (f" {GLYPHS.dot} {key_of('diff.words', 'enter')} unfolds" if current else "", QUIET),
    )
    return present.elide(_cursor(current) + told, width)


def equal_words(compared: Compared) -> str:
    """What is said of pairs that do not differ."""
    return "pairs mean the same" if compared.by_meaning else "lines say the same"


def _reach(session: Session, first: int | None, last: int | None) -> str:
    known = [session.steps[index].number for index in (first, last) if index is not None]
    return f"{min(known)}-{max(known)}" if known else GLYPHS.dot


def _two_columns(compared: Compared, at: int, *, current: bool, width: int) -> Content:
    spent = DELTA_CELLS if width >= WITH_DELTAS else 0
    side = _side_cells(width)
    pair = compared.pairs[at]
    left = _cell(compared, pair.bad, compared.kinds[at], bad=True, current=current, cells=side)
    right = _cell(compared, pair.good, compared.kinds[at], bad=False, current=current, cells=side)
    middle = _padded(_label(compared, at), LABEL_CELLS)
    made = _cursor(current) + _padded(left, side) + content(" ") + middle + content(" ") + right
    return made if not spent else present.spread(made, content((_delta(compared, at), QUIET)), width)


def _side_cells(width: int) -> int:
    spent = DELTA_CELLS if width >= WITH_DELTAS else 0
    return (width - 1 - LABEL_CELLS - 2 - spent) // 2


def _delta(compared: Compared, at: int) -> str:
    """How much longer and larger the step was than the good run's."""
    bad, good = compared.pairs[at].bad, compared.pairs[at].good
    if bad is None or good is None:
        return ""
    both = deltas(spent_by_step(compared.bad.steps[bad]), spent_by_step(compared.good.steps[good]))
    return " ".join(part for part in both if not part.lstrip("+-").startswith("$"))


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
        return content((GLYPHS.dot, QUIET))
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
