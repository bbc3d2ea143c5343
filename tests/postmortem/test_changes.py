from __future__ import annotations

from msgspec.structs import replace

from tests.postmortem.example import NOW, sample_postmortem, sample_trace, sample_triage
from tracetui.postmortem.changes import changes_between, hold_back, kept, taken
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import SetText, apply
from tracetui.postmortem.prefill import prefill

AT = "2026-07-01T02:15:00+00:00"


def retriaged(onto: Postmortem | None = None) -> Postmortem:
    trace = sample_trace()
    session = trace.sessions[0]
    triage = sample_triage(session)
    verdict = replace(triage.verdict, failure_mode="tool_misfire", why="the wrong tool")
    held = sample_postmortem() if onto is None else onto
    return prefill(session, replace(triage, verdict=verdict), now=NOW, trace=trace, onto=held)


def test_what_triage_filled_in_stays_until_a_person_decides_and_what_was_empty_is_filled() -> None:
    before = sample_postmortem()
    emptied = replace(before, fields={at: e for at, e in before.fields.items() if at != "classification.why"})
    after, held = hold_back(emptied, retriaged(emptied))
    told = {change.address: (change.before.text, change.after.text) for change in held}
    assert told["classification.failure_mode"] == ("hallucination_propagation", "tool_misfire")
    assert after.text("classification.failure_mode") == "hallucination_propagation"
    assert after.text("classification.why") == "the wrong tool"
    assert "classification.why" not in told


def test_the_new_value_keeps_its_source_and_the_old_one_becomes_a_persons() -> None:
    before = sample_postmortem()
    held, changes = hold_back(before, retriaged())
    (change,) = (one for one in changes if one.address == "classification.failure_mode")
    new = apply(held, taken(change, at=AT)).entry(change.address)
    assert (new.text, new.from_person) == ("tool_misfire", False)
    old = apply(held, kept(change, by="dana", at=AT))
    assert (old.text(change.address), old.entry(change.address).by) == ("hallucination_propagation", "dana")
    assert all(one.address != change.address for one in hold_back(old, retriaged(old))[1])


def test_a_persons_words_are_never_among_the_changes() -> None:
    before = apply(sample_postmortem(), SetText("classification.failure_mode", "context_poisoning", "dana", AT))
    after, changes = hold_back(before, retriaged(before))
    assert after.text("classification.failure_mode") == "context_poisoning"
    assert all(change.address != "classification.failure_mode" for change in changes)


def test_typed_values_are_told_with_what_stood_there() -> None:
    before = sample_postmortem()
    after = apply(apply(before, SetText("lessons.well", "x", "dana", AT)), SetText("actions/r1/text", "y", "dana", AT))
    assert [(c.address, c.before.text, c.after.text) for c in changes_between(before, after)] == [
        ("lessons.well", "", "x"),
        ("actions/r1/text", "", "y"),
    ]
