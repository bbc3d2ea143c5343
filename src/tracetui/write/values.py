"""Messages, definitions and values as JSON that readers of several formats understand, and what survives the way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    RecordedPrompt,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)

_INTERPRETED = frozenset(
    """text input_text output_text refusal summary_text thinking reasoning tool_use server_tool_use mcp_tool_use
    tool_call tool_result mcp_tool_result tool_call_response""".split()  # noqa: SIM905
)
"""Types of blocks that readers turn into parts of their own; a block of another type stays as it is."""


def json_line(value: Any) -> str:
    """Compact JSON, ASCII only: lone surrogates and hidden characters are escapes. No line feed in it.

    A number that JSON cannot write (NaN, an infinity) becomes the text of its name.
    """
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return json.dumps(value)
    return value


def message_json(message: Message) -> dict[str, Any]:
    """A message in the shape of the OpenTelemetry GenAI conventions: role, parts, name."""
    row: dict[str, Any] = {"role": message.role, "parts": [part_json(part) for part in message.parts]}
    return row if message.name is None else {**row, "name": message.name}


def part_json(part: Part) -> Any:
    match part:
        case TextPart(content):
            return {"type": "text", "content": content}
        case ReasoningPart(content):
            return {"type": "reasoning", "content": content}
        case ToolCallPart(call_id, name, arguments):
            return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}
        case ToolCallResponsePart(call_id, response):
            return {"type": "tool_call_response", "id": call_id, "response": response}
        case OtherPart(kind, data):
            return data if isinstance(data, dict) else {"type": kind, "data": data}
    raise AssertionError(part)


def tools_json(tools: Iterable[ToolDefinition]) -> list[dict[str, Any]]:
    """Definitions as the GenAI conventions have them."""
    return [
        {
            "type": "function",
            "name": tool.name,
            **({"description": tool.description} if tool.description else {}),
            **({} if tool.parameters is None else {"parameters": tool.parameters}),
        }
        for tool in tools
    ]


def stays_text(value: Any) -> bool:
    """Whether a value is the same after a reader has decoded text that looks like JSON."""
    return not (isinstance(value, str) and value[:1] in ("{", "["))


def survives(message: Message | None) -> bool:
    """Whether `message_json` reads back as the same message."""
    return message is None or (bool(message.role) and parts_survive(message.parts))


def parts_survive(parts: Iterable[Part]) -> bool:
    return all(map(_part_survives, parts))


def prompt_survives(prompt: RecordedPrompt) -> bool:
    """Whether a recorded prompt reads back as the same messages, system prompt and tools."""
    named = all(tool.name and tool.origin == "recorded" for tool in prompt.tools)
    return named and parts_survive(prompt.system) and all(map(survives, prompt.messages))


def _part_survives(part: Part) -> bool:
    match part:
        case ReasoningPart(content):
            return bool(content)
        case ToolCallPart(_, _, arguments):
            return stays_text(arguments)
        case OtherPart(kind, data):
            return isinstance(data, dict) and data.get("type") == kind and kind not in _INTERPRETED | {""}
    return True
