"""One row of the session list, and the orders it can stand in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from textual.content import Content

from tracetui.analysis.findings import Triage
from tracetui.model import Session, Trace
from tracetui.ui import figures, present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, content
from tracetui.ui.rows import letter_style
from tracetui.ui.state import Facts, flag_letters


class Listed(msgspec.Struct, frozen=True):
    """A session in the list; what is not known yet is None."""

    trace: Trace
    session: Session
    facts: Facts
    triage: Triage | None = None

    @property
    def letters(self) -> str:
        """The flag letters that occur, the worst first."""
        found = set("".join(flag_letters(self.session, self.triage).values()))
        return "".join(sorted(found, key="EMADL?!".find))

    def holds(self, words: Sequence[str]) -> bool:
        """Whether every word stands in what the row shows, without regard to case."""
        shown = " ".join(
            (self.session.session_id, *self.facts.agents, self.trace.path, mode_words(self.triage))
        ).lower()
        return all(word in shown for word in words)


class Order(NamedTuple):
    name: str
    key: Callable[[Listed], float]


def _severity(listed: Listed) -> float:
    flags = len(listed.triage.flags) if listed.triage is not None else 0
    found = listed.triage is not None and listed.triage.verdict.failure_mode not in ("none_found", "cannot_tell")
    return -(flags + (1000 if found else 0))


ORDERS = (
    Order("file order", lambda listed: 0.0),
    Order("flags", _severity),
    Order("cost", lambda listed: -(listed.facts.cost_usd or 0.0)),
    Order("tokens", lambda listed: -float(listed.facts.tokens or 0)),
    Order("time", lambda listed: float(listed.facts.start_ns or 0)),
    Order("duration", lambda listed: -float(listed.facts.duration_ns or 0)),
)


def mode_words(triage: Triage | None) -> str:
    return triage.verdict.failure_mode.replace("_", " ") if triage is not None else ""


def heading(width: int) -> Content:
    """The names of the columns."""
    return _line(
        [(name, QUIET) for name in ("session", "agent", "steps", "tokens", "cost", "time", "started")], width
    ) + content(("flags ", QUIET), ("verdict", QUIET))


def session_row(listed: Listed, *, current: bool, width: int) -> Content:
    facts = listed.facts
    cells = [
        (listed.session.session_id, STRONG),
        (facts.agents[0] if facts.agents else "", ""),
        (f"{facts.steps:,}", ""),
        (figures.tokens(facts.tokens) if facts.tokens is not None else "", QUIET),
        (figures.cost(facts.cost_usd) if facts.cost_usd is not None else "", QUIET),
        (figures.duration(facts.duration_ns) if facts.duration_ns is not None else "", QUIET),
        (started(facts.start_ns), QUIET),
    ]
    bar = content((GLYPHS.cursor if current else " ", KEY))
    letters = content(*((letter, letter_style(letter)) for letter in listed.letters))
    made = bar + _line(cells, width)[1:] + letters.pad_right(max(6 - letters.cell_length, 0)) + _verdict(listed.triage)
    return present.elide(made, width)


def started(start_ns: int | None) -> str:
    """In UTC, to the minute."""
    if start_ns is None:
        return ""
    try:
        return datetime.fromtimestamp(start_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "no date"


def _line(cells: Sequence[tuple[str, str]], width: int) -> Content:
    """Columns from the left; those to the right of the fixed ones take what is left. Numbers stand at the right."""
    roomy = width >= 110
    widths = (28 if roomy else 22, 16 if roomy else 0, 6, 7, 8 if roomy else 0, 9, 16 if roomy else 0)
    made = Content(" ")
    for at, ((value, style), cells_wide) in enumerate(zip(cells, widths, strict=True)):
        if cells_wide:
            cell = present.elide(content((value, style)), cells_wide)
            pad = " " * (cells_wide - cell.cell_length)
            made = made + (Content(pad) + cell if at in (2, 3, 4, 5) else cell + Content(pad)) + Content("  ")
    return made


def _verdict(triage: Triage | None) -> Content:
    if triage is None:
        return content((GLYPHS.more, QUIET))
    mode = triage.verdict.failure_mode
    style = {"none_found": GOOD, "cannot_tell": WARN}.get(mode, BAD)
    return content((mode_words(triage), style))
