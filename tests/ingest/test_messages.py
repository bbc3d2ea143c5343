"""Messages in the shapes of every provider, and in none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.test_decode import JSON
from tracetui.ingest.messages import decoded, message_of, part_of, parts_of_content, tool_definitions
from tracetui.model import OtherPart, ReasoningPart, TextPart, ToolCallPart, ToolCallResponsePart

KEYS = st.sampled_from(
    [
        "role",
        "content",
        "tool_calls",
        "tool_call_id",
        "name",
        "parts",
        "type",
        "text",
        "function",
        "arguments",
        "refusal",
    ]
)


@given(JSON | st.dictionaries(KEYS, JSON))
def test_any_value_is_a_message_of_some_kind(value: Any) -> None:
    message = message_of(value)
    assert isinstance(message.role, str)
    assert isinstance(part_of(value), TextPart | ReasoningPart | ToolCallPart | ToolCallResponsePart | OtherPart)
    parts_of_content(value)
    tool_definitions(value)
    tool_definitions([value])


@pytest.mark.parametrize(
    ("block", "part"),
    [
        ("plain", TextPart("plain")),
        ({"type": "text", "text": "t"}, TextPart("t")),
        ({"type": "input_text", "text": "t"}, TextPart("t")),
        ({"type": "text", "content": "t"}, TextPart("t")),
        ({"type": "thinking", "thinking": "h"}, ReasoningPart("h")),
        ({"type": "reasoning", "content": "h"}, ReasoningPart("h")),
        ({"type": "reasoning", "summary": [{"text": "a"}, {"text": "b"}]}, ReasoningPart("a\nb")),
        ({"type": "tool_use", "id": "c", "name": "f", "input": {"a": 1}}, ToolCallPart("c", "f", {"a": 1})),
        ({"type": "tool_call", "id": "c", "name": "f", "arguments": '{"a":1}'}, ToolCallPart("c", "f", {"a": 1})),
        ({"type": "tool_result", "tool_use_id": "c", "content": "r"}, ToolCallResponsePart("c", "r")),
        ({"type": "tool_call_response", "id": "c", "response": {"r": 1}}, ToolCallResponsePart("c", {"r": 1})),
        ({"type": "image", "source": "x"}, OtherPart("image", {"type": "image", "source": "x"})),
        (7, OtherPart("value", 7)),
    ],
)
def test_a_block_of_each_dialect_is_its_part(block: Any, part: Any) -> None:
    assert part_of(block) == part


@pytest.mark.parametrize("text", ["plain", "3", "true", '"quoted"', "{oops", "[1,", "", "{" * 50_000])
def test_text_that_is_no_json_object_stays_to_the_letter(text: str) -> None:
    assert decoded(text) == text


def test_json_text_is_decoded_one_level() -> None:
    assert decoded('{"a": "{}"}') == {"a": "{}"}


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}},
        {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}},
        {"name": "f", "description": "d", "input_schema": {"type": "object"}},
    ],
)
def test_a_tool_is_defined_alike_in_every_dialect(tool: dict[str, Any]) -> None:
    (definition,) = tool_definitions([tool])
    assert (definition.name, definition.description, definition.parameters) == ("f", "d", {"type": "object"})


def test_the_call_that_a_tools_message_answers_may_be_listed() -> None:
    message = message_of({"role": "tool", "content": "out", "tool_call_ids": ["c1"]})
    assert message.parts == (ToolCallResponsePart("c1", "out"),)
    several = message_of({"role": "tool", "content": "out", "tool_call_ids": ["c1", "c2"]})
    assert several.parts == (ToolCallResponsePart(None, "out"),)
