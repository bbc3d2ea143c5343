"""The sample incidents show what their README says: one for each failure mode, and a run in which nothing is wrong."""

from __future__ import annotations

import pytest

from tests.postmortem.example import NOW
from tests.shared import SAMPLES
from tracetui.analysis.triage import triage
from tracetui.export import tour_html
from tracetui.export.tour import redacted_pages
from tracetui.ingest.open import open_trace
from tracetui.postmortem.prefill import prefill
from tracetui.tour.build import shown, tour_of
from tracetui.tour.material import Material

INCIDENTS = [
    ("incident_content.jsonl", "session-trace", "hallucination_propagation", 3),
    ("incident_tool_misfire.json", "openai-chat", "tool_misfire", 5),
    ("incident_context_poisoning.json", "anthropic-messages", "context_poisoning", 5),
    ("incident_cost_runaway.json", "otlp", "cost_runaway", 8),
    ("good_renewal.json", "atif", "none_found", None),
]


@pytest.mark.parametrize(("name", "form", "mode", "origin"), INCIDENTS, ids=[row[0] for row in INCIDENTS])
def test_a_sample_shows_its_failure_mode_and_where_it_began(
    name: str, form: str, mode: str, origin: int | None
) -> None:
    trace = open_trace(str(SAMPLES / name))
    (session,) = trace.sessions
    found = triage(session)
    assert (trace.format, found.verdict.failure_mode) == (form, mode)
    began = found.origin.step
    assert (session.steps[began].number if began is not None else None) == origin


@pytest.mark.parametrize("name", [row[0] for row in INCIDENTS])
def test_each_has_a_walkthrough_with_its_verdict_and_its_run(name: str) -> None:
    trace = open_trace(str(SAMPLES / name))
    session, found = trace.sessions[0], triage(trace.sessions[0])
    held = prefill(session, found, now=NOW, trace=trace)
    pages, report = redacted_pages(shown(tour_of(Material(session=session, triage=found, postmortem=held))))
    assert [page.id for page in pages][:2] == ["verdict", "overview"]
    assert all(page.blocks for page in pages)
    assert tour_html.render(pages, report).count('<section class="page"') == len(pages)
