"""Marks: a step, or a piece of it to the letter, pinned with a note. What is pinned goes to the incident at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec.structs import replace

from tracetui.analysis.passages import step_passages
from tracetui.errors import TracetuiError
from tracetui.model import Session
from tracetui.postmortem.document import PERSON, Entry, GoodRun, Pin
from tracetui.postmortem.from_session import actor
from tracetui.postmortem.prefill import absolute_path
from tracetui.store.editing import keep_marks, marked_step
from tracetui.store.incidents import Store
from tracetui.ui.compared import Compared
from tracetui.ui.present import line
from tracetui.ui.state import Opened
from tracetui.ui.touring import subject_of

_MOST_CHARACTERS = 2000
"""A longer line is pinned by its beginning; the record is kept whole beside it."""
_SHORTEST = 3


def exact_quote(session: Session, index: int, shown: str) -> str:
    """What the trace says, to the letter, where the screen shows `shown`: the line of a message or answer, or the value in
    it. "" where the line is not of the trace."""
    wanted = " ".join(shown.split())
    if len(wanted) < _SHORTEST:
        return ""
    inside = ""
    for passage in step_passages(session, session.steps[index]):
        for said in passage.text.split("\n"):
            told = " ".join(line(said).split())
            if told == wanted:
                return said[:_MOST_CHARACTERS]
            if (len(told) >= _SHORTEST and told in wanted and len(said) > len(inside)) or (
                wanted in told and not inside
            ):
                inside = said
    return inside[:_MOST_CHARACTERS]


def pin_of(session: Session, index: int, note: str = "", quote: str = "", run: GoodRun | None = None) -> Pin:
    """A step, or a quote from it, as a pin. `run`: the good run that the session is, where it is none of the incident."""
    step = session.steps[index]
    pin = marked_step(session, index, Entry(text=note) if note else Entry())
    name = pin.id
    if run is not None:  # which may not be at hand when it is read: it says who acted, too
        pin = replace(pin, role=actor(step))
        name = f"good-{_digest(f'{run.path}{run.session_id}')}-{step.number}"
    if quote:
        pin, name = replace(pin, quote=quote), f"{name}-{_digest(quote)}"
    return replace(pin, id=name, run=run)


def pin_of_pair(opened: Opened, compared: Compared, at: int, *, of_good: bool, shown: str = "") -> tuple[Pin, str]:
    """The step of a pair as a pin, with what differs as its note to begin with. `of_good`: the good run's; `shown`: the line on
    the screen that is to be quoted, "" for the step."""
    pair = compared.pairs[at]
    if pair.bad is None or (of_good and pair.good is not None):
        session, step, run, unlike = compared.good, pair.good, _good_run(opened, compared, at), "what a good run did"
    else:
        session, step, run, unlike = compared.bad, pair.bad, None, "unlike a good run"
    assert step is not None
    told = compared.told.get(at, ())
    pin = pin_of(session, step, quote=exact_quote(session, step, shown), run=run)
    return pin, line(f"{unlike}: {told[0].why}") if told else ""


def _good_run(opened: Opened, compared: Compared, at: int) -> GoodRun:
    """The baseline, as a pin of it tells where it is from."""
    beside = compared.steps_at(at)[0]
    return GoodRun(
        path=absolute_path(opened.baseline_path or compared.good.steps[0].source.path),
        session_id=compared.good.session_id,
        beside=compared.bad.steps[beside].number if beside is not None else None,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def noted(pin: Pin, note: str) -> Pin:
    """The pin with another note."""
    return replace(pin, note=Entry(text=note.strip()) if note.strip() else Entry())


def with_pin(opened: Opened, pin: Pin) -> Opened:
    """With a pin put in, or its note changed."""
    return opened.with_(pins=(*(known for known in opened.pins if known.id != pin.id), pin))


def without_pin(opened: Opened, pin_id: str) -> Opened:
    return opened.with_(pins=tuple(pin for pin in opened.pins if pin.id != pin_id))


def kept_pins(opened: Opened, store: Store, incident_id: str | None = None) -> tuple[Pin, ...]:
    """What a person pinned in the session earlier; none where the store cannot be read. For a thread."""
    try:
        known = incident_id or store.about(absolute_path(opened.trace.path), opened.session.session_id)
        held = store.read(known) if known is not None else None
    except TracetuiError:
        return ()
    return tuple(pin for pin in held.pins if pin.origin == PERSON) if held is not None else ()


def keep(
    opened: Opened, store: Store, pins: Sequence[Pin], removed: Sequence[str], incident_id: str | None = None
) -> str:
    """Put pins into the incident of the session, and take some out; what to say about it. For a thread."""
    try:
        return keep_marks(store, subject_of(opened), pins, removed, incident_id=incident_id)
    except TracetuiError as problem:
        return f"the mark is NOT KEPT: {problem.message}"
