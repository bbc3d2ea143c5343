"""The fault origin by the backward method: from the wrong output to the step where what it rests on first appeared."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.analysis.findings import FaultOrigin
from tracetui.model import Flag, Session

_PREMISE = ("ENTITY_HALLUCINATION", "CONTEXT_DRIFT", "TOOL_ARG_MISMATCH", "ENTITY_MISMATCH", "LOOP_DETECTED")


def find_origin(session: Session, flags: Sequence[Flag], *, symptom: int | None = None) -> FaultOrigin:
    """The step where the wrong premise first appeared. `symptom`: index of the step with the wrong output."""
    end = last_output(session) if symptom is None else symptom
    if end is None:
        return FaultOrigin(found=False, because="not found, because the session has no output to walk back from")
    before = [flag for flag in flags if flag.step <= end and flag.kind in _PREMISE]
    if not before:
        return FaultOrigin(found=False, because="not found, because nothing before the output is flagged", symptom=end)
    first = min(before, key=lambda flag: (flag.step, _PREMISE.index(flag.kind)))
    cascade = tuple(sorted({first.step, end, *(flag.step for flag in before)}))
    return FaultOrigin(
        found=True,
        because=first.message,
        step=first.step,
        confidence=first.confidence,
        symptom=end,
        cascade=cascade,
        evidence=first.evidence,
    )


def last_output(session: Session) -> int | None:
    """Index of the step whose output is taken as wrong when nobody says which: the last thing a model said or did."""
    for step in reversed(session.steps):
        if step.kind in ("llm_call", "tool_call") or (step.kind == "message" and step.agent is not None):
            return step.index
    return None
