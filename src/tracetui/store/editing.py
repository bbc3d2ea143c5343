"""The postmortem of a session, ready to be typed into: the incident there is, a new one, or one in memory alone
where nothing can be written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from tracetui.analysis.findings import Comparison, Triage
from tracetui.errors import StoreError
from tracetui.model import Session, SourceRef, Trace
from tracetui.postmortem.changes import Change, hold_back, no_longer_said
from tracetui.postmortem.document import Entry, Pin, Postmortem, Suggestion, stamp
from tracetui.postmortem.edits import AddPin, Edit, RemovePin, apply
from tracetui.postmortem.from_session import said
from tracetui.postmortem.prefill import absolute_path, add_pins, fill, prefill, user_name
from tracetui.store.evidence import keep_records
from tracetui.store.history import Version
from tracetui.store.incident import EVIDENCE, Incident
from tracetui.store.incidents import Store
from tracetui.store.journal import SaveState
from tracetui.store.likeness import LIKELY, likeness, most_similar

Listener = Callable[[SaveState], None]
_MARK_CHARACTERS = 400


class Editing(Protocol):
    """What a form needs of whatever it edits. `Incident` is one; `InMemory` is the other."""

    postmortem: Postmortem
    read_only: str
    warning: str
    recovered: tuple[Edit, ...]
    recoveries: tuple[Change, ...]
    offers: tuple[Change, ...]
    user: str

    @property
    def history(self) -> tuple[Version, ...]: ...
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> SaveState: ...
    def edit(self, change: Edit) -> Postmortem: ...
    def stamp(self) -> str: ...
    def save(self) -> None: ...
    def flush(self, timeout_s: float = 3.0) -> bool: ...
    def close(self, timeout_s: float = 3.0) -> bool: ...


class InMemory:
    """A postmortem for which no place could be found on disk; says so as long as it lives."""

    read_only = ""
    warning = ""
    recovered: tuple[Edit, ...] = ()
    recoveries: tuple[Change, ...] = ()
    offers: tuple[Change, ...] = ()
    history: tuple[Version, ...] = ()
    id = ""

    def __init__(self, postmortem: Postmortem, why: str, now: Callable[[], datetime]) -> None:
        self.postmortem = postmortem
        self.user = user_name()
        self._now = now
        self.state = SaveState("failed", now(), why)

    def edit(self, change: Edit) -> Postmortem:
        self.postmortem = apply(self.postmortem, change)
        return self.postmortem

    def stamp(self) -> str:
        return stamp(self._now())

    def save(self) -> None:
        """There is nowhere to save to; `settle` looks for a place again."""

    def flush(self, timeout_s: float = 3.0) -> bool:
        return False

    def close(self, timeout_s: float = 3.0) -> bool:
        return False


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a postmortem is about: a session with what the analyses say of it."""

    trace: Trace
    session: Session
    triage: Triage
    comparison: Comparison | None = None
    good: Session | None = None
    good_path: str = ""
    pins: tuple[Pin, ...] = ()
    """What a person marked in it."""
    bytes_of: Callable[[SourceRef], bytes] | None = None


def open_postmortem(
    store: Store,
    subject: Subject,
    *,
    on_state: Listener = lambda state: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    take_over: bool = False,
    incident_id: str | None = None,
) -> tuple[Incident | InMemory, bool]:
    """The postmortem of a session for editing, filled with what the trace knows, and whether it is new.

    `incident_id`: the incident, where it is chosen already; by default the newest about the session.

    An incident that is there keeps every word of a person. What was empty is filled in; where triage says something else
    than it did, the old value stays, and the new one is among the `offers`.
    """
    try:
        known = incident_id or store.about(absolute_path(subject.trace.path), subject.session.session_id)
    except StoreError:
        known = None  # where nothing can be read, nothing can be written either: `settle` says why
    if known is None:
        draft = with_similar(draft_of(subject, now()), store, now())
        return settle(store, draft, subject, on_state=on_state, now=now), True
    incident = store.open(known, on_state=on_state, take_over=take_over)
    if not incident.read_only:
        held = incident.postmortem
        filled, changes = hold_back(held, draft_of(subject, now(), onto=held))
        incident.offers = (*changes, *no_longer_said(held, draft_of(subject, now())))
        pins, _ = keep_records(incident.folder / EVIDENCE, filled.pins, subject.bytes_of)
        filled = msgspec.structs.replace(filled, pins=pins)
        if filled != incident.postmortem:
            incident.replace(filled)
    return incident, False


def settle(
    store: Store,
    draft: Postmortem,
    subject: Subject,
    *,
    on_state: Listener = lambda state: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
) -> Incident | InMemory:
    """Give a draft its place in the store; in memory, with the reason, where it has none."""
    try:
        return store.open(store.new(draft, bytes_of=subject.bytes_of).id, on_state=on_state)
    except StoreError as problem:
        return InMemory(draft, problem.message, now)


def draft_of(subject: Subject, now: datetime, *, onto: Postmortem | None = None) -> Postmortem:
    """The form filled from the trace, with the steps that a person marked pinned as evidence."""
    filled = prefill(
        subject.session,
        subject.triage,
        subject.comparison,
        now=now,
        trace=subject.trace,
        good=subject.good,
        good_path=subject.good_path,
        onto=onto,
    )
    return add_pins(filled, tuple(_signed(pin, stamp(now)) for pin in subject.pins))


def with_similar(draft: Postmortem, store: Store, now: datetime) -> Postmortem:
    """With the past incidents that are likely the same fault, and what they share; none where the store cannot be read."""
    from tracetui.store.index import Index  # loads sqlite3

    try:
        known = Index(store).likenesses() if store.ids() else {}
    except StoreError:
        return draft
    found: dict[str, Suggestion] = {}
    for similar in most_similar(likeness(draft), known):
        if similar.score >= LIKELY:
            source = f"similar: {similar.score:.2f} of what this one is told by"
            found[f"similar/{similar.id}/incident"] = Suggestion(similar.id, source)
            found[f"similar/{similar.id}/why"] = Suggestion("; ".join(why.text for why in similar.reasons), source)
    return fill(draft, found, at=stamp(now))


def marked_step(session: Session, index: int, note: Entry) -> Pin:
    """A marked step as a pin: the beginning of what it says, to the letter."""
    step = session.steps[index]
    quote = said(session, step)[:_MARK_CHARACTERS]
    return Pin(id=f"mark-{step.number}", step=step.number, quote=quote, source=step.source, note=note)


def keep_marks(
    store: Store,
    subject: Subject,
    pins: Sequence[Pin],
    removed: Sequence[str] = (),
    *,
    incident_id: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
) -> str:
    """Put pins into the incident of a session, which is made where there is none, and take some out by their ids; what to
    say about it. Raises TracetuiError where the store or the incident cannot be opened."""

    def change(editing: Incident | InMemory) -> None:
        signed = tuple(_signed(pin, editing.stamp()) for pin in pins)
        if isinstance(editing, Incident):
            signed, _ = keep_records(editing.folder / EVIDENCE, signed, subject.bytes_of)
        for pin_id in removed:
            editing.edit(RemovePin(pin_id))
        for pin in signed:
            editing.edit(AddPin(pin))

    return edit_incident(store, subject, change, incident_id=incident_id, now=now)


def edit_incident(
    store: Store,
    subject: Subject,
    change: Callable[[Incident | InMemory], None],
    *,
    incident_id: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
) -> str:
    """Open the incident of a session, make a change, and close it again; what to say about it."""
    editing, _ = open_postmortem(store, subject, incident_id=incident_id, now=now)
    try:
        if editing.read_only:
            return f"NOT KEPT: {editing.read_only}"
        change(editing)
        editing.save()
        kept = editing.flush()
    finally:
        editing.close()
    return f"kept in {editing.id}" if kept else f"NOT KEPT: {editing.state.why}"


def _signed(pin: Pin, at: str) -> Pin:
    """With who wrote its note, and when."""
    if not pin.note.text or pin.note.at:
        return pin
    return msgspec.structs.replace(pin, note=msgspec.structs.replace(pin.note, by=user_name(), at=at))
