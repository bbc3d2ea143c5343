"""OpenLLMetry (Traceloop): `gen_ai.prompt.N.*` and `gen_ai.completion.N.*`, workflows as `traceloop.*`."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.messages import message_of, tool_definitions
from tracetui.ingest.otel.content import SpanContent, is_block_list, is_incomplete, joined
from tracetui.ingest.otel.dialects.table import Dialect, has
from tracetui.ingest.otel.span import Span, json_value, numbered
from tracetui.model import Message


def content(span: Span) -> SpanContent | None:
    shown, said = numbered(span.attributes, "gen_ai.prompt"), numbered(span.attributes, "gen_ai.completion")
    if not shown and not said:
        return None
    functions = [
        {"name": f.get("name"), "description": f.get("description"), "parameters": json_value(f.get("parameters"))}
        for f in numbered(span.attributes, "llm.request.functions")
    ]
    return SpanContent(
        dialect="OpenLLMetry",
        messages=tuple(_message(item) for item in shown),
        completion=joined(tuple(_message(item, role="assistant") for item in said)),
        tools=tool_definitions(functions),
        incomplete=is_incomplete(span.attributes, "gen_ai.prompt", "role"),
    )


def _message(item: dict[str, Any], role: str = "user") -> Message:
    said = item.get("content")
    calls = [
        {"id": c.get("id"), "name": c.get("name"), "arguments": c.get("arguments")}
        for c in numbered(item, "tool_calls")
    ]
    value = {
        "role": item.get("role") or role,
        "content": json_value(said) if is_block_list(said) else said,
        "tool_calls": calls,
    }
    if item.get("tool_call_id"):
        value["tool_call_id"] = item["tool_call_id"]
    return message_of(value)


def passed(value: Any) -> Any:
    """What a traced function was given: the decorator puts `args` and `kwargs`, or a framework's `inputs`, around it."""
    if not isinstance(value, dict):
        return value
    named = value.get("kwargs") or value.get("inputs")
    return named if isinstance(named, dict) and named and not value.get("args") else value


DIALECT = Dialect(
    name="OpenLLMetry",
    kinds={
        "traceloop.span.kind": {
            "workflow": "workflow",
            "task": "workflow",
            "agent": "agent",
            "tool": "tool_call",
            "retriever": "retrieval",
        }
    },
    llm_marks=("gen_ai.prompt.0.role", "llm.request.type"),
    keys={
        "session": ("traceloop.association.properties.session_id",),
        "tool": ("traceloop.entity.name",),
        "input": ("traceloop.entity.input",),
        "output": ("traceloop.entity.output",),
        "input_tokens": ("llm.usage.prompt_tokens",),
        "output_tokens": ("llm.usage.completion_tokens",),
    },
    passed={"traceloop.entity.input": passed},
    contents=(content,),
    wrote=has("traceloop.", "llm.request.type"),
    remedy="set TRACELOOP_TRACE_CONTENT=true in the traced process",
)
