"""ATIF trajectories: steps that called no model, steps that stand for several calls, and copied context."""

from __future__ import annotations

from typing import Any

from tests.ingest.reading import gap_kinds, kinds, only, read_document
from tracetui.context import prompt_at
from tracetui.model import Session
from tracetui.parts import text_of

CALL = {"tool_call_id": "c1", "function_name": "weigh", "arguments": {"item": 4}}
RESULT = {"results": [{"source_call_id": "c1", "content": "7 kg"}]}


def trajectory(*steps: dict[str, Any]) -> Session:
    numbered = [{"step_id": number, "message": ""} | step for number, step in enumerate(steps, start=1)]
    agent = {"name": "porter", "version": "1", "model_name": "lumen-2"}
    return only(read_document({"schema_version": "ATIF-v1.6", "session_id": "s", "agent": agent, "steps": numbered}))


def test_copied_context_is_in_the_window_and_counts_no_call() -> None:
    metrics = {"prompt_tokens": 9, "completion_tokens": 1, "cost_usd": 0.5}
    session = trajectory(
        {"source": "user", "message": "old", "is_copied_context": True},
        {"source": "agent", "message": "then", "is_copied_context": True, "metrics": metrics},
        {"source": "user", "message": "new"},
        {"source": "agent", "message": "now", "metrics": metrics},
    )
    assert kinds(session) == ["message", "message", "message", "llm_call"]
    assert [shown.message.role for shown in prompt_at(session, 3).messages] == ["user", "assistant", "user"]
    assert sum(step.cost_usd or 0 for step in session.steps) == 0.5


def test_a_step_without_a_model_call_keeps_its_tool_calls() -> None:
    session = trajectory({"source": "agent", "llm_call_count": 0, "tool_calls": [CALL], "observation": RESULT})
    assert kinds(session) == ["message", "tool_call"]
    tool = session.steps[1]
    assert (tool.tool, tool.arguments, tool.result, tool.parent) == ("weigh", {"item": 4}, "7 kg", 0)


def test_a_step_of_several_calls_says_so() -> None:
    session = trajectory({"source": "user", "message": "go"}, {"source": "agent", "message": "ok", "llm_call_count": 2})
    (gap,) = [gap for gap in session.gaps if gap.kind == "calls_aggregated"]
    assert gap.steps == (2,)
    single = trajectory({"source": "user", "message": "go"}, {"source": "agent", "message": "ok", "llm_call_count": 1})
    assert "calls_aggregated" not in gap_kinds(single)


def test_what_is_carried_over_in_the_middle_begins_a_new_window_under_the_same_instructions() -> None:
    def step(source: str, message: str, **more: Any) -> dict[str, Any]:
        return {"source": source, "message": message} | more

    steps = [step("system", "be brief"), step("user", "a"), step("agent", "b")]
    steps += [step("user", "in short: a, b", is_copied_context=True), step("agent", "c", is_copied_context=True)]
    counted = {"prompt_tokens": 5, "completion_tokens": 1, "prompt_token_ids": [7], "extra": {"tries": 2}}
    steps += [step("agent", "d", metrics=counted)]
    session = only(read_document({"schema_version": "ATIF-v1.8", "agent": {}, "steps": steps}))
    assert kinds(session) == ["message", "message", "llm_call", "message", "message", "llm_call"]
    prompt = prompt_at(session, 5)
    assert ["".join(map(text_of, one.message.parts)) for one in prompt.messages] == ["be brief", "in short: a, b", "c"]
    assert session.steps[5].attributes == {"metrics": counted}
