"""Which gaps of a trace concern a prompt."""

from __future__ import annotations

from collections import defaultdict

from tracetui.inferred import Told
from tracetui.model import Gap, Session, Step
from tracetui.windows import Windows

_CUT_RECORDS = frozenset(("server_state", "server_context_edit", "truncated", "redacted", "messages_dropped"))
"""Kinds of gap that mean that not even the record of a prompt is what the model saw."""


class GapsOfPrompts:
    """The gaps of a session, by the prompts that they concern."""

    def __init__(self, session: Session, windows: Windows) -> None:
        self._session, self._windows = session, windows
        concerned = {number for gap in session.gaps for number in gap.steps}
        self._steps: dict[int, list[Step]] = defaultdict(list)
        """By number; only those that a gap names."""
        for step in session.steps if concerned else ():
            if step.number in concerned:
                self._steps[step.number].append(step)
        missing = (gap.steps for gap in session.gaps if gap.kind == "content_not_recorded")
        self._without_prompt = {number for numbers in missing for number in numbers}

    def withholds(self, step: Step) -> bool:
        """Whether it is an LLM call, named as one, whose prompt is not in the trace."""
        return step.kind == "llm_call" and step.number in self._without_prompt

    def of(self, step: Step, since: int) -> tuple[Gap, ...]:
        """Gaps of the whole trace, and those of steps whose content is part of the window at `step`, which was last
        rewritten at step `since` (index)."""
        scopes = self._windows.lineage(step.scope, step.index)
        return tuple(
            gap
            for gap in self._session.gaps
            if not gap.steps
            or any(
                since <= other.index <= scopes.get(other.scope, -1)
                for number in gap.steps
                for other in self._steps.get(number, ())
            )
        )


def cuts_record(gap: Gap, call: Step) -> bool:
    """Whether a gap means that the recorded prompt of this call is not what the model saw."""
    return gap.kind in _CUT_RECORDS and call.number in gap.steps


def told_gap(session: Session, step: Step, told: Told) -> Gap:
    """That a prompt was not read but told from another, and how well that went elsewhere."""
    effect = f"likely, not certain: it is told from the prompt of step {session.steps[told.base].number}"
    tried = f"so told, {told.held} of {told.tried} recorded prompts of its kind come out to the letter"
    effect += f"; {tried if told.tried else 'there was no other call of its kind to try that on'}"
    return Gap("prompt_told", effect, steps=(step.number,))
