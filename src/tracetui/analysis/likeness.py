"""How well a run serves as the good run to compare another one with, and why."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz import fuzz

from tracetui.analysis.findings import Triage
from tracetui.analysis.outcome import Outcome, outcome
from tracetui.analysis.roster import Roster
from tracetui.context import text_of
from tracetui.model import Session

_ALIKE = 0.7
_FAULTY = 0.5


class Likeness(NamedTuple):
    """Reasons for and against a run as the baseline."""

    score: float
    """0 to 1, comparable among candidates for one run."""
    reasons: tuple[str, ...]
    """In words, the weightiest first; ids of the trace are quoted in them."""


def likeness(bad: Session, other: Session, verdict: Triage | None = None) -> Likeness:
    """`verdict`: what triage says of the other run, where it is known."""
    weighed = [
        (0.4, *_tools(bad, other)),
        (0.3, *_soundness(other, verdict)),
        (0.15, *_subject(bad, other)),
        (0.15, *_request(bad, other)),
    ]
    score = sum(weight * part for weight, part, _ in weighed)
    known = outcome(other)
    is_faulty = not known.went_right if known is not None else verdict is not None and verdict.origin.found
    reasons = sorted(weighed, key=lambda item: -item[0] * abs(item[1] - 0.5))
    told = tuple(reason for _, _, reason in reasons if reason)
    told = (_outcome_words(known), *told) if known is not None else (*told, "outcome not recorded")
    # A faulty run is no good run, however like it is.
    return Likeness(score * _FAULTY if is_faulty else score, told)


def _outcome_words(known: Outcome) -> str:
    return f"went {'right' if known.went_right else 'WRONG'} ({known.told})"


def _tools(bad: Session, other: Session) -> tuple[float, str]:
    own, others = ({step.tool for step in run.steps if step.kind == "tool_call" and step.tool} for run in (bad, other))
    if not own or not others:
        return (0.5, "") if own == others else (0.0, "calls no tool" if own else "calls tools, this run does not")
    shared = len(own & others)
    return shared / len(own | others), f"{shared} of its {len(others)} tools are called here"


def _subject(bad: Session, other: Session) -> tuple[float, str]:
    task, its_task = bad.attributes.get("task_id"), other.attributes.get("task_id")
    if task is not None and task == its_task:
        return 1.0, f"the same task {task}"
    own, others = Roster(bad), Roster(other)
    for ids, theirs in ((own.given_ids, others.given_ids), (own.used_ids, others.used_ids)):
        if shared := [value for key, value in ids.items() if key in theirs]:
            return 1.0, f"about the same {shared[0]}"
    return 0.3, "about other things" if others.given_ids or others.used_ids else ""


def _request(bad: Session, other: Session) -> tuple[float, str]:
    own, others = (first_request(run)[:2000].casefold() for run in (bad, other))
    if not own or not others:
        return 0.5, ""
    alike = fuzz.token_sort_ratio(own, others) / 100
    return alike, "the request is worded alike" if alike >= _ALIKE else ""


def _soundness(other: Session, verdict: Triage | None) -> tuple[float, str]:
    errors = sum(step.status == "error" for step in other.steps)
    flags = sum(len(step.recorded_flags) for step in other.steps)
    if verdict is not None and verdict.origin.found and verdict.origin.step is not None:
        return 0.0, f"has a fault of its own at step {other.steps[verdict.origin.step].number}"
    if flags:
        return 0.1, f"{flags} recorded flag{'s' if flags > 1 else ''}"
    if errors:
        return 0.5, f"{errors} error{'s' if errors > 1 else ''}"
    return 1.0, "no fault found in it" if verdict is not None else "no error, no recorded flag"


def first_request(session: Session) -> str:
    """The first thing that was asked for; empty where no user's words are recorded."""
    messages = [step.message for step in session.steps if step.kind == "message" and step.message is not None]
    messages += [message for edit in session.edits for message in edit.messages]
    asked = (message for message in messages if message.role in ("user", "human"))
    return next((text for message in asked if (text := "\n".join(map(text_of, message.parts)))), "")
