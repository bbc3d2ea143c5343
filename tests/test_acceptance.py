"""What the product promises, end to end and headless: the practice's incident in three encodings, and real data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.ingest.source import read_source

INCIDENTS = ["incident_content.jsonl", "incident_openai.json", "incident_anthropic.json"]
GOOD_RUNS = {
    "incident_content.jsonl": ["good_same_customer.jsonl", "good_other_customer.jsonl"],
    "incident_openai.json": ["good_same_customer_openai.json", "good_other_customer_openai.json"],
    "incident_anthropic.json": ["good_same_customer_anthropic.json", "good_other_customer_openai.json"],
}
INVENTED = "ord_555"


def triage(name: str) -> dict[str, Any]:
    """The only session of a sample's triage; its evidence checked."""
    document = run("triage", "--json", str(SAMPLES / name)).document
    for evidence in evidence_in(document):
        assert_quoted_from_the_source(evidence)
    (session,) = document["sessions"]
    return dict(session)


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_samples_of_the_incident_carry_no_flag_and_no_error(name: str) -> None:
    for step in run("steps", "--json", str(SAMPLES / name)).documents:
        assert step["recorded_flags"] == []
        assert step["status"] != "error"


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_origin_is_the_step_that_first_wrote_the_invented_id(name: str) -> None:
    first = first_step_with(name, INVENTED)
    origin = triage(name)["origin"]
    assert origin["found"]
    assert origin["step"] == first["step"]
    assert origin["source"] == first["source"]
    assert origin["value"] == INVENTED
    assert any(INVENTED in evidence["quote"] for evidence in origin["evidence"])


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_cascade_runs_from_the_origin_to_the_confirmation(name: str) -> None:
    session = triage(name)
    steps = {step["step"]: step for step in run("steps", "--json", str(SAMPLES / name)).documents}
    cascade = session["cascade"]
    assert cascade == sorted(cascade)
    assert cascade[0] == session["origin"]["step"]
    assert cascade[-1] == max(steps)
    assert {steps[number]["tool"] for number in cascade} >= {"get_order", "confirm_order"}


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_failure_mode_is_named_with_its_reason(name: str) -> None:
    verdict = triage(name)["verdict"]
    assert verdict["failure_mode"] in ("hallucination_propagation", "tool_misfire")
    assert verdict["why"]
    assert verdict["escalate"]


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_owner_that_the_tool_returned_is_flagged_as_a_mismatch(name: str) -> None:
    flags = [flag for flag in triage(name)["flags"] if flag["kind"] == "ENTITY_MISMATCH"]
    owner = first_step_with(name, "cust_012")
    assert owner["step"] in [flag["step"] for flag in flags]
    assert not any(flag["recorded"] for flag in flags)
    quotes = " ".join(evidence["quote"] for flag in flags for evidence in flag["evidence"])
    assert "cust_012" in quotes
    assert "cust_789" in quotes


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_actions_after_the_origin_are_the_blast_radius(name: str) -> None:
    after = {effect["tool"]: effect for effect in triage(name)["blast_radius"] if effect["after_origin"]}
    assert set(after) == {"confirm_order", "send_email"}
    assert after["send_email"]["reversibility"] == "irreversible"


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_diff_names_the_same_step_against_either_good_run(name: str) -> None:
    origin = triage(name)["origin"]["step"]
    for good in GOOD_RUNS[name]:
        answer = run("diff", "--json", str(SAMPLES / name), str(SAMPLES / good))
        assert answer.code == 1
        assert answer.document["verdict"] == "diverged"
        assert answer.document["divergence"]["bad"]["step"] == origin


@pytest.mark.parametrize("good", sorted({good for goods in GOOD_RUNS.values() for good in goods}))
def test_a_good_run_has_no_origin_and_no_flag_and_ends_with_0(good: str) -> None:
    answer = run("triage", "--json", str(SAMPLES / good))
    (session,) = answer.document["sessions"]
    assert answer.code == 0
    assert session["verdict"]["failure_mode"] == "none_found"
    assert not session["origin"]["found"]
    assert session["flags"] == []


def test_the_smallest_trace_with_recorded_flags_works() -> None:
    session = triage("incident.jsonl")
    assert session["origin"]["step"] == 3
    assert session["cascade"] == [3, 4, 5]
    assert [flag["kind"] for flag in session["flags"] if flag["recorded"]] == [
        "ENTITY_HALLUCINATION",
        "ENTITY_MISMATCH",
    ]


def first_step_with(name: str, text: str) -> dict[str, Any]:
    """The first step that wrote `text`: for a tool call's arguments, the model's answer before it."""
    steps = run("steps", "--json", str(SAMPLES / name)).documents
    return next(step for step in steps if re.search(rf"\b{text}\b", json.dumps([step["message"], step.get("result")])))


def evidence_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a quote, at any depth of a document."""
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for inner in value.values():
            yield from evidence_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from evidence_in(inner)


def assert_quoted_from_the_source(evidence: dict[str, Any]) -> None:
    """The quote stands, to the letter, in a text of the record that its place points at."""
    place = evidence["source"]
    record = read_source(place["path"]).data[place["offset"] : place["offset"] + place["length"]]
    quote = evidence["quote"]
    assert quote
    assert any(quote in text for text in texts_of(json.loads(record))), (quote, record[:200])


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a JSON value: strings, what JSON inside strings holds, and other scalars as JSON writes them."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            try:
                yield from texts_of(json.loads(value))
            except ValueError:
                return
    else:
        yield json.dumps(value)
