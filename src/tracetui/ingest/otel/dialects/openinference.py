"""OpenInference: messages, tools and documents spread over numbered attributes, or nested below one."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.messages import message_of, part_of, parts_of_content, tool_definitions
from tracetui.ingest.otel.content import SpanContent, is_block_list, is_incomplete, joined, messages_in
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, flatten, gathered, json_value, numbered
from tracetui.model import Message, Part, TextPart, ToolCallPart


def content(span: Span) -> SpanContent | None:
    shown, said = (_listed(span, f"llm.{side}_messages") for side in ("input", "output"))
    if not shown and not said:
        return _completions(span)
    schemas = [gathered(item, "tool.json_schema") for item in _listed(span, "llm.tools")]
    # What the request was made with may hold all of it.
    given = object_field(gathered(span.attributes, "llm.invocation_parameters"))
    messages = tuple(_message(item) for item in shown)
    return SpanContent(
        dialect="OpenInference",
        messages=messages or messages_in(given.get("messages"))[0],
        completion=joined(tuple(_message(item, role="assistant") for item in said)),
        system=() if _has_system(messages) else parts_of_content(given.get("system") or given.get("instructions")),
        tools=tool_definitions(schemas) or tool_definitions(given.get("tools")),
        incomplete=is_incomplete(span.attributes, "llm.input_messages", "message.role"),
    )


def _listed(span: Span, prefix: str) -> list[dict[str, Any]]:
    """Numbered attributes; where one attribute holds them all as JSON text, what they would be."""
    listed = list_field(json_value(span.attributes.get(prefix)))
    held = {f"{prefix}.{number}": item for number, item in enumerate(listed) if isinstance(item, dict)}
    return numbered(span.attributes | flatten(held), prefix)


def _has_system(messages: tuple[Message, ...]) -> bool:
    return any(message.role in ("system", "developer") for message in messages)


def _completions(span: Span) -> SpanContent | None:
    """The prompts and choices of a text completion."""
    prompts = [item.get("prompt.text") for item in numbered(span.attributes, "llm.prompts")]
    choices = [item.get("completion.text") for item in numbered(span.attributes, "llm.choices")]
    if not prompts and not choices:
        return None
    return SpanContent(
        dialect="OpenInference completions",
        messages=tuple(message_of(text) for text in prompts),
        completion=joined(tuple(message_of(text, default_role="assistant") for text in choices)),
    )


def _message(item: dict[str, Any], role: str = "user") -> Message:
    inner = {key.removeprefix("message."): value for key, value in item.items()}
    role = str(inner.get("role") or role)
    if inner.get("tool_call_id") and role in ("tool", "function"):
        return message_of(
            {
                "role": role,
                "tool_call_id": inner["tool_call_id"],
                "content": inner.get("content"),
                "name": inner.get("name"),
            }
        )
    parts = [_part(block) for block in numbered(inner, "contents")]
    if not parts:
        said = inner.get("content")
        parts += parts_of_content(json_value(said) if is_block_list(said) else said)
    known = {part.id for part in parts if isinstance(part, ToolCallPart)}
    calls = [_call(item) for item in numbered(inner, "tool_calls")]
    parts += [call for call in calls if call.id not in known or call.id is None]
    if inner.get("function_call_name"):
        arguments = json_value(inner.get("function_call_arguments_json"))
        parts.append(ToolCallPart(None, str(inner["function_call_name"]), arguments))
    name = inner.get("name")
    return Message(role, tuple(parts), name if isinstance(name, str) else None)


def _part(block: dict[str, Any]) -> Part:
    kind = block.get("message_content.type")
    if kind == "tool_use":
        return _call(block)
    if kind in ("text", None):
        return TextPart(str(block.get("message_content.text") or ""))
    return part_of({key.removeprefix("message_content."): value for key, value in block.items()})


def _call(item: dict[str, Any]) -> ToolCallPart:
    call_id = item.get("tool_call.id")
    arguments = gathered(item, "tool_call.function.arguments")
    return ToolCallPart(str(call_id) if call_id else None, str(item.get("tool_call.function.name") or ""), arguments)


DIALECT = Dialect(
    name="OpenInference",
    kinds={
        "openinference.span.kind": {
            "llm": "llm_call",
            "tool": "tool_call",
            "retriever": "retrieval",
            "reranker": "retrieval",
            "embedding": "embedding",
            "agent": "agent",
            "chain": "workflow",
            "prompt": "other",
            "guardrail": "guardrail",
            "decision": "guardrail",
            "evaluator": "evaluation",
            "handoff": "handoff",
        }
    },
    llm_marks=("llm.model_name",),
    keys={
        "session": ("session.id",),
        "model": ("llm.response.model_name", "llm.model_name"),
        "asked_model": ("llm.request.model_name",),
        "agent": ("agent.name", "graph.node.name"),
        "tool": ("tool.name",),
        "call_id": ("tool.id", "tool_call.id"),
        "query": ("reranker.query",),
        "input": ("llm.prompts", "input.value"),
        "output": ("output.value",),
        "input_tokens": ("llm.token_count.prompt",),
        "output_tokens": ("llm.token_count.completion",),
        "cache_read_tokens": (
            "llm.token_count.prompt_details.cache_read",
            "llm.token_count.prompt_details.cache_input",
        ),
        "cache_write_tokens": ("llm.token_count.prompt_details.cache_write",),
        "reasoning_tokens": ("llm.token_count.completion_details.reasoning",),
        "cost": ("llm.cost.total",),
    },
    contents=(content,),
    wrote=lambda span: "openinference.span.kind" in span.attributes,
    remedy="set OPENINFERENCE_HIDE_INPUTS, _HIDE_OUTPUTS and _HIDE_INPUT_MESSAGES to false in the traced process",
)
