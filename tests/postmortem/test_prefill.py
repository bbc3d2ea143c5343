from __future__ import annotations

from tests.postmortem.example import NOW, sample_comparison, sample_postmortem, sample_trace, sample_triage
from tests.shared import SAMPLES
from tracetui.ingest.open import open_trace
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import RemovePin, RemoveRow, SetText, apply
from tracetui.postmortem.fields import field_at
from tracetui.postmortem.prefill import prefill, suggestions


def test_every_prefilled_value_names_its_source() -> None:
    draft = sample_postmortem()
    entries = list(draft.fields.values())
    entries += [entry for rows in draft.tables.values() for row in rows for entry in row.cells.values()]
    assert len(entries) > 40
    kinds = {entry.source.partition(":")[0] for entry in entries}
    assert kinds == {"trace", "triage", "comparison", "tracetui"}


def test_every_suggestion_has_a_place_in_the_form_and_a_known_code() -> None:
    trace = sample_trace()
    session = trace.sessions[0]
    for address, found in suggestions(session, sample_triage(session), sample_comparison(), trace=trace).items():
        field = field_at(address)
        assert field is not None, address
        if field.vocabulary is not None:
            assert field.vocabulary.term(found.text), (address, found.text)


def test_goal_and_trigger_come_from_the_first_request_that_a_call_was_shown() -> None:
    trace = open_trace(str(SAMPLES / "incident_content.jsonl"))
    session = trace.sessions[0]
    found = suggestions(session, sample_triage(session), trace=trace)
    assert found["session.goal"].source == "trace: step 1"
    assert found["session.goal"].text.startswith("Please confirm the latest order of customer cust_789")
    assert found["session.trigger"].text == f"a user's message: {found['session.goal'].text}"


def test_the_sample_incident_fills_its_findings() -> None:
    draft = sample_postmortem()
    assert draft.text("origin.step") == "3"
    assert draft.text("origin.cascade") == "3 → 4 → 5"
    assert draft.text("classification.failure_mode") == "hallucination_propagation"
    assert draft.entry("origin.premise").source == "trace: step 3"
    assert [row.id for row in draft.rows("blast_radius")] == ["step-4"]
    assert draft.text("impact.irreversible_actions") == "1"
    assert draft.text("session.tokens") == "3862 in, 980 out"
    assert draft.text("divergence.bad_step") == "3"
    assert [pin.quote for pin in draft.pins] == [
        "Referenced order_id not present in prior context",
        "belongs to cust_012, not cust_789",
    ]


def test_an_origin_that_is_not_found_says_why() -> None:
    draft = sample_postmortem(found=False)
    assert draft.text("origin.step") == ""
    assert draft.text("origin.not_found_because") == "not found, because no step holds content"


def test_a_persons_value_is_never_overwritten() -> None:
    written = apply(sample_postmortem(), SetText("origin.step", "2", "dana", "2026-07-01T02:15:00+00:00"))
    again = _again(written)
    assert again.text("origin.step") == "2"
    assert again.entry("origin.step").by == "dana"


def test_what_a_person_took_back_stays_out() -> None:
    draft = apply(sample_postmortem(), SetText("origin.premise", "", "dana", "2026-07-01T02:15:00+00:00"))
    draft = apply(draft, RemoveRow("blast_radius", "step-4"))
    draft = apply(draft, RemovePin(draft.pins[0].id))
    again = _again(draft)
    assert again.text("origin.premise") == ""
    assert again.rows("blast_radius") == ()
    assert len(again.pins) == 1


def test_prefilling_again_changes_nothing() -> None:
    draft = sample_postmortem()
    assert _again(draft) == draft


def test_what_the_trace_does_not_hold_is_left_empty() -> None:
    draft = sample_postmortem()
    for address in ("session.started_at", "session.agents", "session.cost_usd", "detection.occurred_at"):
        assert draft.text(address) == ""


def _again(draft: Postmortem) -> Postmortem:
    trace = sample_trace()
    session = trace.sessions[0]
    return prefill(session, sample_triage(session), sample_comparison(), now=NOW, trace=trace, onto=draft)
