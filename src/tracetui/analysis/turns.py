"""A session as turns: what was asked, what a model or agent wrote, and how the world answered each of those.

Formats tell a run differently: as calls with results, or as a chat in which a terminal or a page answers in a message
of its own. Turns bring both to one shape, so that a rule about "an error that was ignored" is written once.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tracetui.analysis.passages import WRITTEN, kind_of_role
from tracetui.analysis.phrases import phrase
from tracetui.context import json_text, text_of
from tracetui.model import Session, Step, ToolCallPart, ToolCallResponsePart

TurnKind = Literal["asked", "work", "outcome"]
TEXT_LIMIT = 20_000
"""Characters of one text that are read for signs."""
_PEOPLE = frozenset(("user", "human", "customer", "client", "system", "developer"))


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """How the world answered a turn."""

    step: int
    """Index of the step that holds the answer."""
    text: str
    failed: bool
    """The step says so: a status or an error. What its text says is for the signs to judge."""


class Turn(msgspec.Struct, frozen=True, gc=False):
    """One contribution to the run."""

    step: int
    """Index of the step."""
    kind: TurnKind
    agent: str
    text: str
    """What it says, cut at TEXT_LIMIT."""
    calls: tuple[int, ...] = ()
    """Indices of the tool steps that it asked for."""
    outcomes: tuple[Outcome, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether it says nothing but that the run is over."""
        return not self.calls and phrase("ending").match(self.text) is not None


def turns(session: Session) -> tuple[Turn, ...]:
    """The turns of a session in order."""
    calls: dict[int, list[int]] = {}
    for step in session.steps:
        if step.kind == "tool_call" and step.parent is not None:
            calls.setdefault(step.parent, []).append(step.index)
    found: list[Turn] = []
    for step in session.steps:
        if step.kind == "tool_call":
            if step.parent is None:
                _orphan_call(session, step, found)
            continue
        turn = _turn(session, step, tuple(calls.get(step.index, ())))
        if turn is None:
            continue
        if turn.kind == "outcome" and found and found[-1].kind != "asked":
            answered = Outcome(step.index, turn.text, step.status == "error")
            found[-1] = msgspec.structs.replace(found[-1], outcomes=(*found[-1].outcomes, answered))
        found.append(turn)
    return tuple(found)


def _turn(session: Session, step: Step, calls: tuple[int, ...]) -> Turn | None:
    text = _said(step)
    outcomes = tuple(_outcome(session.steps[i]) for i in calls if session.steps[i].has_result or session.steps[i].error)
    if step.kind == "llm_call":
        kind: TurnKind = "outcome" if not calls and phrase("outcome").match(text) else "work"
        return Turn(step.index, kind, step.agent or "", text, calls, outcomes)
    if step.kind in ("agent", "workflow", "evaluation", "compaction", "unreadable") and not text:
        return None
    return Turn(step.index, _kind_of_message(step, text), step.agent or "", text, calls, outcomes)


def _kind_of_message(step: Step, text: str) -> TurnKind:
    role = (step.message.role if step.message else "").casefold()
    if step.kind in ("retrieval", "embedding", "guardrail", "error") or kind_of_role(role) == "result":
        return "outcome"
    if phrase("outcome").match(text):
        return "outcome"
    named = (step.agent or "").casefold()
    return "work" if named and named not in _PEOPLE else "work" if kind_of_role(role) in WRITTEN else "asked"


def _orphan_call(session: Session, step: Step, found: list[Turn]) -> None:
    """A call whose asking step is not linked: it belongs to the last work turn of its scope, else stands alone."""
    scope = step.scope
    for at in range(len(found) - 1, max(-1, len(found) - 9), -1):
        turn = found[at]
        if turn.kind == "work" and session.steps[turn.step].scope == scope:
            answers = (_outcome(step),) if step.has_result or step.error or step.summary else ()
            found[at] = msgspec.structs.replace(
                turn, calls=(*turn.calls, step.index), outcomes=(*turn.outcomes, *answers)
            )
            return
    found.append(Turn(step.index, "outcome", step.agent or "", _outcome(step).text))


def _outcome(step: Step) -> Outcome:
    parts = [step.result if isinstance(step.result, str) else json_text(step.result), step.error or ""]
    text = "\n".join(part for part in parts if part) or step.summary
    return Outcome(step.index, text[:TEXT_LIMIT], step.status == "error" or step.error is not None)


def _said(step: Step) -> str:
    if step.message is None:
        return step.summary
    texts = [text_of(part) for part in step.message.parts if not isinstance(part, (ToolCallPart, ToolCallResponsePart))]
    return ("\n".join(texts) or step.summary)[:TEXT_LIMIT]
