"""What is done about each action of the blast radius: remedy, owner, done; kept with the incident of the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracetui.analysis.findings import Effect
from tracetui.errors import TracetuiError
from tracetui.model import Session
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import SetText
from tracetui.postmortem.prefill import absolute_path
from tracetui.store.editing import Editing, edit_incident
from tracetui.store.incidents import Store
from tracetui.ui.state import Opened
from tracetui.ui.touring import subject_of

COLUMNS = ("remedy", "owner", "done")
TABLE = "blast_radius"
Ledger = Mapping[tuple[int, str], str]
"""(index of the step, column) to what stands there."""


class Change(NamedTuple):
    """One cell that a person filled, and what stood there before."""

    effect: Effect
    column: str
    text: str
    before: str


def read_ledger(opened: Opened, store: Store, incident_id: str | None = None) -> dict[tuple[int, str], str]:
    """What the incident holds on the actions; nothing where there is no incident or it cannot be read. For a thread."""
    try:
        known = incident_id or store.about(absolute_path(opened.trace.path), opened.session.session_id)
        held = store.read(known) if known is not None else None
    except TracetuiError:
        return {}
    effects = opened.triage.blast_radius if opened.triage is not None else ()
    return cells(held, opened.session, effects) if held is not None else {}


def cells(held: Postmortem, session: Session, effects: Sequence[Effect]) -> dict[tuple[int, str], str]:
    found = {
        (effect.step, column): held.text(f"{row_of(session, effect)}/{column}")
        for effect in effects
        for column in COLUMNS
    }
    return {key: text for key, text in found.items() if text}


def keep(opened: Opened, store: Store, changes: Sequence[Change], incident_id: str | None = None) -> str:
    """Put changes into the incident, which is made where there is none; what to say about it. For a thread."""

    def change(editing: Editing) -> None:
        for made in changes:
            row, by, at = row_of(opened.session, made.effect), editing.user, editing.stamp()
            if editing.postmortem.row(*row.split("/")) is None:
                # An action before the origin has no row of its own until somebody answers for it.
                number = str(opened.session.steps[made.effect.step].number)
                known = (
                    ("step", number),
                    ("tool", made.effect.tool),
                    ("target", made.effect.target),
                    ("reversibility", made.effect.reversibility),
                )
                for column, text in known:
                    editing.edit(SetText(f"{row}/{column}", text, "", at, "triage"))
            editing.edit(SetText(f"{row}/{made.column}", made.text, by, at))

    try:
        return edit_incident(store, subject_of(opened), change, incident_id=incident_id)
    except TracetuiError as problem:
        return f"NOT KEPT: {problem.message}"


def row_of(session: Session, effect: Effect) -> str:
    """`table/row` of an action in the form."""
    return f"{TABLE}/step-{session.steps[effect.step].number}"
