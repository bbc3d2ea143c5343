"""The sums of a session: steps, calls, tokens, cost, time."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tracetui.model import Session, Step, Usage

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
)


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """None where nothing is recorded: an absent count is not zero."""

    steps: int
    llm_calls: int
    tool_calls: int
    agents: tuple[str, ...]
    """Names in order of first appearance, of those that did something: who only puts messages in is no agent."""
    models: tuple[str, ...]
    usage: Usage | None
    cost_usd: float | None
    start_ns: int | None
    duration_ns: int | None
    """From the first start to the last end; without times of day, the sum of the steps' own durations."""


def session_totals(session: Session) -> Totals:
    """The sums over all steps, sub-agents included.

    Tokens and cost are those of LLM calls where any LLM call has them, so that an enclosing span that repeats the
    sum of its calls is not counted twice.
    """
    steps = session.steps
    return Totals(
        steps=len(steps),
        llm_calls=sum(step.kind == "llm_call" for step in steps),
        tool_calls=sum(step.kind == "tool_call" for step in steps),
        agents=tuple(dict.fromkeys(step.agent for step in steps if step.agent and step.kind != "message")),
        models=tuple(dict.fromkeys(step.model for step in steps if step.model)),
        usage=_usage([step for step in steps if step.usage is not None]),
        cost_usd=_cost([step for step in steps if step.cost_usd is not None]),
        start_ns=min((step.start_ns for step in steps if step.start_ns is not None), default=None),
        duration_ns=_duration_ns(steps),
    )


_CALLS = ("llm_call", "compaction")
"""Kinds of steps that hold what one request cost: a compaction is a call of its own where no other step tells of it."""


def _usage(steps: list[Step]) -> Usage | None:
    counted = [step.usage for step in _calls_or_all(steps) if step.usage is not None]
    if not counted:
        return None
    sums = {
        name: sum(values)
        for name in _COUNTS
        if (values := [count for usage in counted if (count := getattr(usage, name)) is not None])
    }
    origin = "recorded" if all(usage.origin == "recorded" for usage in counted) else "derived"
    if any(usage.origin == "estimated" for usage in counted):
        origin = "estimated"
    return msgspec.convert({**sums, "origin": origin}, Usage)


def _cost(steps: list[Step]) -> float | None:
    costs = [step.cost_usd for step in _calls_or_all(steps) if step.cost_usd is not None]
    return round(sum(costs), 9) if costs else None


def _calls_or_all(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.kind in _CALLS] or steps


def _duration_ns(steps: Sequence[Step]) -> int | None:
    starts = [step.start_ns for step in steps if step.start_ns is not None]
    if len(starts) > 1:
        ends = [step.start_ns + (step.duration_ns or 0) for step in steps if step.start_ns is not None]
        return max(ends) - min(starts)
    durations = [step.duration_ns for step in steps if step.duration_ns is not None]
    return sum(durations) if durations else None
