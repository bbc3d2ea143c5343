"""Pydantic AI and Logfire: events or whole conversations in one attribute, and Logfire's requests of a client."""

from __future__ import annotations

from tracetui.ingest.fields import object_field
from tracetui.ingest.messages import message_of
from tracetui.ingest.otel.content import SpanContent, joined, messages_in, request_content
from tracetui.ingest.otel.dialects.events import event_message
from tracetui.ingest.otel.dialects.genai import pydantic_tools
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, gathered, json_value
from tracetui.ingest.usage import provider_usage
from tracetui.model import Message, StepKind, Usage


def events(span: Span) -> SpanContent | None:
    """A JSON list of message events in one attribute."""
    listed = json_value(span.first("events", "all_messages_events"))
    if not isinstance(listed, list):
        return None
    prompt: list[Message] = []
    answers: list[Message] = []
    for event in listed:
        if not isinstance(event, dict):
            continue
        name = str(event.get("event.name") or "")
        if name == "gen_ai.choice":
            answers.append(message_of(event.get("message"), default_role="assistant"))
        elif event.get("role") or name.endswith(".message"):
            role = str(event.get("role") or name.split(".")[-2])
            prompt.append(event_message(role, {k: v for k, v in event.items() if "." not in k}))
    if not prompt and not answers:
        return None
    return SpanContent(
        dialect="Logfire events",
        messages=tuple(prompt),
        completion=joined(tuple(answers)),
        tools=pydantic_tools(span.attributes),
    )


def conversation(span: Span) -> SpanContent | None:
    """`pydantic_ai.all_messages`: everything up to and with the answer, in GenAI parts."""
    messages, cut = messages_in(span.first("pydantic_ai.all_messages"))
    if not messages:
        return None
    answered = messages[-1].role == "assistant"
    return SpanContent(
        dialect="Pydantic AI messages",
        messages=messages[:-1] if answered else messages,
        completion=messages[-1] if answered else None,
        cut=cut,
    )


def client_request(span: Span) -> SpanContent | None:
    """Logfire's instrumentation of a provider's client: the request and what came back."""
    request, response = (object_field(json_value(span.first(key))) for key in ("request_data", "response_data"))
    if not request:
        return None
    said = response.get("message") or response.get("combined_chunk_content")
    return request_content(request, said, "Logfire request")


def _usage(span: Span) -> Usage | None:
    """As the provider reported it, which Logfire keeps beside its own counts."""
    raw = gathered(span.attributes, "gen_ai.usage.raw")
    return provider_usage(raw or object_field(json_value(span.first("response_data"))).get("usage"))


def _run(span: Span) -> StepKind | None:
    """The span of a run names no operation in the first versions."""
    return "agent" if span.first("pydantic_ai.all_messages", "all_messages_events") is not None else None


DIALECT = Dialect(
    name="Pydantic AI",
    kind=_run,
    keys={
        "asked_model": ("model_name",),
        "agent": ("agent_name",),
        "arguments": ("tool_arguments",),
        "result": ("tool_response",),
        "cost": ("operation.cost",),
    },
    usage=_usage,
    contents=(events, conversation, client_request),
    wrote=lambda span: "pydantic-ai" in span.scope_name or "logfire" in span.scope_name,
    remedy="use InstrumentationSettings(include_content=True)",
)
