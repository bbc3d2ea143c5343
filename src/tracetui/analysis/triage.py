"""The first five minutes: one call that answers what went wrong, where it began and what it touched."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.analysis.actions import Policy
from tracetui.analysis.blast_radius import effects
from tracetui.analysis.failure_mode import classify
from tracetui.analysis.findings import Reason, Suspect, Triage, Verdict
from tracetui.analysis.flags import all_flags
from tracetui.analysis.origin import find_origin
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.verdict import escalation
from tracetui.model import Flag, Session


def triage(
    session: Session,
    *,
    symptom: int | None = None,
    symptom_text: str | None = None,
    expected: str | None = None,
    baselines: Sequence[Session] = (),
    policy: Policy | None = None,
) -> Triage:
    """What went wrong in `session`, with evidence.

    `symptom`: index of the step with the wrong output, by default the last one; `symptom_text`: the wrong part of it;
    `expected`: what would have been right. `baselines`: good runs. The same input gives the same answer.
    """
    provenance = Provenance.of(session)
    flags = all_flags(provenance)
    origin = find_origin(provenance, flags, symptom=symptom, symptom_text=symptom_text)
    blast_radius = effects(session, origin.step if origin.found else None, origin.cascade, policy)
    classified = classify(session, flags, origin, baselines)
    because = escalation(session, origin, blast_radius, baselines)
    return Triage(
        verdict=Verdict(
            failure_mode=classified.mode,
            confidence=classified.confidence,
            why=classified.why,
            escalate=bool(because),
            escalate_because=because,
        ),
        origin=origin,
        suspects=_suspects(flags),
        flags=flags,
        blast_radius=blast_radius,
        gaps=session.gaps,
    )


def _suspects(flags: Sequence[Flag]) -> tuple[Suspect, ...]:
    by_step: dict[int, list[Reason]] = {}
    for flag in flags:
        by_step.setdefault(flag.step, []).append(Reason("flag", flag.confidence, flag.message, flag.evidence))
    return tuple(Suspect(step, 1 / rank, tuple(reasons)) for rank, (step, reasons) in enumerate(by_step.items(), 1))
