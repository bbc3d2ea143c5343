"""Chat messages in the shapes that providers use, as the model's messages: what many formats carry inside.

OpenAI Chat Completions, OpenAI Responses items, Anthropic Messages blocks and the OTel GenAI parts are told apart
block by block, since real files mix them.
"""

from __future__ import annotations

from sys import intern
from typing import Any

from tracetui.ingest.decode import decode_text
from tracetui.ingest.fields import list_field
from tracetui.model import (
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    SourceRef,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)

_SCHEMAS = ("parameters", "input_schema", "inputSchema")
_TEXT_TYPES = {"text", "input_text", "output_text", "refusal", "summary_text"}


def message_of(value: Any, *, default_role: str = "user", source: SourceRef | None = None) -> Message:
    """A message from a provider's object, or from plain text. Nothing of it is dropped: unknown blocks stay as they are."""
    if not isinstance(value, dict):
        return Message(default_role, parts_of_content(value), source=source)
    role = intern(str(value.get("role") or default_role))
    if role in ("tool", "function") and "parts" not in value and not _holds_results(value.get("content")):
        part = ToolCallResponsePart(_answered(value), _result(value.get("content")))
        return Message(role, (part,), _text(value.get("name")), source)
    reasoning = value.get("reasoning_content") or value.get("reasoning")
    parts: list[Part] = [ReasoningPart(reasoning)] if isinstance(reasoning, str) and reasoning else []
    listed = value.get("parts")
    parts += [part_of(part) for part in listed] if isinstance(listed, list) else parts_of_content(value.get("content"))
    if isinstance(value.get("refusal"), str) and value["refusal"]:
        parts.append(TextPart(value["refusal"]))
    parts += [tool_call_of(call) for call in list_field(value.get("tool_calls")) if isinstance(call, dict)]
    if isinstance(value.get("function_call"), dict):
        parts.append(tool_call_of(value["function_call"]))
    return Message(role, tuple(parts), _text(value.get("name")), source)


def _holds_results(content: Any) -> bool:
    """Whether a message's blocks are tool results of their own, each with its call id."""
    kinds = ("tool_result", "tool_call_response")
    return any(isinstance(block, dict) and block.get("type") in kinds for block in list_field(content))


def parts_of_content(content: Any) -> tuple[Part, ...]:
    """`content` of a message: text, a list of blocks, or nothing."""
    if content is None or content == "":
        return ()
    if isinstance(content, str):
        return (TextPart(content),)
    if isinstance(content, list):
        return tuple(part_of(block) for block in content)
    return (part_of(content),)


def part_of(block: Any) -> Part:
    """One content block."""
    if isinstance(block, str):
        return TextPart(block)
    if not isinstance(block, dict):
        return OtherPart("value", block)
    kind = str(block.get("type") or "")
    text = block.get("text", block.get("content"))
    if (kind in _TEXT_TYPES or not kind) and isinstance(text, str):
        return TextPart(text)
    if kind in ("thinking", "reasoning"):
        thought = _thought(block)
        return ReasoningPart(thought) if thought else OtherPart(kind, block)
    if kind in ("tool_use", "server_tool_use", "mcp_tool_use"):
        return ToolCallPart(_text(block.get("id")), str(block.get("name") or ""), block.get("input"))
    if kind == "tool_call":
        return ToolCallPart(_text(block.get("id")), str(block.get("name") or ""), decoded(block.get("arguments")))
    if kind in ("tool_result", "mcp_tool_result"):
        return ToolCallResponsePart(_text(block.get("tool_use_id")), _result(block.get("content")))
    if kind == "tool_call_response":
        return ToolCallResponsePart(_text(block.get("id")), block.get("response", block.get("result")))
    return OtherPart(kind or "object", block)


def tool_call_of(call: dict[str, Any]) -> ToolCallPart:
    """A call in OpenAI's shape: `{id, function: {name, arguments}}`, or flat."""
    function = call["function"] if isinstance(call.get("function"), dict) else call
    if isinstance(call.get("function"), str):
        function = {"name": call["function"], "arguments": call.get("arguments")}
    return ToolCallPart(
        _text(call.get("id") or call.get("call_id")),
        str(function.get("name") or ""),
        decoded(function.get("arguments")),
    )


def tool_definitions(tools: Any) -> tuple[ToolDefinition, ...]:
    """Definitions in OpenAI's (nested or flat), Anthropic's, OTel's or the Vercel AI SDK's shape."""
    if not isinstance(tools, list):
        return ()
    found: list[ToolDefinition] = []
    for tool in tools:
        if not isinstance(tool, dict):
            continue
        inner = tool["function"] if isinstance(tool.get("function"), dict) else tool
        schema = next((inner[key] for key in _SCHEMAS if key in inner), None)
        name = inner.get("name") or tool.get("type")
        if isinstance(name, str):
            found.append(
                ToolDefinition(name, str(inner.get("description") or ""), schema if isinstance(schema, dict) else None)
            )
    return tuple(found)


def decoded(value: Any) -> Any:
    """JSON text as the object or list that it holds; anything else unchanged, so that plain text stays to the letter."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return decode_text(value)
        except ValueError:
            return value
    return value


def _answered(value: dict[str, Any]) -> str | None:
    """The call that a tool's message answers; SWE-agent lists it."""
    listed = value.get("tool_call_ids")
    alone = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
    return _text(value.get("tool_call_id")) or _text(alone)


def _thought(block: dict[str, Any]) -> str:
    """The readable text of a reasoning block; "" where it is encrypted or left out."""
    for key in ("thinking", "content", "text", "summary"):
        value = block.get(key)
        if isinstance(value, list):
            value = "\n".join(
                part["text"] for part in value if isinstance(part, dict) and isinstance(part.get("text"), str)
            )
        if isinstance(value, str) and value:
            return value
    return ""


def _result(content: Any) -> Any:
    """What a tool answered: its one text block as text, else as recorded."""
    if (
        isinstance(content, list)
        and len(content) == 1
        and isinstance(content[0], dict)
        and content[0].get("type") == "text"
    ):
        return content[0].get("text")
    return content


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else None
