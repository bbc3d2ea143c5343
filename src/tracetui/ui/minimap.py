"""The session in one line: the worst flag of each stretch of steps."""

from __future__ import annotations

from itertools import groupby

from textual.content import Content, Span

from tracetui.ui import present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import FAINT, QUIET, content
from tracetui.ui.rows import letter_style
from tracetui.ui.state import Opened

_WORST_FIRST = "EM!ADRLUISPHBC?x"


def minimap(opened: Opened, note: str, width: int) -> tuple[Content, Content, Content]:
    """`1 __EM_!! 8` and a note at the right end: what stands before the strip, the strip, and what stands behind."""
    steps = opened.session.steps
    if not steps:
        return Content(""), Content(""), Content("")
    right = present.elide(content((note, QUIET)), width * 2 // 3)
    first = present.elide(content((f"{steps[0].number} ", QUIET)), width)
    last = content((f" {steps[-1].number}", QUIET))
    ends = first.cell_length + last.cell_length
    stretches = strip(opened.letters, len(steps), width - ends - (right.cell_length + 2 if right.cell_length else 0))
    return first, stretches, present.spread(last, right, max(width - first.cell_length - stretches.cell_length, 0))


def strip(letters: dict[int, str], length: int, width: int) -> Content:
    """One cell for each of up to `width` equal stretches of `length` places, with the worst of its letters."""
    cells = max(min(width, length), 0)
    worst = stretches(letters, length, cells)
    spans, at = list[Span](), 0
    for letter, alike in groupby(worst):
        end = at + len(list(alike))
        spans.append(Span(at, end, letter_style(letter) if letter else FAINT))
        at = end
    return Content("".join(letter or GLYPHS.blank for letter in worst), spans)


def pointed(line: Content, here: int | None, length: int) -> Content:
    """A strip of `length` places with the stretch of one of them reversed."""
    cells = len(line.plain)
    if here is None or not cells:
        return line
    at = min(here * cells // length, cells - 1)
    return line.stylize("reverse", at, at + 1)


def stretches(letters: dict[int, str], steps: int, cells: int) -> list[str]:
    """The worst letter in each of `cells` equal stretches of the session, "" where there is none."""
    found = [""] * cells
    if cells:
        for step, flags in letters.items():
            at = step * cells // steps
            found[at] = min(found[at] + flags, key=_rank)
    return found


def _rank(letter: str) -> int:
    """A letter that has no place among them comes last."""
    at = _WORST_FIRST.find(letter)
    return at if at >= 0 else len(_WORST_FIRST)
