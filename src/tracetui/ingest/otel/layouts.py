"""The layouts in which tools outside OTLP dump spans: one table each. A new one is a table here."""

from __future__ import annotations

from typing import Any

import msgspec

from tracetui.ingest.otel.hosted import braintrust, weave
from tracetui.ingest.otel.layout import Layout
from tracetui.ingest.otel.span import Span, flatten, status_of


def layout_of(value: Any) -> Layout | None:
    """The layout in which a value is a span."""
    if not isinstance(value, dict):
        return None
    return next((layout for layout in LAYOUTS if layout.claims(value)), None)


def _phoenix(span: Span) -> Span:
    kinds = {} if span.kind.startswith("SpanKind.") or not span.kind else {"openinference.span.kind": span.kind}
    return msgspec.structs.replace(span, attributes=kinds | span.attributes)


def _snake_case(span: Span) -> Span:
    counts = (span.attributes.get(f"dropped_{what}_count") for what in ("attributes", "events", "links"))
    return msgspec.structs.replace(span, dropped=sum(count for count in counts if isinstance(count, int)))


def _bare(span: Span) -> Span:
    return msgspec.structs.replace(span, attributes=flatten(span.attributes))


def _zipkin(span: Span) -> Span:
    tags = span.attributes
    failed = tags.get("error", False) not in (None, "false", False)  # that the tag is there says it, though it is empty
    return msgspec.structs.replace(
        span,
        status="error" if failed else status_of(tags.get("otel.status_code")),
        status_message=str(tags.get("otel.status_description") or tags.get("error") or ""),
        scope_name=str(tags.get("otel.scope.name", tags.get("otel.library.name")) or ""),
    )


def _is_zipkin(value: dict[str, Any]) -> bool:
    timed = isinstance(value.get("duration", value.get("timestamp")), int)
    return timed and {"traceId", "id", "name"} <= set(value) and "type" not in value


def _is_bare(value: dict[str, Any]) -> bool:
    told = value.get("openinference.span.kind") or value.get("gen_ai.operation.name")
    return isinstance(told, str) and not {"resourceSpans", "spans", "data"} & value.keys()


LAYOUTS = (
    Layout(
        name="spans with context",
        claims=lambda value: (
            (isinstance(value.get("context"), dict) and "span_id" in value["context"] and "name" in value)
            or isinstance(value.get("context.span_id"), str)
            or (isinstance(value.get("context.trace_id"), str) and "span_kind" in value)
        ),
        trace_id="context.trace_id",
        span_id="context.span_id",
        parent_id="parent_id",
        kind=("span_kind", "kind"),
        start=("start_time",),
        end="end_time",
        attributes="attributes",
        links="links",
        status=("status_code", "status"),
        message=("status_message", "status.description"),
        resource="resource.attributes",
        adjusted=_phoenix,
    ),
    Layout(
        name="spans in snake case",
        claims=lambda value: {"start_time_unix_nano", "span_id"} <= value.keys(),
        trace_id="trace_id",
        span_id="span_id",
        parent_id="parent_span_id",
        kind=("kind",),
        start=("start_time_unix_nano",),
        end="end_time_unix_nano",
        attributes="attributes",
        event=("name", "attributes", "time_unix_nano"),
        links="links",
        status=("status",),
        message=("status.message",),
        adjusted=_snake_case,
    ),
    Layout(
        name="Braintrust rows",
        claims=lambda value: {"span_id", "root_span_id", "span_attributes"} <= value.keys(),
        trace_id="root_span_id",
        span_id="span_id",
        parent_id="",
        title=("span_attributes.name",),
        kind=("span_attributes.type",),
        start=("metrics.start", "created"),
        end="metrics.end",
        attributes="",
        events="",
        keeps=("metrics",),
        adjusted=braintrust,
    ),
    Layout(
        name="Weave calls",
        claims=lambda value: {"id", "op_name", "trace_id", "started_at", "inputs"} <= value.keys(),
        trace_id="trace_id",
        span_id="id",
        parent_id="parent_id",
        title=("op_name",),
        start=("started_at",),
        end="ended_at",
        attributes="",
        events="",
        adjusted=weave,
    ),
    Layout(
        name="Go console spans",
        claims=lambda value: isinstance(value.get("SpanContext"), dict) and "Name" in value,
        trace_id="SpanContext.TraceID",
        span_id="SpanContext.SpanID",
        parent_id="Parent.SpanID",
        title=("Name",),
        kind=("SpanKind",),
        start=("StartTime",),
        end="EndTime",
        attributes="Attributes",
        events="Events",
        event=("Name", "Attributes", "Time"),
        links="Links",
        status=("Status.Code",),
        message=("Status.Description",),
        scope="InstrumentationScope.Name",
        resource="Resource",
    ),
    Layout(
        name="nested spans",
        claims=lambda value: "span_id" in value and ("span_attributes" in value or "child_spans" in value),
        trace_id="trace_id",
        span_id="span_id",
        parent_id="parent_span_id",
        title=("span_name", "name"),
        kind=("span_kind",),
        start=("timestamp", "start_time"),
        end="end_time",
        duration="duration",
        attributes="span_attributes",
        links="links",
        status=("status_code",),
        message=("status_message",),
        scope="scope_name",
        resource="resource_attributes",
        service="service_name",
        children="child_spans",
    ),
    Layout(
        name="ClickHouse otel_traces rows",
        claims=lambda value: {"SpanId", "TraceId", "SpanName"} <= value.keys(),
        trace_id="TraceId",
        span_id="SpanId",
        parent_id="ParentSpanId",
        title=("SpanName",),
        kind=("SpanKind",),
        start=("Timestamp",),
        duration="Duration",
        attributes="SpanAttributes",
        events="Events",
        event=("Name", "Attributes", "Timestamp"),
        links="Links",
        status=("StatusCode",),
        message=("StatusMessage",),
        scope="ScopeName",
        resource="ResourceAttributes",
        service="ServiceName",
    ),
    Layout(
        name="Zipkin v2 spans",
        claims=_is_zipkin,
        trace_id="traceId",
        span_id="id",
        parent_id="parentId",
        kind=("kind",),
        start=("timestamp",),
        duration="duration",
        duration_unit_ns=1000,
        attributes="tags",
        values_are_text=True,
        events="annotations",
        event=("value", "", "timestamp"),
        service="localEndpoint.serviceName",
        adjusted=_zipkin,
    ),
    Layout(
        name="attributes of spans",
        claims=_is_bare,
        trace_id="",
        span_id="",
        parent_id="",
        title=(),
        start=(),
        attributes="",
        events="",
        adjusted=_bare,
    ),
)
"""The first that claims an object reads it."""
