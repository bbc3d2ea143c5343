"""Anthropic Messages: blocks of a message as steps at their own place."""

from __future__ import annotations

import json
from typing import Any

from tests.ingest.reading import (
    assert_places_hold_what_they_point_at,
    gap_kinds,
    kinds,
    only,
    pointers,
    read,
    read_document,
    read_lines,
)
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.model import ReasoningPart, TextPart, Usage

TOOLS = [{"name": "look", "description": "d", "input_schema": {"type": "object"}}]


def use(call_id: str, query: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": "look", "input": {"q": query}}


def result(call_id: str, content: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content} | fields


MESSAGES: list[dict[str, Any]] = [
    {"role": "user", "content": "héllo"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "ö"},
            use("t1", "a"),
            use("t2", "b"),
        ],
    },
    {
        "role": "user",
        "content": [
            result("t1", "A"),
            result("t2", [{"type": "text", "text": "no such thing"}], is_error=True),
            {"type": "text", "text": "go on"},
        ],
    },
    {"role": "assistant", "content": "done"},
]
REQUEST = {"model": "claude-x", "system": [{"type": "text", "text": "be good"}], "messages": MESSAGES, "tools": TOOLS}


def test_blocks_become_steps_at_their_own_place() -> None:
    data = json.dumps(REQUEST, ensure_ascii=False, indent=1).encode()
    trace = read(data)
    assert trace.format == "anthropic-messages"
    session = only(trace)
    assert kinds(session) == ["message", "llm_call", "tool_call", "tool_call", "message", "llm_call"]
    assert pointers(session) == [
        "/messages/0",
        "/messages/1",
        "/messages/2/content/0",
        "/messages/2/content/1",
        "/messages/2",
        "/messages/3",
    ]
    asked = [step.arguments_source.pointer for step in session.steps if step.arguments_source]
    assert asked == ["/messages/1/content/2", "/messages/1/content/3"]
    assert_places_hold_what_they_point_at(trace, data)


def test_an_error_is_told_by_the_result_itself() -> None:
    steps = only(read_document(REQUEST)).steps
    assert [(step.status, step.result, step.error) for step in steps if step.kind == "tool_call"] == [
        ("unknown", "A", None),
        ("error", "no such thing", "no such thing"),
    ]


def test_the_window_holds_the_messages_as_they_were_sent() -> None:
    session = only(read_document(REQUEST))
    prompt = prompt_at(session, 5)
    assert [entry.message.role for entry in prompt.messages] == ["user", "assistant", "user"]
    assert len(prompt.messages[2].message.parts) == 3
    assert prompt.system == (TextPart("be good"),)
    assert [tool.name for tool in prompt.tools] == ["look"]
    assert session.gaps == ()


def test_thinking_is_reasoning_and_a_redacted_one_is_kept() -> None:
    message = session_message({"type": "redacted_thinking", "data": "xx"}, {"type": "thinking", "thinking": "hm"})
    assert ReasoningPart("hm") in message.parts
    assert any(getattr(part, "kind", "") == "redacted_thinking" for part in message.parts)


def session_message(*blocks: dict[str, Any]) -> Any:
    value = {
        "system": "s",
        "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": list(blocks)}],
    }
    return only(read_document(value)).steps[1].message


def test_a_list_of_messages_is_told_by_its_blocks() -> None:
    trace = read_document(MESSAGES)
    assert trace.format == "anthropic-messages"
    assert gap_kinds(only(trace)) == {"system_prompt_not_recorded", "tools_not_recorded"}
    assert pointers(only(trace))[2] == "/2/content/0"


def test_a_log_with_responses_has_recorded_prompts_and_usage_with_cache() -> None:
    answer = {
        "type": "message",
        "role": "assistant",
        "id": "msg_1",
        "model": "claude-y",
        "content": MESSAGES[1]["content"],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 3, "cache_read_input_tokens": 7, "output_tokens": 2},
    }
    # The marker of the cache moves to the last block of every request: that is no change of the history.
    marked = json.loads(json.dumps(MESSAGES[:3]))
    marked[2]["content"][0]["cache_control"] = {"type": "ephemeral"}
    first = {"role": "user", "content": [{"type": "text", "text": "héllo", "cache_control": {"type": "ephemeral"}}]}
    rows: list[dict[str, Any]] = [
        REQUEST | {"messages": [first], "response": answer},
        REQUEST
        | {"messages": marked, "response": {"role": "assistant", "content": [{"type": "text", "text": "done"}]}},
    ]
    session = only(read_lines(*rows))
    assert kinds(session) == ["message", "llm_call", "tool_call", "tool_call", "message", "llm_call"]
    assert not [edit for edit in session.edits if edit.kind == "splice"]
    call = session.steps[1]
    assert (call.source.pointer, call.model) == ("/response", "claude-y")
    assert call.usage == Usage(10, 2, 7, origin="derived")
    assert prompt_at(session, 5).fidelity == "recorded"


def test_the_incident_is_written_by_message_three() -> None:
    session = only(read((SAMPLES / "incident_anthropic.json").read_bytes()))
    first = next(step for step in session.steps if step.message and "ord_555" in repr(step.message.parts))
    assert (first.kind, first.source.pointer) == ("llm_call", "/messages/3")
