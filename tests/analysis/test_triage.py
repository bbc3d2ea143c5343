"""The one entry of the analyses, on the incident of the practice and on good runs."""

from __future__ import annotations

import pytest

from tests.analysis.runs import call, order_run, run, say, user
from tests.shared import SAMPLES
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace
from tracetui.model import Session

GOOD = sorted(path.name for path in SAMPLES.glob("good_*"))


def sample(name: str) -> Session:
    (session,) = open_trace(str(SAMPLES / name)).sessions
    return session


@pytest.mark.parametrize("name", ["incident.jsonl", "incident_unflagged.jsonl"])
def test_the_incident_without_content_begins_in_step_3_and_cascades_to_the_end(name: str) -> None:
    session = sample(name)
    found = triage(session)
    assert found.origin.found
    assert [session.steps[i].number for i in found.origin.cascade] == [3, 4, 5]
    assert found.verdict.failure_mode == "hallucination_propagation"
    assert found.suspects[0].step == found.origin.step


@pytest.mark.parametrize(
    ("name", "step", "last"),
    [("incident_content.jsonl", 2, 7), ("incident_openai.json", 4, 9), ("incident_anthropic.json", 3, 8)],
)
def test_the_incident_with_content_is_found_in_every_encoding(name: str, step: int, last: int) -> None:
    found = triage(sample(name))
    assert (found.origin.step, found.origin.value) == (step, "ord_555")
    assert found.origin.cascade == tuple(range(step, last + 1))
    assert found.suspects[0].step == step
    assert {flag.kind for flag in found.flags} >= {"ENTITY_HALLUCINATION", "ENTITY_MISMATCH"}
    assert "ord_555" in found.verdict.why
    assert found.verdict.escalate
    assert "external action" in found.verdict.escalate_because[0]
    assert [(e.tool, e.reversibility, e.depends_on_origin) for e in found.blast_radius] == [
        ("confirm_order", "external", True),
        ("send_email", "irreversible", True),
    ]


@pytest.mark.parametrize("name", GOOD)
def test_good_runs_have_no_origin_and_no_flag(name: str) -> None:
    found = triage(sample(name))
    assert found.verdict.failure_mode == "none_found"
    assert not found.verdict.escalate
    assert not found.origin.found
    assert found.flags == ()
    assert not any(effect.after_origin for effect in found.blast_radius)


def test_the_same_input_gives_the_same_answer() -> None:
    assert triage(sample("incident_content.jsonl")) == triage(sample("incident_content.jsonl"))


def test_a_symptom_of_the_users_choice_bounds_the_walk() -> None:
    found = triage(sample("incident_content.jsonl"), symptom=4, symptom_text="ord_555")
    assert (found.origin.step, found.origin.symptom) == (2, 4)
    assert max(found.origin.cascade) == 4
    assert all(suspect.step <= 4 for suspect in found.suspects)


def test_what_was_expected_names_the_wrong_value() -> None:
    session = run(
        user("Which order of cust_1 is the latest?"),
        call("list_orders", {"orders": [{"id": "ord_341"}, {"id": "ord_298"}]}, customer_id="cust_1"),
        say("The latest order is ord_298."),
    )
    assert not triage(session).origin.found
    found = triage(session, expected="ord_341")
    assert found.origin.value == "ord_298"
    assert found.origin.step == 2


def test_a_good_run_to_compare_with_names_the_action_that_was_wrong() -> None:
    good = order_run("cust_1", ["ord_341", "ord_298"], "ord_341")
    bad = order_run("cust_1", ["ord_341", "ord_298"], "ord_298")
    assert not triage(bad).origin.found
    found = triage(bad, baselines=[good])
    assert found.origin.found
    assert any(reason.feature == "leaves_good_runs" for reason in found.suspects[0].reasons)
    assert not triage(good, baselines=[good]).origin.found


def test_a_policy_decides_what_an_action_is() -> None:
    from tracetui.analysis.actions import ToolRule

    found = triage(sample("incident_content.jsonl"), policy={"send_*": ToolRule("read")})
    assert [effect.tool for effect in found.blast_radius] == ["confirm_order"]


@pytest.mark.parametrize("events", [(), (user("hi"),), (say("hi"),), (user(""), say(""))])
def test_next_to_nothing_is_no_reason_to_fail(events: tuple[tuple[str, str, None], ...]) -> None:
    assert triage(run(*events)).origin.found is False
