"""OpenTelemetry GenAI semantic conventions: messages as events of the span, or as log records joined to it.

Sources: the event `gen_ai.client.inference.operation.details`; the message events up to version 1.36; the content
events of Semantic Kernel and of early instrumentations.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.messages import message_of
from tracetui.ingest.otel.content import SpanContent, joined, request_content
from tracetui.ingest.otel.dialects.genai import genai_content
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, SpanEvent, json_value
from tracetui.model import Message, StepKind

DETAILS = "gen_ai.client.inference.operation.details"
_CONTENT = ("gen_ai.content.prompt", "gen_ai.content.completion")
_CHOICE = "gen_ai.choice"


def holds_messages(event: SpanEvent) -> bool:
    """Whether an event is one of those that carry the prompt or the answer."""
    parts = event.name.split(".")
    message = len(parts) == 3 and parts[0] == "gen_ai" and parts[2] == "message"
    return message or event.name in (DETAILS, _CHOICE, *_CONTENT)


def values_of(event: SpanEvent) -> dict[str, Any]:
    """What an event says, in its attributes or, as some write it, in its body."""
    return (event.body if isinstance(event.body, dict) else {}) | event.attributes


def details(span: Span) -> SpanContent | None:
    if not any(event.name in (DETAILS, *_CONTENT) for event in span.events):
        return None
    merged = {key: value for event in span.events for key, value in values_of(event).items()}
    found = genai_content(merged, "OTel GenAI details event")
    shown, said = merged.get("gen_ai.prompt"), merged.get("gen_ai.completion")
    if found is None and (shown or said):
        return request_content(json_value(shown), json_value(said), "OTel GenAI content events")
    return found


def messages(span: Span) -> SpanContent | None:
    """`gen_ai.*.message` and `gen_ai.choice` events, on the span or joined from logs (semantic conventions to 1.36)."""
    prompt: list[Message] = []
    answers: list[Message] = []
    for event in filter(holds_messages, span.events):
        body = event.body if isinstance(event.body, dict) else event.attributes
        if event.name == _CHOICE:
            inner = json_value(body.get("message"))
            answers.append(event_message("assistant", inner if isinstance(inner, dict) else _unwrapped(body)))
        elif event.name.endswith(".message"):
            prompt.append(event_message(event.name.split(".")[1], body))
    if not prompt and not answers:
        return None
    return SpanContent(dialect="OTel GenAI message events", messages=tuple(prompt), completion=joined(tuple(answers)))


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """A choice whose message is spread over attributes (`message.content`), or lies in them unwrapped."""
    return {key.removeprefix("message."): value for key, value in body.items()}


def event_message(role: str, body: dict[str, Any]) -> Message:
    """The message of one event whose name gives `role`."""
    value = {key: json_value(inner) if key in ("tool_calls", "parts") else inner for key, inner in body.items()}
    if role == "tool":
        value = {"role": "tool", "tool_call_id": value.get("id"), "content": value.get("content")}
    return message_of({**value, "role": value.get("role") or role})


def _answered(span: Span) -> StepKind | None:
    """A choice is a model's, and so are the details of an inference, whatever else the span says."""
    return "llm_call" if any(event.name in (DETAILS, _CHOICE) for event in span.events) else None


DIALECT = Dialect(name="OTel GenAI events", kind=_answered, contents=(details, messages))
