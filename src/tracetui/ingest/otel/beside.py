"""What a span says beside its attributes, kept under names of its own: scope, kind, resource, links, events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.otel.dialects.events import holds_messages
from tracetui.ingest.otel.span import Span, SpanEvent

_KINDS = {"2": "server", "3": "client", "4": "producer", "5": "consumer"}


def shared_resource(spans: Iterable[Span]) -> dict[str, Any]:
    """The attributes of their resources that all spans of a run share."""
    resources = [span.resource for span in spans]
    first = resources[0] if resources else {}
    return {key: value for key, value in first.items() if all(r.get(key) == value for r in resources)}


def beside_attributes(span: Span, shared: dict[str, Any]) -> dict[str, Any]:
    """Attributes of a step for what the span's own do not say; of its resource what the run does not share."""
    found: dict[str, Any] = {
        f"resource.{key}": value for key, value in span.resource.items() if key not in shared or shared[key] != value
    }
    if span.scope_name:
        found["otel.scope.name"] = span.scope_name
    if kind := _kind(span.kind):
        found["span.kind"] = kind
    if span.links:
        found["span.links"] = list(span.links)
    if told := [_event(event) for event in span.events if not holds_messages(event)]:
        found["span.events"] = told
    return {key: value for key, value in found.items() if key not in span.attributes}


def _kind(kind: str) -> str:
    """A kind that tells something: who was called and who called; the others only say that it is a span."""
    name = _KINDS.get(kind, kind.lower().removeprefix("span_kind_").removeprefix("spankind."))
    return name if name in _KINDS.values() else ""


def _event(event: SpanEvent) -> dict[str, Any]:
    told: dict[str, Any] = {"name": event.name}
    if event.time_ns is not None:
        told["time_ns"] = event.time_ns
    if event.body is not None:
        told["body"] = event.body
    return told | ({"attributes": event.attributes} if event.attributes else {})
