"""Items of OpenAI Responses as chat messages: what a model returned in one go is one message.

Reasoning, calls and text of one answer are items of their own there; here they are parts of one message, each call
with the place of its item.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from tracetui.ingest.chat import MODEL_ROLES, ChatMessage, ToolAnswer
from tracetui.ingest.fields import text_field
from tracetui.ingest.messages import decoded, part_of, parts_of_content
from tracetui.ingest.records import Record
from tracetui.model import Message, OtherPart, Part, SourceRef, ToolCallPart, ToolCallResponsePart

_PLAIN_CALLS = frozenset(("function_call", "custom_tool_call"))
_OUTPUTS = ("output", "results", "outputs")
_NOT_ARGUMENTS = frozenset((*_OUTPUTS, "type", "id", "call_id", "status", "name", "error"))


def is_item(value: Any) -> bool:
    """Whether a value is an item of `input` or `output`, told by its type; a plain message also by its blocks' types."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if kind is None or kind == "message":
        return isinstance(value.get("role"), str) and "content" in value
    return isinstance(kind, str) and (_is_call(kind) or _is_output(kind) or kind in _OTHER_ITEMS)


def is_typed_item(value: Any) -> bool:
    """Whether a value is an item that only Responses has, so that it tells the format."""
    if not is_item(value):
        return False
    kind = value.get("type")
    if kind is not None and kind != "message":
        return kind not in ("reasoning", "compaction")
    content = value["content"] if isinstance(value["content"], list) else []
    return any(isinstance(block, dict) and block.get("type") in ("input_text", "output_text") for block in content)


def item_messages(items: Iterable[Record]) -> list[ChatMessage]:
    """The messages that items make up, in order."""
    found: list[ChatMessage] = []
    for by_model, group in groupby(items, key=lambda item: _by_model(item.value)):
        run = list(group)
        found += [answer_message(run)] if by_model else [_input_message(item) for item in run]
    return found


def answer_message(items: list[Record]) -> ChatMessage:
    """Items that a model returned, as its one answer. Its place is that of its text, else of its first item."""
    parts: list[Part] = []
    calls: list[SourceRef] = []
    answers: list[ToolAnswer] = []
    source = next((item.source for item in items if _kind(item.value) == "message"), items[0].source)
    for item in items:
        kind = _kind(item.value)
        if kind == "message":
            parts += parts_of_content(item.value.get("content"))
        elif _is_call(kind):
            call = _call(item.value, kind)
            parts.append(call)
            calls.append(item.source)
            answers += (ToolAnswer(answer, item.source, None) for answer in _own_output(item.value, call.id))
        else:
            parts.append(part_of(item.value))
    parts += (answer.part for answer in answers)
    also = tuple(item.source for item in items if item.source != source and item.source not in calls)
    return ChatMessage(Message("assistant", tuple(parts), source=source), source, tuple(calls), tuple(answers), also)


def _input_message(item: Record) -> ChatMessage:
    value, source = item.value, item.source
    if not isinstance(value, dict):
        return ChatMessage(Message("user", parts_of_content(value), source=source), source)
    kind = _kind(value)
    if kind == "message":
        role = str(value.get("role") or "user")
        return ChatMessage(Message(role, parts_of_content(value.get("content")), source=source), source)
    if _is_output(kind):
        part = ToolCallResponsePart(text_field(value.get("call_id")), value.get("output"))
        return ChatMessage(Message("tool", (part,), source=source), source, (), (ToolAnswer(part, source, None),))
    return ChatMessage(Message("user", (OtherPart(kind, value),), source=source), source)


def _by_model(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = _kind(value)
    return str(value.get("role")) in MODEL_ROLES if kind == "message" else _is_call(kind) or kind == "reasoning"


def _kind(value: dict[str, Any]) -> str:
    """The type of an item; a message may go without."""
    kind = value.get("type")
    return kind if isinstance(kind, str) else "message"


def _is_call(kind: str) -> bool:
    return kind.endswith("_call")


def _is_output(kind: str) -> bool:
    return kind.endswith("_call_output")


def _call(value: dict[str, Any], kind: str) -> ToolCallPart:
    call_id = text_field(value.get("call_id") or value.get("id"))
    name = text_field(value.get("name")) or kind.removesuffix("_call")
    if kind in _PLAIN_CALLS or "arguments" in value:
        return ToolCallPart(call_id, name, decoded(value.get("arguments", value.get("input"))))
    return ToolCallPart(call_id, name, {key: inner for key, inner in value.items() if key not in _NOT_ARGUMENTS})


def _own_output(value: dict[str, Any], call_id: str | None) -> list[ToolCallResponsePart]:
    """What a tool that the provider runs itself has answered, inside its call."""
    found = [value[key] for key in _OUTPUTS if value.get(key) is not None]
    return [ToolCallResponsePart(call_id, found[0])] if found else []


_OTHER_ITEMS = frozenset(
    (
        "reasoning",
        "compaction",
        "compaction_trigger",
        "item_reference",
        "mcp_list_tools",
        "mcp_approval_request",
        "mcp_approval_response",
        "tool_search_output",
        "additional_tools",
        "program",
        "program_output",
    )
)
