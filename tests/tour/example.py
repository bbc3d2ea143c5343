"""The sample incident as material for a tour."""

from __future__ import annotations

from tests.postmortem.example import NOW
from tests.ui.pilot import SAMPLES
from tracetui.analysis.divergence import compare
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace
from tracetui.postmortem.prefill import prefill
from tracetui.tour.material import Material


def material(*, good: bool = False, sample: str = "incident_content.jsonl") -> Material:
    """With its own triage; `good`: compared with the run that went right."""
    trace = open_trace(str(SAMPLES / sample))
    session = trace.sessions[0]
    found = triage(session)
    other = open_trace(str(SAMPLES / "good_same_customer.jsonl")).sessions[0] if good else None
    return Material(
        session=session,
        triage=found,
        postmortem=prefill(session, found, now=NOW, trace=trace),
        comparison=compare(session, [other]) if other is not None else None,
        good=other,
    )
