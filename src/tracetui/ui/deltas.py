"""How much longer, larger and dearer one run or step was than another. What one of the two does not record is left out."""

from __future__ import annotations

from typing import NamedTuple

from tracetui.model import Step
from tracetui.ui import figures
from tracetui.ui.state import Facts


class Spent(NamedTuple):
    """What a step or a run took; None where nothing records it."""

    duration_ns: int | None
    tokens: int | None
    cost_usd: float | None


def spent_by_step(step: Step) -> Spent:
    usage = step.usage
    counts = [] if usage is None else [n for n in (usage.input_tokens, usage.output_tokens) if n is not None]
    return Spent(step.duration_ns, sum(counts) if counts else None, step.cost_usd)


def spent_by_run(facts: Facts) -> Spent:
    return Spent(facts.duration_ns, facts.tokens, facts.cost_usd)


def deltas(bad: Spent, good: Spent) -> list[str]:
    """ "+0.7 s", "-130 tok", "+$0.01": what differs, with its sign; what is equal or known of one side alone is left out."""
    found: list[str] = []
    if bad.duration_ns is not None and good.duration_ns is not None and bad.duration_ns != good.duration_ns:
        more = bad.duration_ns - good.duration_ns
        found.append(f"{_sign(more)}{figures.duration(abs(more))}")
    if bad.tokens is not None and good.tokens is not None and bad.tokens != good.tokens:
        more = bad.tokens - good.tokens
        found.append(f"{_sign(more)}{figures.tokens(abs(more))} tok")
    if bad.cost_usd is not None and good.cost_usd is not None and bad.cost_usd != good.cost_usd:
        cost = bad.cost_usd - good.cost_usd
        found.append(f"{_sign(cost)}{figures.cost(abs(cost))}")
    return found


def _sign(number: float) -> str:
    return "+" if number > 0 else "-"
