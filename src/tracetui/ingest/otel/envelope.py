"""One span or log record as OTLP writes it, in camel or snake case, as a `Span`."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.otel.span import (
    Span,
    SpanEvent,
    any_value,
    flatten,
    hex_id,
    key_values,
    status_of,
    time_ns,
    whole_number,
)
from tracetui.model import SourceRef

_DROPPED = ("droppedAttributesCount", "droppedEventsCount", "droppedLinksCount")


def span_of(
    value: dict[str, Any], source: SourceRef, *, scope_name: str = "", resource: dict[str, Any] | None = None
) -> Span:
    """An OTLP span. Fields of a wrong type are treated as absent."""
    get = _either_case(value)
    status = get("status")
    return Span(
        trace_id=hex_id(get("traceId")),
        span_id=hex_id(get("spanId")),
        parent_id=hex_id(get("parentSpanId")) or None,
        name=str(get("name") or ""),
        source=source,
        attributes=flatten(key_values(get("attributes"))),
        start_ns=time_ns(get("startTimeUnixNano")),
        end_ns=time_ns(get("endTimeUnixNano")),
        kind=str(get("kind") or ""),
        events=tuple(_event(event) for event in map(object_field, list_field(get("events")))),
        status=status_of(status),
        status_message=str(status.get("message") or "") if isinstance(status, dict) else "",
        scope_name=scope_name,
        links=tuple(_link(link) for link in map(object_field, list_field(get("links")))),
        resource=resource or {},
        dropped=sum(whole_number(get(key)) or 0 for key in _DROPPED),
    )


def log_event(value: dict[str, Any]) -> SpanEvent:
    """An OTLP log record as the event that it is of its span."""
    get = _either_case(value)
    attributes = flatten(key_values(get("attributes")))
    name = get("eventName") or attributes.get("event.name") or ""
    return SpanEvent(
        str(name),
        attributes,
        time_ns(get("timeUnixNano")) or time_ns(get("observedTimeUnixNano")),
        any_value(get("body")),
    )


def _event(value: dict[str, Any]) -> SpanEvent:
    get = _either_case(value)
    return SpanEvent(str(get("name") or ""), flatten(key_values(get("attributes"))), time_ns(get("timeUnixNano")))


def _link(value: dict[str, Any]) -> dict[str, Any]:
    get = _either_case(value)
    found = {"trace_id": hex_id(get("traceId")), "span_id": hex_id(get("spanId"))}
    attributes = flatten(key_values(get("attributes")))
    return {**found, "attributes": attributes} if attributes else found


def _either_case(value: dict[str, Any]) -> Any:
    """A getter for camel-case names that finds the snake-case spelling too."""

    def get(name: str) -> Any:
        if name in value:
            return value[name]
        return value.get("".join("_" + c.lower() if c.isupper() else c for c in name))

    return get
