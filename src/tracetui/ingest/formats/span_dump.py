"""Spans as tools dump them outside OTLP: Phoenix pages and exports, nested trees, ClickHouse rows, Zipkin v2.

Each dialect names where a span keeps its ids, times and attributes; the content is read as any span's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.otel.envelope import span_of
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import (
    Span,
    SpanEvent,
    duration_ns,
    flatten,
    hex_id,
    json_value,
    key_values,
    status_of,
    time_ns,
)
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session, SourceRef

NAME = "span-dump"
TITLE = "Span dumps: Phoenix, nested, ClickHouse, Zipkin"
RULE = (
    "Objects with a span id in a dump's own spelling: `context`, `child_spans`, `SpanAttributes` or Zipkin's `traceId`."
)
KEEPS = "Prompts recorded where the spans carry messages."
LOSES = "Links between spans; in ClickHouse's `Map` columns and in Zipkin the types of values, which are text there."
EXPORT = (
    "Phoenix: `GET /v1/projects/PROJECT/spans`; ClickHouse: `SELECT … FROM otel_traces FORMAT JSONEachRow`; "
    "Zipkin: `GET /api/v2/trace/ID`."
)

_LISTS = (("data",), ("spans",), ("trace", "spans"))


class _Dialect(NamedTuple):
    name: str
    claims: Callable[[dict[str, Any]], bool]
    span: Callable[[dict[str, Any], SourceRef], Span]


def detect(records: Records) -> Detection:
    for value in records.sample:
        for item in _candidates(value):
            dialect = _dialect_of(item)
            if dialect is not None:
                return Detection(0.93, f"{dialect.name}: {', '.join(sorted(item)[:6])}")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    spans: list[Span] = []
    for record in [records.whole()] if records.shape == "document" else records.lines(ledger):
        spans += _spans(records, record, ledger)
    return sessions_of(spans)


def _candidates(value: Any) -> list[dict[str, Any]]:
    """The objects that would be spans: the value, its items, or the first items of the lists it holds."""
    if isinstance(value, list):
        return [item for item in value[:3] if isinstance(item, dict)]
    if not isinstance(value, dict):
        return []
    inner = [listed for path in _LISTS if isinstance(listed := _at(value, path), list)]
    return [value, *(item for listed in inner for item in listed[:3] if isinstance(item, dict))]


def _spans(records: Records, record: Record, ledger: Ledger) -> Iterator[Span]:
    value = record.value
    if isinstance(value, dict) and (dialect := _dialect_of(value)) is not None:
        yield from _tree(records, record, dialect, ledger)
        return
    paths: list[tuple[str, ...]] = (
        [()] if isinstance(value, list) else [path for path in _LISTS if isinstance(_at(value, path), list)]
    )
    if not paths:
        ledger.skip(record.source, "no span in it")
    for path in paths:
        for item in records.inside(record, *path):
            dialect = _dialect_of(item.value) if isinstance(item.value, dict) else None
            if dialect is None:
                ledger.skip(item.source, "not a span")
            else:
                yield from _tree(records, item, dialect, ledger)


def _tree(records: Records, record: Record, dialect: _Dialect, ledger: Ledger) -> Iterator[Span]:
    ledger.claim()
    yield dialect.span(record.value, record.source)
    if isinstance(record.value.get("child_spans"), list):
        for child in records.inside(record, "child_spans"):
            if isinstance(child.value, dict):
                yield from _tree(records, child, dialect, ledger)
            else:
                ledger.skip(child.source, "not a span")


def _dialect_of(item: dict[str, Any]) -> _Dialect | None:
    return next((dialect for dialect in _DIALECTS if dialect.claims(item)), None)


def _phoenix(value: dict[str, Any], source: SourceRef) -> Span:
    context = value["context"]
    attributes = flatten(key_values(value.get("attributes")))
    kind = value.get("span_kind") or value.get("kind")
    if isinstance(value.get("span_kind"), str):
        attributes.setdefault("openinference.span.kind", kind)
    given = value.get("status")
    status: dict[str, Any] = given if isinstance(given, dict) else {}
    return Span(
        trace_id=hex_id(context.get("trace_id")),
        span_id=hex_id(context.get("span_id")),
        parent_id=hex_id(value.get("parent_id")) or None,
        name=str(value.get("name") or ""),
        source=source,
        attributes=attributes,
        start_ns=time_ns(value.get("start_time")),
        end_ns=time_ns(value.get("end_time")),
        kind=str(kind or ""),
        events=_events(value.get("events")),
        status=status_of(value.get("status_code") or status),
        status_message=str(value.get("status_message") or status.get("description") or ""),
        resource=key_values((value.get("resource") or {}).get("attributes"))
        if isinstance(value.get("resource"), dict)
        else {},
    )


def _nested(value: dict[str, Any], source: SourceRef) -> Span:
    start, length = time_ns(value.get("timestamp") or value.get("start_time")), duration_ns(value.get("duration"))
    return Span(
        trace_id=hex_id(value.get("trace_id")),
        span_id=hex_id(value.get("span_id")),
        parent_id=hex_id(value.get("parent_span_id")) or None,
        name=str(value.get("span_name") or value.get("name") or ""),
        source=source,
        attributes=flatten(key_values(value.get("span_attributes"))),
        start_ns=start,
        end_ns=start + length if start is not None and length is not None else None,
        kind=str(value.get("span_kind") or ""),
        events=_events(value.get("events")),
        status=status_of(value.get("status_code")),
        status_message=str(value.get("status_message") or ""),
        scope_name=str(value.get("scope_name") or ""),
        resource=key_values(value.get("resource_attributes")),
    )


def _clickhouse(value: dict[str, Any], source: SourceRef) -> Span:
    start, length = time_ns(str(value.get("Timestamp") or "").replace(" ", "T")), value.get("Duration")
    length = (
        int(length) if isinstance(length, str) and length.isdigit() else length if isinstance(length, int) else None
    )
    names, attributes = value.get("Events.Name") or [], value.get("Events.Attributes") or []
    return Span(
        trace_id=hex_id(value.get("TraceId")),
        span_id=hex_id(value.get("SpanId")),
        parent_id=hex_id(value.get("ParentSpanId")) or None,
        name=str(value.get("SpanName") or ""),
        source=source,
        attributes=flatten(key_values(value.get("SpanAttributes"))),
        start_ns=start,
        end_ns=start + length if start is not None and length is not None else None,
        kind=str(value.get("SpanKind") or ""),
        events=tuple(SpanEvent(str(n), flatten(key_values(a))) for n, a in zip(names, attributes, strict=False)),
        status=status_of(value.get("StatusCode")),
        status_message=str(value.get("StatusMessage") or ""),
        scope_name=str(value.get("ScopeName") or ""),
        resource=key_values(value.get("ResourceAttributes")),
    )


def _zipkin(value: dict[str, Any], source: SourceRef) -> Span:
    start, length = value.get("timestamp"), value.get("duration")
    start_ns = start * 1000 if isinstance(start, int) else None
    tags = flatten({key: json_value(inner) for key, inner in key_values(value.get("tags")).items()})
    failed = tags.get("error") not in (None, "", "false")
    endpoint = object_field(value.get("localEndpoint"))
    return Span(
        trace_id=hex_id(value.get("traceId")),
        span_id=hex_id(value.get("id")),
        parent_id=hex_id(value.get("parentId")) or None,
        name=str(value.get("name") or ""),
        source=source,
        attributes=tags,
        start_ns=start_ns,
        end_ns=start_ns + length * 1000 if start_ns is not None and isinstance(length, int) else None,
        kind=str(value.get("kind") or ""),
        events=tuple(
            SpanEvent(str(row.get("value") or ""), {}, row["timestamp"] * 1000)
            for row in map(object_field, list_field(value.get("annotations")))
            if isinstance(row.get("timestamp"), int)
        ),
        status="error" if failed else status_of(tags.get("otel.status_code")),
        status_message=str(tags.get("otel.status_description") or tags.get("error") or ""),
        scope_name=str(tags.get("otel.scope.name", tags.get("otel.library.name")) or ""),
        resource={"service.name": endpoint["serviceName"]} if endpoint.get("serviceName") else {},
    )


def _bare(value: dict[str, Any], source: SourceRef) -> Span:
    return Span(
        trace_id="", span_id="", parent_id=None, name="", source=source, attributes=flatten(value), status="unknown"
    )


def _events(value: Any) -> tuple[SpanEvent, ...]:
    rows = value if isinstance(value, list) else []
    return tuple(
        SpanEvent(
            str(row.get("name") or row.get("event_name") or ""),
            flatten(key_values(row.get("attributes"))),
            time_ns(row.get("timestamp")),
        )
        for row in rows
        if isinstance(row, dict)
    )


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_phoenix(value: dict[str, Any]) -> bool:
    return isinstance(value.get("context"), dict) and "span_id" in value["context"] and "name" in value


def _is_snake_case(value: dict[str, Any]) -> bool:
    return {"start_time_unix_nano", "span_id"} <= set(value)


def _is_nested(value: dict[str, Any]) -> bool:
    return "span_id" in value and ("span_attributes" in value or "child_spans" in value)


def _is_clickhouse(value: dict[str, Any]) -> bool:
    return {"SpanId", "TraceId", "SpanName"} <= set(value)


def _is_zipkin(value: dict[str, Any]) -> bool:
    timed = isinstance(value.get("duration", value.get("timestamp")), int)
    return timed and {"traceId", "id", "name"} <= set(value) and "type" not in value


def _is_bare(value: dict[str, Any]) -> bool:
    told = value.get("openinference.span.kind") or value.get("gen_ai.operation.name")
    return isinstance(told, str) and not {"resourceSpans", "spans", "data"} & value.keys()


_DIALECTS = (
    _Dialect("spans with context", _is_phoenix, _phoenix),
    _Dialect("spans in snake case", _is_snake_case, span_of),
    _Dialect("nested spans", _is_nested, _nested),
    _Dialect("ClickHouse otel_traces rows", _is_clickhouse, _clickhouse),
    _Dialect("Zipkin v2 spans", _is_zipkin, _zipkin),
    _Dialect("attributes of spans", _is_bare, _bare),
)
