"""The sample incident with findings built by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tracetui.analysis.findings import (
    Comparison,
    Decisive,
    Divergence,
    Effect,
    FaultOrigin,
    Reason,
    Suspect,
    Triage,
    Verdict,
)
from tracetui.ingest.open import open_trace
from tracetui.model import Evidence, Flag, Session, Trace
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.prefill import prefill

SAMPLE = Path(__file__).parents[2] / "sample_traces" / "incident.jsonl"
NOW = datetime(2026, 7, 1, 2, 14, 7, tzinfo=UTC)


def sample_trace() -> Trace:
    return open_trace(str(SAMPLE))


def sample_triage(session: Session, *, found: bool = True) -> Triage:
    steps = session.steps
    quote = Evidence(2, "Referenced order_id not present in prior context", steps[2].source, "first appears here")
    owner = Evidence(3, "belongs to cust_012, not cust_789", steps[3].source, "owner returned")
    flags = (
        Flag(
            kind="ENTITY_HALLUCINATION",
            step=2,
            source=steps[2].source,
            recorded=True,
            confidence=1.0,
            message="ord_555 first appears here, in no earlier message",
            evidence=(quote,),
        ),
        Flag(
            kind="ENTITY_MISMATCH",
            step=3,
            source=steps[3].source,
            recorded=False,
            confidence=0.9,
            message="the order of another customer",
            rule="owner",
            evidence=(owner,),
        ),
    )
    origin = FaultOrigin(
        found=found,
        because="ord_555 stands in no earlier message" if found else "not found, because no step holds content",
        step=2 if found else None,
        confidence=0.92,
        value="ord_555" if found else None,
        symptom=4,
        cascade=(2, 3, 4) if found else (),
        links=((2, 3, "ord_555"), (3, 4, "ord_555")) if found else (),
        evidence=(quote,) if found else (),
    )
    return Triage(
        verdict=Verdict(
            failure_mode="hallucination_propagation",
            confidence=0.92,
            why="an id without a source was used as a fact",
            escalate=True,
            escalate_because=("an external action was taken",),
        ),
        origin=origin,
        suspects=(Suspect(2, 0.92), Suspect(3, 0.4, (Reason("flag", 0.4, "returned another owner"),))),
        flags=flags,
        blast_radius=(
            Effect(
                step=3,
                tool="get_order",
                target="ord_555",
                reversibility="unknown",
                after_origin=True,
                depends_on_origin=True,
                why="no policy names get_order",
            ),
        ),
        gaps=session.gaps,
    )


def sample_comparison() -> Comparison:
    return Comparison(
        verdict="diverged",
        why="an argument differs in role",
        divergence=Divergence(
            bad=2,
            good=2,
            kind="argument",
            why="order of another customer",
            decisive=Decisive(kind="wrong_action", bad=3, good=3, why="get_order of another customer's order"),
        ),
    )


def sample_postmortem(*, found: bool = True) -> Postmortem:
    trace = sample_trace()
    session = trace.sessions[0]
    return prefill(session, sample_triage(session, found=found), sample_comparison(), now=NOW, trace=trace)
