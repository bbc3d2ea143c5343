"""The first five minutes: one call that answers what went wrong, where it began and what it touched."""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.analysis.actions import Policy
from tracetui.analysis.blast_radius import effects
from tracetui.analysis.failure_mode import classify
from tracetui.analysis.findings import SoFar, Triage, Verdict, Watch
from tracetui.analysis.flags import all_flags
from tracetui.analysis.origin import find_origin, last_output, wrong_words
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.scene import Scene
from tracetui.analysis.suspects import rank_suspects, suspected_origin
from tracetui.analysis.verdict import escalation
from tracetui.collector import collector_paused
from tracetui.model import Session

_RULES_DONE = 0.83
"""Share of an analysis after which the suspects are ranked."""


@collector_paused()
def triage(
    session: Session,
    *,
    symptom: int | None = None,
    symptom_text: str | None = None,
    expected: str | None = None,
    baselines: Sequence[Session] = (),
    policy: Policy | None = None,
    watch: Watch | None = None,
) -> Triage:
    """What went wrong in `session`, with evidence.

    `symptom`: index of the step with the wrong output, by default the last one; `symptom_text`: the wrong part of it;
    `expected`: what would have been right. `baselines`: good runs. `watch` is told how far it is. The same
    input gives the same answer.
    """
    provenance = Provenance.of(session, watch)
    flags = all_flags(provenance, baselines, watch)
    end = last_output(session) if symptom is None else symptom
    words = symptom_text or (wrong_words(provenance, end, expected) if expected and end is not None else None)
    premise = find_origin(provenance, flags, symptom=symptom, symptom_text=words)
    if watch is not None:
        watch(SoFar.of(_RULES_DONE, flags))
    scene = Scene(provenance, flags, until=end, policy=policy)
    parted, decisive = _parting(session, baselines)
    suspects = rank_suspects(scene, premise, parted=parted)
    # Wrong words that a person names are followed, not guessed at; a step that they call wrong says that there is a fault.
    told = symptom is not None or decisive
    suspected = (
        None if premise.found or words is not None or end is None else suspected_origin(scene, suspects, end, told)
    )
    origin = suspected or premise
    blast_radius = effects(session, origin.step if origin.found else None, origin.cascade, policy)
    classified = classify(session, flags, origin, baselines=baselines, suspects=suspects)
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
        suspects=suspects,
        flags=flags,
        blast_radius=blast_radius,
        gaps=session.gaps,
    )


def _parting(session: Session, baselines: Sequence[Session]) -> tuple[int | None, bool]:
    """Index of the step at which the session leaves the good runs, and whether an action on the world sets it apart."""
    if not baselines:
        return None, False
    # Only a good run needs it, and whoever asks about a short session waits for every import.
    from tracetui.analysis.divergence import compare

    divergence = compare(session, baselines).divergence
    if divergence is None:
        return None, False
    if divergence.decisive is not None and divergence.decisive.bad is not None:
        return divergence.decisive.bad, True
    return divergence.bad, False
