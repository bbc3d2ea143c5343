"""Spans written from another trace: with `tracetui.step` each is one step, read back as exactly that session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.messages import message_of, parts_of_content, tool_definitions
from tracetui.ingest.otel import fields as read
from tracetui.ingest.otel.span import Span, json_value
from tracetui.model import Message, RecordedPrompt, Session
from tracetui.supplement import StepRecord, restored

_STEP, _SESSION, _PROMPT = "tracetui.step", "tracetui.session", "tracetui.prompt"


def carries_session(spans: Iterable[Span]) -> bool:
    """Whether spans of one trace were all written from steps."""
    spans = list(spans)
    return any(_SESSION in span.attributes for span in spans) and all(_STEP in span.attributes for span in spans)


def carried_session(spans: Iterable[Span]) -> Session:
    """Raises ValueError, TypeError or LookupError where a supplement is damaged."""
    supplements = {span.span_id: json_value(span.attributes[_STEP]) for span in spans}
    indices = {span_id: supplement["index"] for span_id, supplement in supplements.items()}
    of_session = next(json_value(span.attributes[_SESSION]) for span in spans if _SESSION in span.attributes)
    records = [
        StepRecord(indices[span.span_id], span.source, _told(span, indices), supplements[span.span_id], _prompt(span))
        for span in spans
    ]
    return restored(of_session["session_id"], of_session, records)


def _told(span: Span, indices: dict[str, int]) -> dict[str, Any]:
    get = span.attributes.get
    told: dict[str, Any] = {
        "agent": get("gen_ai.agent.name"),
        "model": get("gen_ai.request.model"),
        "tool": get("gen_ai.tool.name"),
        "call_id": get("gen_ai.tool.call.id"),
        "usage": read.usage_of(span),
        "cost_usd": read.cost_usd(span),
        "status": span.status,
        "error": span.status_message or None,
        "start_ns": span.start_ns,
        "parent": indices.get(span.parent_id or ""),
    }
    if "gen_ai.operation.name" in span.attributes:
        told["kind"] = read.step_kind(span)
    if span.start_ns is not None and span.end_ns is not None:
        told["duration_ns"] = span.end_ns - span.start_ns
    if "gen_ai.tool.call.arguments" in span.attributes:
        told["arguments"] = json_value(get("gen_ai.tool.call.arguments"))
    if "gen_ai.tool.call.result" in span.attributes:
        told |= {"result": json_value(get("gen_ai.tool.call.result")), "has_result": True}
    called = told.get("kind") == "llm_call"
    said = json_value(get("gen_ai.output.messages" if called else "gen_ai.input.messages"))
    if isinstance(said, list) and said:
        told["message"] = message_of(said[0], source=span.source)
    return told


def _prompt(span: Span) -> RecordedPrompt | None:
    get = span.attributes.get
    if get(_PROMPT) != "recorded":
        return None
    listed = json_value(get("gen_ai.input.messages"))
    messages: tuple[Message, ...] = tuple(message_of(item, source=span.source) for item in listed)
    return RecordedPrompt(
        messages=messages,
        system=parts_of_content(json_value(get("gen_ai.system_instructions"))),
        tools=tool_definitions(json_value(get("gen_ai.tool.definitions"))),
        source=span.source,
    )
