"""smolagents' memory: prompts as they were sent, calls with what their step observed."""

from __future__ import annotations

import json
from typing import Any

from tests.ingest.reading import kinds, only, read_document, read_lines
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import Session, Usage

STEPS = json.loads((SAMPLES / "smolagents_memory.json").read_text())


def sample() -> Session:
    return only(open_trace(str(SAMPLES / "smolagents_memory.json")))


def test_calls_have_usage_times_and_tools_their_arguments_and_observations() -> None:
    session = sample()
    assert kinds(session) == ["message", "message", *["llm_call", "tool_call"] * 3]
    assert session.goal == "How many hives has the north apiary?"
    first, failed, _, found = session.steps[2:6]
    assert (first.usage, first.duration_ns) == (Usage(90, 14), 2_000_000_000)
    assert (failed.tool, failed.status, failed.error) == ("beehive_count", "error", "no apiary is called north")
    assert (found.arguments, found.result) == ({"apiary": "northern"}, {"apiary": "northern", "hives": 11})


def test_prompts_are_the_messages_sent_and_know_the_steps_they_come_from() -> None:
    session = sample()
    prompts = [prompt_at(session, step.index) for step in session.steps if step.kind == "llm_call"]
    for prompt, step in zip(prompts, STEPS[1:], strict=True):
        assert prompt.fidelity == "recorded"
        assert [entry.message.role for entry in prompt.messages] == [m["role"] for m in step["model_input_messages"]]
    assert [entry.from_step for entry in prompts[-1].messages] == [0, 1, 2, 2, 3, 4, 5]


def test_a_full_result_and_lines_are_the_same_run() -> None:
    whole = read_document({"output": "11", "state": "success", "steps": STEPS})
    assert only(whole).attributes == {"output": "11", "state": "success"}
    for trace in (whole, read_lines(*STEPS)):
        assert trace.format == "smolagents-memory"
        assert kinds(only(trace)) == kinds(sample())


def test_code_and_plans_are_calls_too() -> None:
    sent: dict[str, Any] = {
        "model_input_messages": [{"role": "user", "content": "go"}],
        "timing": {"start_time": 1.7e9},
    }
    plan = sent | {"plan": "first look", "model_output_message": {"role": "assistant", "content": "first look"}}
    run = {"id": "c", "type": "function", "function": {"name": "python_interpreter", "arguments": "print(1)"}}
    code = sent | {"model_output": "```py\nprint(1)\n```", "tool_calls": [run], "observations": "1"}
    session = only(read_document([plan, code, {"output": "1"}]))
    assert kinds(session) == ["message", "llm_call", "llm_call", "tool_call", "other"]
    assert session.steps[1].summary == "plan"
    assert (session.steps[3].arguments, session.steps[3].result) == ({"code": "print(1)"}, "1")


def test_a_call_that_failed_before_it_asked_for_a_tool_is_the_error_itself() -> None:
    broken = {
        "model_input_messages": None,
        "timing": {},
        "error": {"type": "AgentGenerationError", "message": "overloaded"},
    }
    (step,) = only(read_document([broken])).steps
    assert (step.kind, step.error) == ("llm_call", "overloaded")
