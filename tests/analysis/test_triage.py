"""The one entry of the analyses, on the incident of the practice."""

from __future__ import annotations

from pathlib import Path

from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace

SAMPLES = Path(__file__).parents[2] / "sample_traces"


def test_the_incident_as_recorded_begins_in_step_3() -> None:
    (session,) = open_trace(str(SAMPLES / "incident.jsonl")).sessions
    found = triage(session)
    assert found.origin.found
    assert [session.steps[i].number for i in found.origin.cascade] == [3, 4, 5]
    assert found.verdict.failure_mode == "hallucination_propagation"
    assert [(flag.kind, flag.recorded) for flag in found.flags] == [
        ("ENTITY_HALLUCINATION", True),
        ("ENTITY_HALLUCINATION", False),
        ("ENTITY_MISMATCH", True),
        ("ENTITY_MISMATCH", False),
    ]
