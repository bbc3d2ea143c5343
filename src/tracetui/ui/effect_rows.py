"""One row of the blast radius: an action on the world, how far it can be taken back, and what it has to do with the fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from tracetui.analysis.findings import Effect, Reversibility
from tracetui.model import Session
from tracetui.text import cell_width
from tracetui.ui import present
from tracetui.ui.document import paragraph
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.ledger import Ledger
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, WRONG, Piece, content


class Degree(NamedTuple):
    """How a reversibility is shown: a letter, a word and a colour, never a colour alone."""

    letter: str
    word: str
    style: str


DEGREES: dict[Reversibility, Degree] = {
    "irreversible": Degree("!", "irreversible", BAD),
    "unknown": Degree("?", "unknown", BAD),
    "external": Degree("X", "external", WARN),
    "reversible": Degree("R", "reversible", GOOD),
}
"""The worst first; unknown counts as irreversible."""
_WORST_FIRST = tuple(DEGREES)
_DEGREE_CELLS = 2 + max(len(degree.word) for degree in DEGREES.values())
_ROLE_CELLS = 9
_DONE_CELLS = 5
_OWNER_CELLS = 14
_LEAST_TARGET = 14
"""Cells that the target has before there is a column for the origin, which is told below the list too."""
_LABEL_CELLS = 9
"""What the lines of an explanation begin with."""
_TOOL_CELLS = 28


def worst_first(effects: Sequence[Effect]) -> list[Effect]:
    """What rests on the fault before the rest, the less reversible first, then in step order."""
    return sorted(effects, key=lambda e: (not e.depends_on_origin, _WORST_FIRST.index(e.reversibility), e.step))


def role(effect: Effect, *, origin_known: bool) -> Piece:
    """What an action has to do with the fault."""
    if not origin_known:
        return ("", QUIET)
    if effect.depends_on_origin:
        return ("rests on", WRONG)
    return ("after", WARN) if effect.after_origin else ("before", QUIET)


class EffectTable:
    """The columns of a ledger at a width."""

    def __init__(
        self, session: Session, effects: Sequence[Effect], width: int, *, origin_known: bool, ledger: Ledger
    ) -> None:
        self._session = session
        self._ledger = ledger
        owners = [text for (_, column), text in ledger.items() if column == "owner"]
        self._owner = min(max(map(cell_width, owners), default=0), _OWNER_CELLS)
        self._number = max(4, *(len(str(session.steps[e.step].number)) for e in effects), 0)
        widest = max((cell_width(present.line(effect.tool)) for effect in effects), default=0)
        rest = 1 + self._number + 2 + 2 + _DEGREE_CELLS + 2 + _DONE_CELLS + 2
        rest += max(self._owner, 5) + 2 if self._owner else 0
        fault = _ROLE_CELLS + 2 if origin_known else 0
        self._tool = max(min(widest, _TOOL_CELLS, max(width - rest - fault - _LEAST_TARGET, width // 5)), 4)
        self._tells_origin = origin_known and width - rest - self._tool - fault >= _LEAST_TARGET

    def heading(self) -> Content:
        number = "step".rjust(self._number + 1)
        columns = f"{number}  {'tool'.ljust(self._tool)}  {'can be undone'.ljust(_DEGREE_CELLS)}"
        fault = f"  {'origin'.ljust(_ROLE_CELLS)}" if self._tells_origin else ""
        owner = f"  {'owner'.ljust(max(self._owner, 5))}" if self._owner else ""
        return content((f"{columns}{fault}  done {owner}  target", QUIET))

    def row(self, effect: Effect, *, current: bool, width: int) -> Content:
        degree = DEGREES[effect.reversibility]
        number = str(self._session.steps[effect.step].number).rjust(self._number)
        tool = present.elide(content((effect.tool or "unnamed tool", STRONG)), self._tool)
        made = content((GLYPHS.cursor if current else " ", KEY), (number, QUIET), "  ")
        made += tool.pad_right(self._tool - tool.cell_length) + Content("  ")
        made += content((f"{degree.letter} {degree.word.ljust(_DEGREE_CELLS - 2)}", degree.style))
        if self._tells_origin:
            words = content(role(effect, origin_known=True))
            made += Content("  ") + words.pad_right(_ROLE_CELLS - words.cell_length)
        made += content("  ", done_piece(self._ledger.get((effect.step, "done"), "")))
        if self._owner:
            cells = max(self._owner, 5)
            owner = present.elide(content(self._ledger.get((effect.step, "owner"), "")), cells)
            made += Content("  ") + owner.pad_right(cells - owner.cell_length)
        return present.elide(made + content("  ", effect.target), width)


def done_piece(done: str) -> Piece:
    """Whether what an action did has been made good, in five cells."""
    return (f"{GLYPHS.calm} yes", GOOD) if done == "yes" else ("  no ", WARN) if done == "no" else ("  -  ", QUIET)


def explained(session: Session, effect: Effect, wrong_value: str | None, ledger: Ledger) -> list[Content]:
    """What is known of one action and what is done about it, line by line."""
    step, degree = session.steps[effect.step], DEGREES[effect.reversibility]
    counts = " (counts as irreversible)" if effect.reversibility == "unknown" else ""
    lines = [
        content(
            (f"step {step.number} ", QUIET), (effect.tool or "unnamed tool", STRONG), f" {GLYPHS.arrow} {effect.target}"
        ),
        content((f"{degree.letter} {degree.word}{counts}", degree.style), f"  {effect.why}"),
    ]
    if undo := ledger.get((effect.step, "remedy"), effect.undo):
        lines.append(content(("to undo  ", QUIET), undo))
    owner, done = ledger.get((effect.step, "owner"), ""), ledger.get((effect.step, "done"), "")
    lines.append(
        content(
            ("owner    ", QUIET),
            owner or ("nobody yet", WARN),
            ("   done  ", QUIET),
            (done, GOOD) if done == "yes" else (done or "not yet", WARN),
        )
    )
    if effect.depends_on_origin:
        lines.append(content(("fault    ", QUIET), ("it rests on the wrong premise", WRONG)))
    elif effect.after_origin:
        lines.append(content(("fault    ", QUIET), "after the origin; no recorded value ties it to the wrong premise"))
    lines.append(content(("did      ", QUIET), *present.happened(step)))
    needles = [(wrong_value, WRONG)] if wrong_value else []
    return [present.highlight(line, needles) for line in lines]


def explained_rows(lines: Sequence[Content], width: int, *, most: int) -> list[Content]:
    """The lines of an explanation in at most `most` rows, each at least one; a cut shows."""
    rows: list[Content] = []
    for at, line in enumerate(lines, start=1):
        room = most - len(rows) - (len(lines) - at)
        rows += paragraph(line, width, most=room, indent=_LABEL_CELLS)
    return rows


def told(effects: Sequence[Effect], ledger: Ledger, *, origin_known: bool, roomy: bool = True) -> list[Piece]:
    """The ledger in one line: how many, how many of each degree, how many of them concern the fault. `roomy`: in whole
    words."""
    if not effects:
        return [("nothing outside was changed", GOOD)]
    pieces: list[Piece] = [(f"{len(effects)} action{'s' if len(effects) != 1 else ''}", STRONG)]
    done = sum(ledger.get((effect.step, "done")) == "yes" for effect in effects)
    if done:
        pieces.append((f", {done} {'made good' if roomy else 'done'}", GOOD))
    for kind, degree in DEGREES.items():
        count = sum(effect.reversibility == kind for effect in effects)
        if count:
            pieces += [(f" {GLYPHS.dot} ", QUIET), (f"{degree.letter} {count} {degree.word}", degree.style)]
    if origin_known:
        after = sum(effect.after_origin for effect in effects)
        resting = sum(effect.depends_on_origin for effect in effects)
        pieces.append((f" {GLYPHS.dot} {after} after origin" + (f", {resting} on it" if roomy else ""), ""))
    return pieces
