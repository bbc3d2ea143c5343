"""Which step of a session that was read later is which of those known before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tracetui.model import Session, SourceRef, Step
from tracetui.ui.state import Opened, places_of

if TYPE_CHECKING:
    from tracetui.postmortem.document import Pin


def indices_now(before: Session, now: Session) -> list[int | None]:
    """By index of a step: its index in the same session read later; None where it is not there any more.

    Of a step more may be known by then, its answer or how long it took, and so it may stand elsewhere in the file.
    """
    by_place: dict[SourceRef, list[Step]] = {}
    for step in now.steps:
        for place in places_of(step):
            by_place.setdefault(place, []).append(step)

    def found(step: Step) -> int | None:
        here = now.steps[step.index] if step.index < len(now.steps) else None
        there = [other for other in by_place.get(step.source, ()) if other.kind == step.kind]
        if here in there or (not there and here is not None and _named(here) == _named(step)):
            return step.index
        return next((other.index for other in there if other.call_id == step.call_id), None)

    return [found(step) for step in before.steps]


def _named(step: Step) -> tuple[object, ...]:
    return step.number, step.kind, step.scope, step.tool


def kept(before: Opened, now: Opened, indices: list[int | None]) -> Opened:
    """What was known of the steps, with each at its step of now (`indices_now`)."""
    if indices == list(range(len(indices))):
        return now.with_(pins=_moved(before, now, indices))
    symptom = indices[before.symptom] if before.symptom is not None else None
    return now.with_(triage=None, symptom=symptom, pins=_moved(before, now, indices))


def _moved(before: Opened, now: Opened, indices: list[int | None]) -> tuple[Pin, ...]:
    """The marks, at the places where their steps are now."""
    pins = before.pins
    for index, step in enumerate(before.session.steps if pins else ()):
        later = now.session.steps[to] if (to := indices[index]) is not None else None
        if later is None or (step.number == later.number and step.source in places_of(later)):
            continue
        for pin in before.pins_on(step):
            moved = replace(pin, step=later.number, source=later.source)
            pins = tuple(moved if other is pin else other for other in pins)
    return pins


def say_the_same(before: Sequence[Step], now: Sequence[Step]) -> bool:
    """Whether the steps known before come first now: a document is written anew with every step."""
    return list(map(_said, before)) == list(map(_said, now[: len(before)]))


def _said(step: Step) -> tuple[object, ...]:
    return step.number, step.kind, step.scope, step.tool, step.call_id, step.arguments, step.message, step.summary
