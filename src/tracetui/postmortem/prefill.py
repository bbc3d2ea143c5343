"""What the trace can say of its own incident, put into the form with the source of every value.

`suggestions` reads session, triage and comparison; `fill` puts them into a document and never overwrites a person.
"""

from __future__ import annotations

import getpass
import os
from datetime import datetime

import msgspec

from tracetui.analysis.findings import Comparison, Triage
from tracetui.model import Evidence, Session, Trace
from tracetui.postmortem import from_session, from_triage
from tracetui.postmortem.document import EMPTY, PINS, Entry, Pin, Postmortem, Suggestion, split_address, stamp
from tracetui.postmortem.edits import put, put_all

Suggestions = dict[str, Suggestion]
"""By address, in the order of the form; a row comes into being with its first cell."""


def prefill(
    session: Session,
    triage: Triage,
    comparison: Comparison | None = None,
    *,
    now: datetime,
    trace: Trace,
    good: Session | None = None,
    good_path: str = "",
    onto: Postmortem | None = None,
) -> Postmortem:
    """A draft that holds what the trace knows; with `onto`, that document with its suggestions brought up to date.

    `good`, `good_path`: the baseline that `comparison` was told against. `now` must know its time zone.
    """
    at = stamp(now)
    draft = onto or Postmortem(
        created_at=at,
        created_by=user_name(),
        trace_path=absolute_path(trace.path),
        session_id=session.session_id,
    )
    if draft.entry("identity.status") == EMPTY:
        draft = put(draft, "identity.status", Entry(text="draft", source="tracetui", at=at))
    found = suggestions(session, triage, comparison, trace=trace, good=good, good_path=good_path)
    return add_pins(fill(draft, found, at=at), evidence_pins(session, triage))


def suggestions(
    session: Session,
    triage: Triage,
    comparison: Comparison | None = None,
    *,
    trace: Trace,
    good: Session | None = None,
    good_path: str = "",
) -> Suggestions:
    """Every value that the trace supports; what it does not hold is left out."""
    found: Suggestions = {}
    for address, text, source in (
        *from_triage.title(session, triage),
        *from_session.trace_values(trace),
        *from_session.session_values(session),
        *from_triage.finding_values(session, triage),
        *(from_triage.comparison_values(session, comparison, good, good_path) if comparison else ()),
    ):
        if text:
            found[address] = Suggestion(text, source)
    return found


def fill(postmortem: Postmortem, found: Suggestions, *, at: str) -> Postmortem:
    """The document with suggestions put where no person wrote; where one did, kept beside the person's value.

    A suggestion that a person took back stays out; rows that a person removed stay removed.
    """
    removed = frozenset(postmortem.removed)
    held = {f"{table}/{row.id}": row.cells for table, rows in postmortem.tables.items() for row in rows}
    entries: dict[str, Entry] = {}
    for address, suggestion in found.items():
        row, in_row, column = address.rpartition("/")
        if in_row and row in removed:
            continue
        now_there = (held.get(row, {}) if in_row else postmortem.fields).get(column, EMPTY)
        if now_there == EMPTY or not now_there.from_person:
            if now_there.text != suggestion.text or now_there.source != suggestion.source:
                entries[address] = Entry(text=suggestion.text, source=suggestion.source, at=at)
        elif now_there.suggested != suggestion:
            entries[address] = msgspec.structs.replace(now_there, suggested=suggestion)
    return put_all(postmortem, entries)


def add_pins(postmortem: Postmortem, pins: tuple[Pin, ...]) -> Postmortem:
    """The document with pins that it did not have and that no person took out."""
    known = {pin.id for pin in postmortem.pins}
    new = tuple(pin for pin in pins if pin.id not in known and f"{PINS}/{pin.id}" not in postmortem.removed)
    return msgspec.structs.replace(postmortem, pins=(*postmortem.pins, *new)) if new else postmortem


def evidence_pins(session: Session, triage: Triage) -> tuple[Pin, ...]:
    """The quotes that carry the findings: those of the origin, then of the flags on the cascade, each once."""
    path = {triage.origin.step, *triage.origin.cascade}
    pieces = [*triage.origin.evidence]
    pieces += [piece for flag in triage.flags if flag.step in path for piece in flag.evidence]
    seen: dict[tuple[int, str], Pin] = {}
    for piece in pieces:
        key = (piece.step, piece.quote)
        if piece.quote and key not in seen:
            count = sum(step == piece.step for step, _ in seen) + 1
            seen[key] = pin_of(session, piece, f"step-{session.steps[piece.step].number}-{count}", origin="triage")
    return tuple(seen.values())


def pin_of(session: Session, piece: Evidence, pin_id: str, *, origin: str) -> Pin:
    """A piece of evidence as a pin."""
    number = session.steps[piece.step].number
    return Pin(id=pin_id, step=number, quote=piece.quote, role=piece.role, source=piece.source, origin=origin)


def rows_of(found: Suggestions, table: str) -> list[str]:
    """Ids of the rows that the suggestions have for a table, in order."""
    ids = (split_address(address) for address in found if "/" in address)
    return list(dict.fromkeys(row_id for name, row_id, _ in ids if name == table))


def absolute_path(path: str) -> str:
    """Where a trace is, whatever folder one stands in; standard input stays what it is called."""
    return path if path.startswith("<") else os.path.abspath(path)


def user_name() -> str:
    """Who is at the keyboard; "" where the system cannot tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in the password database: a container
        return ""
