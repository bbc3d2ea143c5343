"""The verdict of a triage: the failure mode, and whether a full postmortem is due."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from msgspec.structs import replace

from tracetui.analysis.findings import Effect, FaultOrigin, Triage
from tracetui.analysis.totals import Totals, session_totals
from tracetui.model import Session

COST_FACTOR = 5.0
"""A session that cost more than this many times its baseline is escalated (the practice's threshold)."""


def escalation(
    session: Session, origin: FaultOrigin, blast_radius: Sequence[Effect], baselines: Sequence[Session] = ()
) -> tuple[str, ...]:
    """Reasons for a full postmortem, in words; empty where an eval case and a fix will do."""
    return (*_after_origin(session, origin, blast_radius), *_over_baseline(session, baselines))


def recurring(triages: Sequence[Triage]) -> list[Triage]:
    """The same triages, those whose pattern occurs in more than one session escalated for it."""
    patterns = [_pattern(triage) for triage in triages]
    return [
        _escalated(triage, f"the same pattern occurs in {patterns.count(pattern)} sessions")
        if pattern is not None and patterns.count(pattern) > 1
        else triage
        for triage, pattern in zip(triages, patterns, strict=True)
    ]


def times_baseline(session: Session, baselines: Sequence[Session]) -> tuple[float, str] | None:
    """How many times the median of the baselines the session cost, and in what ("cost", "tokens"); None: cannot tell."""
    own, usual = session_totals(session), [session_totals(baseline) for baseline in baselines]
    for name, measure in (("cost", _cost), ("tokens", _tokens)):
        spent, known = measure(own), [value for totals in usual if (value := measure(totals))]
        if spent is not None and known:
            return spent / median(known), name
    return None


def _cost(totals: Totals) -> float | None:
    return totals.cost_usd


def _tokens(totals: Totals) -> float | None:
    usage = totals.usage
    return None if usage is None else (usage.input_tokens or 0) + (usage.output_tokens or 0)


def _after_origin(session: Session, origin: FaultOrigin, blast_radius: Sequence[Effect]) -> list[str]:
    if not origin.found or origin.step is None:
        return []
    after = [effect for effect in blast_radius if effect.after_origin and effect.reversibility != "reversible"]
    if not after:
        return []
    named = ", ".join(f"step {session.steps[effect.step].number} {effect.tool}" for effect in after[:3])
    more = f" and {len(after) - 3} more" if len(after) > 3 else ""
    what = "an external action was" if len(after) == 1 else f"{len(after)} external actions were"
    return [f"{what} taken after the origin: {named}{more}"]


def _over_baseline(session: Session, baselines: Sequence[Session]) -> list[str]:
    compared = times_baseline(session, baselines)
    if compared is None or compared[0] <= COST_FACTOR:
        return []
    return [f"{compared[1]} {compared[0]:.1f} times the baseline (limit {COST_FACTOR:g})"]


def _pattern(triage: Triage) -> tuple[str, frozenset[str]] | None:
    """What makes two failures look alike: the mode and the kinds of flags; None where nothing was flagged."""
    if not triage.flags or triage.verdict.failure_mode in ("none_found", "cannot_tell"):
        return None
    return triage.verdict.failure_mode, frozenset(flag.kind for flag in triage.flags)


def _escalated(triage: Triage, reason: str) -> Triage:
    because = (*triage.verdict.escalate_because, reason)
    return replace(triage, verdict=replace(triage.verdict, escalate=True, escalate_because=because))
