"""One row of the step list: columns that line up, whatever the steps hold."""

from __future__ import annotations

from textual.content import Content

from tracetui.model import Session
from tracetui.ui import present
from tracetui.ui.columns import LETTERS_CELLS, Columns, columns_of
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, KEY, QUIET, STRONG, WRONG, content
from tracetui.ui.state import Opened, in_order, is_tentative
from tracetui.ui.stretches import letter_style


def columns(opened: Opened, width: int) -> Columns:
    numbers = max((step.number for step in opened.session.steps[-1:]), default=0)
    return columns_of(
        width,
        most=max(numbers, opened.facts.steps),
        depth=opened.facts.depth,
        actor_cells=opened.facts.actor_cells,
    )


def row(opened: Opened, index: int, cells: Columns, *, current: bool, found: str = "") -> Content:
    """The row of step `index`; `found` is the text searched for."""
    step = opened.session.steps[index]
    indent = " " * min(2 * step.depth, cells.indent)
    needles = [(opened.wrong_value, WRONG)] if opened.wrong_value else []
    if found:
        needles.append((found, present.FOUND))
    left = content(
        (GLYPHS.cursor if current else " ", KEY),
        (str(step.number).rjust(cells.number), STRONG if current else QUIET),
        (bracket(opened.session, index), QUIET),
        (indent + present.kind_glyph(step), _glyph_style(step.kind, step.status)),
        " ",
        (present.kind_word(step) if cells.kind else "", QUIET),
    )
    left = _padded(left, cells.left)
    actor_style = STRONG if current or step.kind != "tool_call" else ""
    actor = present.elide(content((present.actor(step), actor_style)), cells.actor)
    place = _place(opened, index)
    said = present.around(content(*present.happened(step)), needles, max(cells.text - place.cell_length, 0))
    return (
        left
        + _padded(actor, cells.actor + 2)
        + _padded(said, cells.text - place.cell_length)
        + _padded(place, place.cell_length + 1)
        + _status(step.status, cells.status)
        + _letters(opened.letters.get(index, ""), index in opened.notes)
        + _cascade(opened, index, cells.cascade)
    )


def bracket(session: Session, index: int) -> str:
    """One cell: a corner or a line beside tool calls that one answer asked for together."""
    above, below = _siblings(session, index, index - 1), _siblings(session, index, index + 1)
    if above and below:
        return GLYPHS.middle
    return GLYPHS.last if above else GLYPHS.first if below else " "


def _siblings(session: Session, index: int, other: int) -> bool:
    if not 0 <= other < len(session.steps):
        return False
    one, two = session.steps[index], session.steps[other]
    return one.kind == two.kind == "tool_call" and one.parent is not None and one.parent == two.parent


def _padded(value: Content, cells: int) -> Content:
    return value.pad_right(max(cells - value.cell_length, 0))


def _glyph_style(kind: str, status: str) -> str:
    if status == "error" or kind in ("error", "unreadable"):
        return BAD
    return KEY if kind == "llm_call" else QUIET


def _status(status: str, cells: int) -> Content:
    if not cells:
        return Content("")
    shown = {"ok": ("ok", QUIET), "error": ("error", BAD)}.get(status, ("", ""))
    return _padded(content(shown), cells)


def _letters(letters: str, noted: bool) -> Content:
    """Up to three flags, the worst first; a mark of the user's own follows."""
    kept = in_order(letters)[: LETTERS_CELLS - noted]
    return _padded(
        content(*((letter, letter_style(letter)) for letter in kept), ("m" if noted else "", KEY)), LETTERS_CELLS
    )


def _place(opened: Opened, index: int) -> Content:
    """What the step is in the walk: where it began, the wrong output."""
    origin = opened.triage.origin if opened.triage is not None else None
    if origin is not None and origin.found and index == origin.step:
        return content((f" {GLYPHS.origin} {'suspect' if is_tentative(opened.triage) else 'origin'}", STRONG))
    symptom = opened.symptom if opened.symptom is not None or origin is None else origin.symptom
    if index == symptom and (opened.symptom is not None or (origin is not None and origin.found)):
        return content((f" {GLYPHS.fail} wrong", BAD))
    return Content("")


def _cascade(opened: Opened, index: int, cells: int) -> Content:
    """The line at the right edge that joins the steps which rest on the wrong premise."""
    path = opened.triage.origin.cascade if opened.triage is not None else ()
    if not cells or len(path) < 2 or not path[0] <= index <= path[-1]:
        return _padded(Content(""), cells)
    sign = GLYPHS.cascade
    if index in opened.cascade:
        sign = GLYPHS.from_here if index == path[0] else GLYPHS.to_here if index == path[-1] else GLYPHS.through
    return _padded(content((sign, QUIET if is_tentative(opened.triage) else BAD)), cells)
