"""One row of the session list, and the orders it can stand in."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple, TypeVar

import msgspec
from textual.content import Content

from tracetui.analysis.findings import Triage
from tracetui.model import Session, Trace
from tracetui.text import cell_width
from tracetui.ui import figures, present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, WRONG, Piece, content
from tracetui.ui.state import Facts, flag_letters, in_order, is_tentative
from tracetui.ui.stretches import letter_style

Number = TypeVar("Number", int, float)


class Listed(msgspec.Struct, frozen=True):
    """A session in the list; what is not known yet is None."""

    trace: Trace
    session: Session
    facts: Facts
    triage: Triage | None = None

    @property
    def letters(self) -> str:
        """The flag letters that occur, the worst first."""
        return in_order("".join(set("".join(flag_letters(self.session, self.triage).values()))))

    @property
    def asked(self) -> str:
        """What the session was to do, on one line: its goal, or what a user said first, to anybody's knowledge."""
        if self.session.goal:
            return present.line(self.session.goal)
        heard = (step.message for step in self.session.steps if step.message is not None)
        given = (message for edit in self.session.edits for message in edit.messages)
        sent = (message for prompt in self.session.prompts.values() for message in prompt.messages)
        return next((present.said(message) for message in chain(heard, given, sent) if message.role == "user"), "")

    def holds(self, words: Sequence[str]) -> bool:
        """Whether every word stands in what is shown of it, without regard to case."""
        names = (self.session.session_id, *self.facts.agents, self.trace.path)
        shown = " ".join((*names, mode_words(self.triage), self.asked)).lower()
        return all(word in shown for word in words)


class Order(NamedTuple):
    name: str
    key: Callable[[Listed], float]


def _severity(listed: Listed) -> float:
    flags = len(listed.triage.flags) if listed.triage is not None else 0
    found = listed.triage is not None and listed.triage.verdict.failure_mode not in ("none_found", "cannot_tell")
    return -(flags + (1000 if found and not is_tentative(listed.triage) else 0))


ORDERS = (
    Order("file order", lambda listed: 0.0),
    Order("flags", _severity),
    Order("cost", lambda listed: -(listed.facts.cost_usd or 0.0)),
    Order("tokens", lambda listed: -float(listed.facts.tokens or 0)),
    Order("time", lambda listed: float(listed.facts.start_ns or 0)),
    Order("duration", lambda listed: -float(listed.facts.duration_ns or 0)),
)


class Column(NamedTuple):
    """A column of the list; it is shown where some session has a value for it and there is room."""

    name: str
    value: Callable[[Listed], str]
    style: str
    most_cells: int
    right: bool = False
    ends_count: bool = False
    """Its values may begin alike."""


_COLUMNS = (
    Column("session", lambda listed: listed.session.session_id, STRONG, 36, ends_count=True),
    Column("steps", lambda listed: f"{listed.facts.steps:,}", "", 8, right=True),
    Column("tokens", lambda listed: _known(listed.facts.tokens, figures.tokens), QUIET, 7, right=True),
    Column("cost", lambda listed: _known(listed.facts.cost_usd, figures.cost), QUIET, 9, right=True),
    Column("time", lambda listed: _known(listed.facts.duration_ns, figures.duration), QUIET, 9, right=True),
    Column("file", lambda listed: _file(listed), QUIET, 26, ends_count=True),
    Column("agent", lambda listed: listed.facts.agents[0] if listed.facts.agents else "", "", 16),
    Column("started", lambda listed: started(listed.facts.start_ns), QUIET, 16),
)
"""In the order in which they are given room; they stand in this order too."""
_FLAGS_CELLS = 5
_VERDICT_CELLS = 44
"""hallucination propagation  step 3 ord_555; less of a narrow screen."""
_LEAST_ASKED = 24
"""Cells from which on a row ends with what the session was asked."""


class Table:
    """The columns of a list of sessions at a width."""

    def __init__(self, listed: Sequence[Listed], width: int) -> None:
        self.width = width
        self._columns: list[tuple[Column, int]] = []
        self._verdict = min(_VERDICT_CELLS, width * 2 // 5)
        room = width - 1 - _FLAGS_CELLS - 2 - self._verdict
        for column in _COLUMNS:
            widest = max((cell_width(present.line(column.value(row))) for row in listed), default=0)
            cells = max(min(widest, column.most_cells, width // 3), len(column.name))
            if widest and cells + 2 <= room:
                self._columns.append((column, cells))
                room -= cells + 2
        self._asked = max(room - 2, 0) if room - 2 >= _LEAST_ASKED and any(row.asked for row in listed) else 0

    def heading(self) -> Content:
        """The names of the columns."""
        names = [self._cell(content((column.name, QUIET)), column, cells) for column, cells in self._columns]
        return (
            Content(" ")
            + Content("").join(names)
            + content(
                (
                    f"flags  {'verdict'.ljust(self._verdict if self._asked else 0)}{'  asked' if self._asked else ''}",
                    QUIET,
                )
            )
        )

    def row(self, listed: Listed, *, current: bool, width: int) -> Content:
        bar = content((GLYPHS.cursor if current else " ", KEY))
        cells = [self._cell(content((c.value(listed), c.style)), c, room) for c, room in self._columns]
        letters = content(*((letter, letter_style(letter)) for letter in listed.letters[:_FLAGS_CELLS]))
        made = bar + Content("").join(cells) + letters.pad_right(_FLAGS_CELLS + 2 - letters.cell_length)
        verdict = _verdict(listed)
        if self._asked:
            verdict = present.elide(verdict, self._verdict)
            verdict = verdict.pad_right(self._verdict - verdict.cell_length) + content("  ", (listed.asked, QUIET))
        return present.elide(made + verdict, width)

    def _cell(self, value: Content, column: Column, cells: int) -> Content:
        value = (present.elide_middle if column.ends_count else present.elide)(value, cells)
        room = cells - value.cell_length
        return (value.pad_left(room) if column.right else value.pad_right(room)) + Content("  ")


def mode_words(triage: Triage | None) -> str:
    """hallucination propagation; "" while it is not known."""
    if triage is None:
        return ""
    mode = triage.verdict.failure_mode
    perhaps = "perhaps " if is_tentative(triage) else ""
    return "nothing found" if mode == "none_found" else perhaps + mode.replace("_", " ")


def started(start_ns: int | None) -> str:
    """In UTC, to the minute."""
    if start_ns is None:
        return ""
    try:
        return datetime.fromtimestamp(start_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "no date"


def _file(listed: Listed) -> str:
    """The file that the session is in, where the session is not named for it."""
    name = os.path.basename(listed.trace.path)
    return "" if name.startswith(listed.session.session_id) else name


def _known(figure: Number | None, shown: Callable[[Number], str]) -> str:
    return shown(figure) if figure is not None else ""


def _verdict(listed: Listed) -> Content:
    triage = listed.triage
    if triage is None:
        return content((GLYPHS.more, QUIET))
    style = {"none_found": GOOD, "cannot_tell": WARN}.get(triage.verdict.failure_mode, BAD)
    style = WARN if is_tentative(triage) else style
    pieces: list[Piece] = [(mode_words(triage), style)]
    if triage.origin.found and triage.origin.step is not None:
        pieces.append((f"  step {listed.session.steps[triage.origin.step].number} ", QUIET))
        pieces.append((triage.origin.value or "", WRONG))
    return content(*pieces)
