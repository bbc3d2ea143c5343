from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.postmortem.example import sample_postmortem
from tracetui.export import render
from tracetui.postmortem.document import Entry, Postmortem
from tracetui.postmortem.edits import SetText, apply, put
from tracetui.text import visible


def written(held: Postmortem) -> str:
    return render("alert", held)


def with_tool(name: str) -> Postmortem:
    return put(sample_postmortem(), "blast_radius/step-4/tool", Entry(text=name, source="trace"))


def test_the_rule_tells_the_flags_in_order_the_tools_that_acted_and_what_to_do() -> None:
    text = written(sample_postmortem())
    assert text.startswith("Alert: hallucination propagation like this incident\n")
    assert text.index("1. flag ENTITY_HALLUCINATION: an id") < text.index("2. flag ENTITY_MISMATCH")
    assert '3. then a call of "get_order"' in text
    assert "Severity: SEV2" in text
    assert 'take "get_order" away' in text


def test_values_of_the_case_are_no_part_of_the_signature() -> None:
    held = apply(sample_postmortem(), SetText("identity.title", "An order of someone else"))
    assert "ord_555" not in written(held)
    assert "cust_" not in written(held)


def test_a_runaway_is_told_by_its_loop_and_its_cost() -> None:
    held = sample_postmortem()
    for address, text in (
        ("classification.failure_mode", "cost_runaway"),
        ("session.cost_baseline_usd", "0.02"),
    ):
        held = apply(held, SetText(address, text))
    text = written(held)
    assert '"get_order" called more than 3 times with the same arguments' in text
    assert "cost over 5 times the usual of 0.02 USD" in text
    assert '{ span.gen_ai.tool.name = "get_order" } | count() > 3' in text


def test_a_postmortem_without_a_signature_says_what_is_missing() -> None:
    text = written(Postmortem())
    assert "holds no flag, tool or threshold" in text
    assert "name the flags" in text


@pytest.mark.skipif(shutil.which("jq") is None, reason="the queries are run by jq, which is not installed")
@pytest.mark.parametrize("tool", ["get_order", "it's; rm -rf ~ #", '"quoted"', "$(id)"])
def test_the_queries_run_and_find_what_they_name(tool: str) -> None:
    lines = [line.strip() for line in written(with_tool(tool)).splitlines()]
    triage = {
        "source": {"path": "a.jsonl"},
        "sessions": [{"flags": [{"kind": "ENTITY_HALLUCINATION"}, {"kind": "ENTITY_MISMATCH"}]}],
    }
    query = next(line for line in lines if line.startswith("tracetui triage")).partition("| ")[2]
    assert run(query, json.dumps(triage)) == "a.jsonl\n"
    assert run(query, json.dumps({**triage, "sessions": [{"flags": []}]})) == ""
    query = next(line for line in lines if line.startswith("jq -c")).removesuffix(" session-trace.jsonl")
    step = {"type": "tool_call", "tool": tool}
    assert json.loads(run(query, json.dumps(step))) == step
    assert run(query, '{"type":"tool_call","tool":"another"}') == ""


def run(command: str, given: str) -> str:
    """What a shell makes of a line of the rule."""
    return subprocess.run(["sh", "-c", command], input=given, capture_output=True, text=True, check=True).stdout


@settings(max_examples=30)
@given(st.text(max_size=300))
def test_hostile_names_change_no_line_of_the_rule(text: str) -> None:
    told = written(with_tool(text))
    assert visible(told) == told
    calm = written(with_tool("x" if text.strip() else ""))
    assert len(told.splitlines()) == len(calm.splitlines())
