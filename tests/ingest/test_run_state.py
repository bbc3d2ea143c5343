"""A saved `RunState` of the OpenAI Agents SDK."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ingest.reading import kinds, only, pointers, read_document
from tracetui.context import prompt_at
from tracetui.model import Usage

CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "refund", "arguments": '{"order": "o1"}'}
SAID = {
    "type": "message",
    "id": "m_1",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "I refunded o1."}],
}


def entry(kind: str, raw: dict[str, Any], agent: str = "clerk") -> dict[str, Any]:
    return {"type": kind, "raw_item": raw, "agent": {"name": agent}}


PYTHON = {
    "$schemaVersion": "1.0",
    "current_turn": 2,
    "current_agent": {"name": "clerk"},
    "original_input": "refund my order o1",
    "model_responses": [
        {
            "usage": {"input_tokens": 30, "output_tokens": 5, "input_tokens_details": [{"cached_tokens": 7}]},
            "output": [CALL],
        },
        {"usage": {"input_tokens": 60, "output_tokens": 9}, "output": [SAID], "response_id": "r2"},
    ],
    "generated_items": [
        entry("tool_call_item", CALL),
        entry("tool_approval_item", CALL),
        entry("tool_call_output_item", {"type": "function_call_output", "call_id": "c1", "output": "ok"}),
        entry("message_output_item", SAID, "speaker"),
    ],
    "max_turns": 10,
}
JAVASCRIPT = {
    "$schemaVersion": "1.0",
    "currentAgent": {"name": "clerk"},
    "originalInput": [{"type": "message", "role": "user", "content": "refund my order o1"}],
    "modelResponses": [
        {
            "usage": {"inputTokens": 30, "outputTokens": 5, "inputTokensDetails": [{"cachedTokens": 7}]},
            "output": [CALL],
        },
    ],
    "generatedItems": [
        {
            "type": "tool_call_item",
            "rawItem": {
                "type": "function_call",
                "id": "fc_1",
                "callId": "c1",
                "name": "refund",
                "arguments": '{"order":"o1"}',
            },
            "agent": {"name": "clerk"},
        },
        {
            "type": "tool_call_output_item",
            "rawItem": {"type": "function_call_result", "callId": "c1", "name": "refund", "output": "ok"},
            "agent": {"name": "clerk"},
        },
    ],
}


@pytest.mark.parametrize("state", [PYTHON, JAVASCRIPT], ids=["python", "javascript"])
def test_its_items_are_steps_with_agents_usage_and_results(state: dict[str, Any]) -> None:
    trace = read_document(state)
    assert trace.format == "openai-agents"
    session = only(trace)
    user, call, tool = session.steps[:3]
    assert kinds(session)[:3] == ["message", "llm_call", "tool_call"]
    assert (call.agent, call.usage) == ("clerk", Usage(30, 5, 7))
    assert (tool.tool, tool.result) == ("refund", "ok")
    assert user.message is not None
    assert "refund my order o1" in repr(user.message)


def test_each_step_is_at_its_item_and_an_approval_that_is_waited_for_is_no_call_of_its_own() -> None:
    session = only(read_document(PYTHON))
    assert kinds(session) == ["message", "llm_call", "tool_call", "llm_call"]
    assert pointers(session) == [
        "/original_input",
        "/generated_items/0/raw_item",
        "/generated_items/2/raw_item",
        "/generated_items/3/raw_item",
    ]
    assert session.steps[3].agent == "speaker"
    assert session.steps[3].usage == Usage(60, 9)
    assert [entry.message.role for entry in prompt_at(session, 3).messages] == ["user", "assistant", "tool"]
    assert session.attributes["openai_agents.state.max_turns"] == 10


def test_what_is_no_item_is_listed() -> None:
    trace = read_document(PYTHON | {"generated_items": [*PYTHON["generated_items"], {"type": "odd"}, 3]})  # type: ignore[misc]
    assert len(trace.report.skipped) == 2
