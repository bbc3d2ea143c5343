"""The anomaly flags of a session: those recorded in the trace and those that our rules detect, told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracetui.analysis.findings import SoFar, Watch
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules import RULES
from tracetui.analysis.rules.budget import over_baseline
from tracetui.model import Evidence, Flag, Session, Step

_BEGUN, _DONE = 0.3, 0.8
"""Shares of an analysis before and after the rules."""


def detect_flags(provenance: Provenance, watch: Watch | None = None) -> tuple[Flag, ...]:
    """What the rules find, in step order. At one step a kind is told once for one message."""
    found: dict[tuple[str, int, str], Flag] = {}
    for done, rule in enumerate(RULES.values()):
        if watch is not None:
            watch(SoFar.of(_BEGUN + (_DONE - _BEGUN) * done / len(RULES), found.values()))
        found |= {(flag.kind, flag.step, flag.message): flag for flag in rule.find(provenance)}
    return tuple(sorted(found.values(), key=lambda flag: (flag.step, flag.kind, -flag.confidence)))


def all_flags(
    provenance: Provenance, baselines: Sequence[Session] = (), watch: Watch | None = None
) -> tuple[Flag, ...]:
    """Recorded and detected flags in step order, the recorded first at each step. `baselines`: good runs to measure by.

    A recorded flag that a rule confirms carries the rule's evidence; both are listed. Names that no rule knows are kept.
    """
    detected = detect_flags(provenance, watch) + tuple(over_baseline(provenance.session, baselines))
    recorded = [flag for step in provenance.session.steps for flag in _recorded(step, detected)]
    return tuple(sorted([*recorded, *detected], key=lambda flag: (flag.step, not flag.recorded)))


def _recorded(step: Step, detected: tuple[Flag, ...]) -> Iterator[Flag]:
    for name in step.recorded_flags:
        confirming = next((f for f in detected if f.kind == name and f.step == step.index), None)
        summary = (Evidence(step.index, step.summary, step.source, "recorded summary"),) if step.summary else ()
        yield Flag(
            kind=name,
            step=step.index,
            source=step.source,
            recorded=True,
            confidence=1.0,
            message=confirming.message if confirming else f"{name} is recorded in the trace at this step",
            rule=confirming.rule if confirming else "",
            evidence=confirming.evidence if confirming else summary,
        )
