from __future__ import annotations

from msgspec.structs import replace

from tests.postmortem.example import NOW, sample_postmortem, sample_trace, sample_triage
from tracetui.postmortem.changes import changes_between, hold_back, kept, no_longer_said, taken
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


def test_what_triage_says_no_more_is_offered_to_go_unless_a_person_touched_it() -> None:
    trace = sample_trace()
    session = trace.sessions[0]
    nothing = sample_triage(session, found=False)
    fresh = prefill(session, replace(nothing, blast_radius=()), now=NOW, trace=trace)
    held = apply(sample_postmortem(), SetText("cascade/step-4/what", "looked the order up", "dana", AT))
    offered = {change.address: change for change in no_longer_said(held, fresh)}
    rows = {address for address, change in offered.items() if change.row is not None}
    assert rows == {f"cascade/{r.id}" for r in held.rows("cascade") if r.id != "step-4"} | {
        f"blast_radius/{r.id}" for r in held.rows("blast_radius")
    }
    assert rows, "the sample has some"
    assert "origin.step" in offered, "a value that is said no more goes too"
    assert "session.goal" not in offered, "nor is what the trace itself holds doubted"
    row = offered["cascade/step-3"]
    gone = apply(held, taken(row, at=AT))
    assert gone.row("cascade", "step-3") is None
    assert (
        prefill(session, sample_triage(session), now=NOW, trace=trace, onto=gone).row("cascade", "step-3") is not None
    )
    stays = apply(held, kept(row, by="dana", at=AT))
    assert all(change.address != "cascade/step-3" for change in no_longer_said(stays, fresh))
    emptied = apply(held, taken(offered["origin.step"], at=AT))
    assert (emptied.text("origin.step"), emptied.entry("origin.step").suggested) == ("", None)
    assert no_longer_said(held, sample_postmortem()) == ()


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
