"""How far two runs had got at a step: what they had done, looked up and been told, so that a move can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from tracetui.analysis.conduct import Run
from tracetui.analysis.findings import Pair


class Progress:
    """Counts before each step of one run."""

    def __init__(self, run: Run) -> None:
        self.done = _count_before(run.external)
        """Actions on the world outside."""
        self.looked = _count_before([run.is_lookup(step.index) for step in run.steps])
        self.turns = _count_before([step.kind == "message" for step in run.steps])
        """Messages that somebody put in."""
        self._actions = run.actions

    def action_after(self, done: int) -> int | None:
        """Index of the action that comes when `done` actions are done."""
        return self._actions[done] if done < len(self._actions) else None


def passed_actions(bad: Progress, good: Progress, i: int, j: int) -> int:
    """How many more actions were done before step `i` than in the good run before step `j`."""
    return bad.done[i] - good.done[j]


def same_lookups(bad: Progress, good: Progress, i: int, j: int) -> bool:
    """Whether as much had been looked up and said at both steps."""
    return bad.looked[i] == good.looked[j] and bad.turns[i] == good.turns[j]


def passed_consent(bad: Progress, good: Progress, i: int, j: int) -> bool:
    """Whether a thought and an action changed sides, with somebody's message between the two in both runs."""
    if bad.done[i] == good.done[j]:
        return False
    done = min(bad.done[i], good.done[j])
    action, other = bad.action_after(done), good.action_after(done)
    if action is None or other is None:
        return False
    return bad.turns[action] != bad.turns[i] and good.turns[other] != good.turns[j]


def next_calls(bad: Run, pairs: Sequence[Pair]) -> list[int | None]:
    """At each position of the alignment, the LLM call of the bad run that did what comes next; the last one at the end."""
    following = next((step.index for step in reversed(bad.steps) if step.kind == "llm_call"), None)
    calls: list[int | None] = []
    for pair in reversed(pairs):
        if pair.bad is not None and bad.steps[pair.bad].kind in ("llm_call", "tool_call"):
            following = bad.asking(pair.bad)
        calls.append(following)
    return calls[::-1]


def _count_before(counted: Sequence[bool]) -> list[int]:
    """At each step, how many of the steps before it count."""
    return list(accumulate(counted, initial=0))[:-1]
