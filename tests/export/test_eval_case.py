"""The eval case, and the pytest file that is made of it: run as a user would run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.postmortem.example import NOW
from tests.shared import SAMPLES
from tracetui.analysis.triage import triage
from tracetui.export import eval_pytest, export, render
from tracetui.export.eval_case import case_of
from tracetui.export.redact import Rule
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.postmortem.document import Entry, Postmortem
from tracetui.postmortem.edits import SetText, apply, put
from tracetui.postmortem.prefill import prefill

INCIDENT, GOOD = SAMPLES / "incident_content.jsonl", SAMPLES / "good_same_customer.jsonl"
AGENTS = """
import json
def recorded(path, whole):
    steps = [json.loads(line) for line in open(path)]
    steps = [step for step in steps if step["step"] >= 3]
    messages = []
    for step in steps if whole else steps[:1]:
        if step["type"] == "llm_call":
            messages.append(step["completion"])
        else:
            messages.append({"role": "tool", "tool_call_id": step["call_id"], "content": json.dumps(step["result"])})
    return messages
def faulty(messages, tools):
    assert messages[0]["role"] == "system" and tools[0]["function"]["name"] == "get_customer"
    return recorded(BAD, False)[0]
def faulty_run(messages, tools): return recorded(BAD, True)
def good(messages, tools): return recorded(GOOD, False)[0]
def good_run(messages, tools): return recorded(GOOD, True)
def silent(messages, tools): return []
"""


def incident(path: Path = INCIDENT) -> tuple[Postmortem, Session]:
    trace = open_trace(str(path))
    (session,) = trace.sessions
    return prefill(session, triage(session), now=NOW, trace=trace), session


def outcome_of(folder: Path, agent: str, *, runs: int = 1) -> subprocess.CompletedProcess[str]:
    """pytest on the exported file, in a process of its own, far from this project and without any plugin."""
    postmortem, session = incident()
    (folder / "case_test.py").write_text(render("eval", postmortem, session=session), encoding="utf-8")
    (folder / "agents.py").write_text(f"BAD, GOOD = {str(INCIDENT)!r}, {str(GOOD)!r}\n{AGENTS}", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(folder), "EVAL_AGENT": agent, "EVAL_RUNS": str(runs)}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    words += ["--rootdir", str(folder), "case_test.py"]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("agent", ["faulty", "faulty_run", "silent"])
def test_the_faulty_agents_recorded_answer_fails(agent: str, tmp_path: Path) -> None:
    done = outcome_of(tmp_path, f"agents:{agent}")
    assert done.returncode == 1, done.stdout
    told = "the agent answered nothing" if agent == "silent" else "says ord_555, which nothing it was shown holds"
    assert told in done.stdout


@pytest.mark.parametrize("agent", ["good", "good_run"])
def test_the_good_agents_recorded_answer_passes(agent: str, tmp_path: Path) -> None:
    done = outcome_of(tmp_path, f"agents:{agent}", runs=2)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_without_an_agent_it_is_skipped_and_says_how_to_name_one(tmp_path: Path) -> None:
    done = outcome_of(tmp_path, "")
    assert done.returncode == 0
    assert "2 skipped" in done.stdout


def test_the_case_holds_input_context_wrong_output_and_expected_behaviour() -> None:
    postmortem, session = incident()
    case = json.loads(render("eval-json", postmortem, session=session))
    assert case["schema"] == "tracetui.eval-case/1"
    assert [message["role"] for message in case["input"]["messages"]] == ["system", "user", "assistant", "tool"]
    assert "ord_555" not in json.dumps(case["input"])
    assert len(case["input"]["tools"]) == 5
    assert case["context"] == {"step": 3, "fidelity": "rebuilt", "from_steps": [1, 1, 1, 2], "gaps": []}
    assert "ord_555" in case["wrong_output"]["messages"][0]["content"]
    assert [one["check"] for one in case["assertions"]] == ["value_not_used", "actions_rest_on_what_was_read"]
    assert "ord_555 is not used before a tool has returned it" in case["expected_behaviour"]


def test_the_same_case_comes_of_every_format_of_the_run() -> None:
    cases = [case_of(*incident(SAMPLES / name)) for name in ("incident_openai.json", "incident_anthropic.json")]
    for case in cases:
        assert [message["role"] for message in case["input"]["messages"]] == ["system", "user", "assistant", "tool"]
        assert case["assertions"][0]["with"] == {"value": "ord_555", "unless_read": True}


def test_without_its_trace_a_case_says_that_the_input_is_missing() -> None:
    postmortem, _ = incident()
    case = case_of(put(postmortem, "session.goal", Entry()), None)
    assert case["input"] == {"messages": [], "tools": []}
    assert case["context"]["fidelity"] == "absent"
    assert case["assertions"]


def test_the_goal_stands_in_for_an_input_that_was_not_recorded() -> None:
    postmortem, session = incident(SAMPLES / "incident.jsonl")
    assert case_of(postmortem, session)["input"]["messages"] == []
    postmortem = apply(postmortem, SetText("session.goal", "confirm the latest order of cust_789"))
    case = case_of(postmortem, session)
    assert case["input"]["messages"] == [{"role": "user", "content": "confirm the latest order of cust_789"}]
    assert "the goal as the postmortem tells it" in case["context"]["gaps"][-1]


def test_what_fails_in_some_runs_only_is_asked_as_often() -> None:
    postmortem, session = incident()
    for address, text in {"behaviour.determinism": "probabilistic", "behaviour.total_runs": "10"}.items():
        postmortem = put(postmortem, address, Entry(text=text))
    assert case_of(postmortem, session)["runs"] == 10
    assert case_of(put(postmortem, "behaviour.total_runs", Entry(text="many")), session)["runs"] == 1


def test_a_loop_is_told_by_how_often_it_calls() -> None:
    draft = Postmortem()
    values = {"classification.failure_mode": "cost_runaway", "session.tools_called": "search ×9, fetch ×1"}
    for address, text in (values | {"cascade/a/who": "search", "cascade/b/who": "gpt"}).items():
        draft = put(draft, address, Entry(text=text))
    (assertion,) = case_of(draft, None)["assertions"]
    assert assertion["with"] == {"tool": "search", "times": 3}


def test_where_nothing_else_can_be_told_the_wrong_answer_must_not_come_again() -> None:
    draft = put(Postmortem(), "detection.symptom", Entry(text="The refund is on its way."))
    assert [one["check"] for one in case_of(draft, None)["assertions"]] == ["answer_not_repeated"]
    assert case_of(Postmortem(), None)["assertions"] == []


def test_secrets_of_the_trace_are_taken_out_of_the_case() -> None:
    postmortem, _ = incident()
    key = "AKIA" + "A" * 16
    postmortem = put(postmortem, "session.goal", Entry(text=key))
    case = json.loads(render("eval-json", postmortem))
    assert key not in json.dumps(case)
    (told,) = case["redactions"]
    assert (told["kind"], told["count"], told["places"]) == ("AWS access key", 1, ["/input/messages/0/content"])


def test_what_was_taken_out_is_told_with_the_step_in_the_case_and_in_the_program() -> None:
    postmortem, session = incident()
    name = re.compile("(?P<secret>Alice)")
    (told,) = json.loads(export("eval-json", postmortem, rules=[Rule("name", name)], session=session).text)[
        "redactions"
    ]
    assert told["steps"] == [2, 3, 8]
    assert "/input/messages/3/content (step 2)" in told["places"]
    program = export("eval", postmortem, rules=[Rule("name", name)], session=session).text
    assert re.search(r"\n# Taken out of the case: \d+ × name in .*\(step 2\)", program)
    assert "# Taken out of the case: nothing." in render("eval", postmortem, session=session)
    alert = export("alert", apply(postmortem, SetText("identity.title", "Alice")), rules=[Rule("name", name)]).text
    assert "× name in identity.title" in alert


@given(st.text() | st.sampled_from(["'''", "\\'''", '"""', "\\", "\\u0027", "{}\n'''; import os", 'r"""{}"""']))
def test_no_text_ends_the_literal_that_the_case_stands_in(text: str) -> None:
    case = {"assertions": [], "runs": 1, "title": text}
    assert program(case).CASE["title"] == text


def program(case: dict[str, Any]) -> ModuleType:
    """The exported file, imported."""
    module = ModuleType("case_test")
    exec(compile(eval_pytest.render(case, ()), "case_test.py", "exec"), module.__dict__)
    return module


CHECKS = program(
    {
        "assertions": [],
        "runs": 1,
        "input": {
            "messages": [
                {"role": "user", "content": "refund inv_7 of bo@example.com"},
                {"role": "assistant", "content": "inv_8", "tool_calls": []},
            ],
            "tools": [],
        },
    }
)


def calls(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"content": None, "tool_calls": [{"name": tool, "arguments": arguments}]}


READ = {"role": "tool", "content": [{"type": "text", "text": "inv_9, owner cust_1"}]}


@pytest.mark.parametrize(
    ("messages", "holds"),
    [
        ([calls("refund", invoice="inv_7", to="bo@example.com", amount=12.5, on="2026-07-01", note="for you")], True),
        ([calls("refund", invoice="inv_8")], False),
        ([calls("refund", invoice="inv_70")], False),
        ([calls("refund", nested={"invoice": ["inv_9"]}), READ], False),
        ([READ, calls("refund", nested={"invoice": ["inv_9"]})], True),
        ([calls("refund", to="ann@example.com")], False),
        ([calls("look_up", invoice="inv_8")], True),
        ([{"role": "assistant", "content": "inv_8"}], True),
    ],
)
def test_actions_rest_on_what_was_read(messages: list[dict[str, Any]], holds: bool) -> None:
    verdict(holds, CHECKS.actions_rest_on_what_was_read, messages, tools=["refund"])


@pytest.mark.parametrize(
    ("messages", "unless_read", "holds"),
    [
        ([{"content": "it is inv_9"}], True, False),
        ([{"content": "it is INV_9."}], True, False),
        ([{"content": "it is inv_91 or xinv_9"}], True, True),
        ([READ, {"content": "it is inv_9"}], True, True),
        ([READ, {"content": "it is inv_9"}], False, False),
        ([calls("look_up", query="invoice inv_9")], True, False),
        ([{"content": [{"type": "text", "text": "inv_9"}]}], True, False),
    ],
)
def test_an_invented_value_is_not_used(messages: list[dict[str, Any]], unless_read: bool, holds: bool) -> None:
    verdict(holds, CHECKS.value_not_used, messages, value="inv_9", unless_read=unless_read)


@pytest.mark.parametrize(("times", "holds"), [(3, True), (4, False)])
def test_a_loop_ends(times: int, holds: bool) -> None:
    looping = [calls("search", q="a")] * times + [calls("search", q="b"), calls("fetch", q="a")]
    verdict(holds, CHECKS.calls_at_most, looping, tool="search", times=3)


def test_the_wrong_answer_does_not_come_again() -> None:
    verdict(False, CHECKS.answer_not_repeated, [{"content": "Well: THE refund\nis sent."}], text="the refund is sent.")
    verdict(True, CHECKS.answer_not_repeated, [{"content": "No refund was sent."}], text="the refund is sent.")


def test_an_answer_may_be_a_text_a_message_a_list_or_an_object_of_a_library() -> None:
    class Answer:
        def model_dump(self, *, exclude_none: bool) -> dict[str, Any]:
            return {"role": "assistant", "content": "x"}

    expected = [{"role": "assistant", "content": "x"}]
    for answer in ("x", expected[0], expected, Answer(), [Answer()]):
        assert CHECKS.messages_of(answer) == expected


def verdict(holds: bool, check: Any, *given_: Any, **with_: Any) -> None:
    if holds:
        check(*given_, **with_)
    else:
        with pytest.raises(AssertionError):
            check(*given_, **with_)
