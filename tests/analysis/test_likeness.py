"""Which run to compare with: same tools, same subject, same request, no fault of its own."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.likeness import first_request, likeness
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace

SAMPLES = Path(__file__).parents[2] / "sample_traces"
BAD = order_run("cust_789", [], "ord_555", listed=False)


def test_a_run_of_the_same_customer_is_liker_than_one_of_another_or_of_another_task() -> None:
    same = likeness(BAD, order_run("cust_789", ["ord_341"], "ord_341"))
    other = likeness(BAD, order_run("cust_456", ["ord_127"], "ord_127"))
    unlike = likeness(
        BAD, run(user("what is the weather?"), call("get_weather", {"sky": "clear"}, city="Oslo"), say("fair"))
    )
    assert same.score > other.score > unlike.score
    assert "about the same cust_789" in same.reasons
    assert "about other things" in other.reasons
    assert any("3 of its 4 tools" in reason for reason in same.reasons)


def test_a_run_with_a_fault_of_its_own_is_no_good_run() -> None:
    bad = open_trace(str(SAMPLES / "good_other_customer.jsonl")).sessions[0]
    good = open_trace(str(SAMPLES / "good_same_customer.jsonl")).sessions[0]
    faulty = open_trace(str(SAMPLES / "incident_content.jsonl")).sessions[0]
    assert likeness(bad, good, triage(good)).score > likeness(bad, faulty, triage(faulty)).score
    assert "has a fault of its own at step 3" in likeness(bad, faulty, triage(faulty)).reasons
    assert "no fault found in it" in likeness(bad, good, triage(good)).reasons


def test_a_recorded_outcome_decides_over_what_was_found_in_the_run() -> None:
    other = order_run("cust_789", ["ord_341"], "ord_341")
    right, wrong = (replace(other, attributes={"reward_info": {"reward": r}}) for r in (1.0, 0.0))
    assert likeness(BAD, right).score > likeness(BAD, wrong).score
    assert "went right (reward 1.0)" in likeness(BAD, right).reasons
    assert "went WRONG (reward 0.0)" in likeness(BAD, wrong).reasons
    assert "outcome not recorded" in likeness(BAD, other).reasons


def test_another_try_at_the_same_task_is_likest() -> None:
    other = order_run("cust_456", ["ord_127"], "ord_127")
    bad, same = replace(BAD, attributes={"task_id": 7}), replace(other, attributes={"task_id": 7})
    assert "the same task 7" in likeness(bad, same).reasons
    assert likeness(bad, same).score > likeness(bad, other).score


def test_the_first_request_is_what_a_user_asked_first_wherever_the_trace_keeps_it() -> None:
    assert first_request(BAD) == "Please confirm the latest order of cust_789."
    assert "latest order" in first_request(open_trace(str(SAMPLES / "incident_content.jsonl")).sessions[0])
    assert first_request(run(say("hello"))) == ""
