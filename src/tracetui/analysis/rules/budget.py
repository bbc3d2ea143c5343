"""One call of a model that took many times what the session's calls usually take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.analysis.verdict import COST_FACTOR
from tracetui.model import Evidence, Flag, Session, Step

KIND = "BUDGET"
LETTER = "B"
EXPLAIN = (
    "A call of a model took more than five times the tokens, cost or time of the session's median call of that model. "
    "Flagged at the worst one, once for each of the three, where at least eight calls record the figure and the excess is "
    "no trifle. With good runs to compare with (`--baseline`) also the session as a whole, at the step by which it had taken "
    "five times what they take. Cannot see a session that is too dear throughout without a good run to compare with."
)
_CALLS = 8
"""Calls of a model with the figure that make a norm."""
_Measure = Callable[[Step], float | None]


def find(provenance: Provenance) -> Iterator[Flag]:
    by_model: dict[tuple[str, str | None], list[Step]] = {}
    for step in provenance.session.steps:
        if step.kind == "llm_call":
            by_model.setdefault((step.scope, step.model), []).append(step)
    for calls in by_model.values():
        for name, measure, trifle, unit in _MEASURES:
            yield from _over(calls, name, measure, trifle, unit)


def over_baseline(session: Session, baselines: Sequence[Session]) -> Iterator[Flag]:
    """The sums of a session that are over five times the median of its good runs', at the call that passes that line."""
    for name, measure, _, unit in _MEASURES:
        usual = [total for baseline in baselines if (total := sum(_known(baseline, measure)))]
        total = sum(_known(session, measure))
        if not usual or total <= COST_FACTOR * median(usual):
            continue
        spent, limit = 0.0, COST_FACTOR * median(usual)
        for step in session.steps:
            spent += (measure(step) or 0.0) if step.kind == "llm_call" else 0.0
            if spent > limit:
                figures = f"{unit.format(total)}, a good run {unit.format(median(usual))}"
                told = f"{name} {total / median(usual):.1f} times that of the good runs ({figures}); passed here"
                yield _flag(step, told, 0.8, figures)
                break


def _known(session: Session, measure: _Measure) -> list[float]:
    return [value for step in session.steps if step.kind == "llm_call" and (value := measure(step))]


def _over(calls: Sequence[Step], name: str, measure: _Measure, trifle: float, unit: str) -> Iterator[Flag]:
    known = [(value, step) for step in calls if (value := measure(step))]
    if len(known) < _CALLS:
        return
    usual = median(value for value, _ in known)
    over = [(value, step) for value, step in known if value > COST_FACTOR * usual and value - usual > trifle]
    if not over:
        return
    most, step = max(over, key=lambda pair: (pair[0], -pair[1].index))
    more = f"; {len(over) - 1} more" if len(over) > 1 else ""
    figures = f"{unit.format(most)}, the median call {unit.format(usual)}"
    yield _flag(step, f"{name} {most / usual:.1f} times the usual ({figures}){more}", 0.7, figures)


def _flag(step: Step, told: str, confidence: float, figures: str) -> Flag:
    return detected(
        KIND,
        step.index,
        step.source,
        told,
        confidence,
        (Evidence(step.index, step.summary[:160], step.source, figures),),
    )


def _tokens(step: Step) -> float | None:
    usage = step.usage
    if usage is None or usage.origin == "estimated":
        return None
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)


def _cost(step: Step) -> float | None:
    return step.cost_usd


def _seconds(step: Step) -> float | None:
    return None if step.duration_ns is None else step.duration_ns / 1e9


_MEASURES: tuple[tuple[str, _Measure, float, str], ...] = (
    ("tokens", _tokens, 20_000, "{:,.0f} tokens"),
    ("cost", _cost, 0.1, "${:.3f}"),
    ("time", _seconds, 60, "{:,.0f} s"),
)
"""Name, measure, the excess that is no trifle, and how it is written."""
