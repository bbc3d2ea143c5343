"""OpenAI Responses: items of one answer as one call, each item at its own place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import (
    assert_places_hold_what_they_point_at,
    gap_kinds,
    kinds,
    only,
    places,
    read,
    read_document,
    read_lines,
)
from tracetui.context import prompt_at
from tracetui.model import ReasoningPart, TextPart, Usage

ITEMS: list[dict[str, Any]] = [
    {"role": "user", "content": "héllo"},
    {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "hm"}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "ö"}]},
    {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"q":"a"}'},
    {"type": "function_call", "call_id": "c2", "name": "look", "arguments": '{"q":"b"}'},
    {"type": "function_call_output", "call_id": "c1", "output": "A"},
    {"type": "function_call_output", "call_id": "c2", "output": '{"b": 1}'},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "done"}]},
]
TOOLS = [{"type": "function", "name": "look", "parameters": {"type": "object"}}, {"type": "web_search"}]
REQUEST = {"model": "m", "instructions": "be good", "input": ITEMS, "tools": TOOLS}


def test_the_items_of_one_answer_are_one_call() -> None:
    data = json.dumps(REQUEST, ensure_ascii=False, indent=1).encode()
    trace = read(data)
    assert trace.format == "openai-responses"
    session = only(trace)
    assert kinds(session) == ["message", "llm_call", "tool_call", "tool_call", "llm_call"]
    answer = session.steps[1]
    assert answer.source.pointer == "/input/2"
    assert answer.message is not None
    assert answer.message.parts[:2] == (ReasoningPart("hm"), TextPart("ö"))
    assert [(s.arguments, s.result) for s in session.steps[2:4]] == [({"q": "a"}, "A"), ({"q": "b"}, {"b": 1})]
    assert_places_hold_what_they_point_at(trace, data)


def test_every_item_is_a_place_of_some_step() -> None:
    session = only(read_document(REQUEST))
    found = {place.pointer for step in session.steps for place in places(step)}
    assert found == {f"/input/{index}" for index in range(len(ITEMS))}


def test_instructions_and_tools_are_in_force() -> None:
    session = only(read_document(REQUEST))
    prompt = prompt_at(session, 4)
    assert prompt.system == (TextPart("be good"),)
    assert [tool.name for tool in prompt.tools] == ["look", "web_search"]
    assert [entry.message.role for entry in prompt.messages] == ["user", "assistant", "tool", "tool"]
    assert session.gaps == ()


def test_input_may_be_text() -> None:
    value = {"model": "m", "input": "héllo", "output": [ITEMS[2]], "usage": {"input_tokens": 4, "output_tokens": 1}}
    session = only(read_document(value))
    assert [(step.kind, step.source.pointer) for step in session.steps] == [
        ("message", "/input"),
        ("llm_call", "/output/0"),
    ]
    assert session.steps[1].usage == Usage(4, 1)
    assert prompt_at(session, 1).fidelity == "recorded"


@pytest.mark.parametrize("lines", [True, False])
def test_items_alone_are_one_conversation(lines: bool) -> None:
    trace = read_lines(*ITEMS) if lines else read_document(ITEMS)
    assert trace.format == "openai-responses"
    assert kinds(only(trace)) == ["message", "llm_call", "tool_call", "tool_call", "llm_call"]
    assert trace.report.records == len(ITEMS)


def test_turns_that_the_provider_holds_are_chained_by_id() -> None:
    rows = [
        REQUEST | {"input": ITEMS[:1], "response": {"id": "r1", "output": ITEMS[1:5]}},
        REQUEST | {"input": ITEMS[5:7], "previous_response_id": "r1", "response": {"id": "r2", "output": ITEMS[7:]}},
    ]
    session = only(read_lines(*rows))
    assert kinds(session) == ["message", "llm_call", "tool_call", "tool_call", "llm_call"]
    prompt = prompt_at(session, 4)
    assert prompt.fidelity == "rebuilt"
    assert [entry.message.role for entry in prompt.messages] == ["user", "assistant", "tool", "tool"]
    assert "server_state" not in gap_kinds(session)


def test_an_earlier_turn_that_is_not_there_is_a_gap() -> None:
    row = REQUEST | {"input": "go on", "previous_response_id": "gone", "response": {"id": "r2", "output": ITEMS[7:]}}
    session = only(read_document(row))
    assert "server_state" in gap_kinds(session)
    assert prompt_at(session, 1).fidelity == "partial"


def test_a_tool_that_the_provider_runs_is_a_call_with_its_answer() -> None:
    search = {
        "type": "file_search_call",
        "id": "fs",
        "status": "completed",
        "queries": ["q"],
        "results": [{"text": "found"}],
    }
    session = only(read_document(REQUEST | {"input": [ITEMS[0], search, ITEMS[7]]}))
    step = session.steps[2]
    assert (step.tool, step.arguments, step.result) == ("file_search", {"queries": ["q"]}, [{"text": "found"}])


def test_an_item_of_a_kind_not_yet_known_is_kept() -> None:
    session = only(read_document(REQUEST | {"input": [ITEMS[0], {"type": "novelty", "x": 1}, ITEMS[7]]}))
    message = session.steps[1].message
    assert message is not None
    assert getattr(message.parts[0], "kind", None) == "novelty"


def test_reasoning_that_is_encrypted_is_kept_as_it_is() -> None:
    session = only(
        read_document(
            REQUEST | {"input": [ITEMS[0], {"type": "reasoning", "encrypted_content": "xx", "summary": []}, ITEMS[7]]}
        )
    )
    message = session.steps[1].message
    assert message is not None
    assert getattr(message.parts[0], "data", {}).get("encrypted_content") == "xx"
