"""Jaeger JSON, as its UI downloads a trace: `data[].spans[]` with typed tags and times in microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import Span, SpanEvent, flatten, hex_id, json_value, status_of
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "jaeger"
TITLE = "Jaeger JSON"
RULE = "`data` with `spans` and `processes`, or one such trace."
KEEPS = "Prompts recorded where the tags carry messages; times always."
LOSES = "The types of list attributes, which arrive as text."
EXPORT = "`Download JSON` in the Jaeger UI, or `GET /api/traces/ID`."


def detect(records: Records) -> Detection:
    if any(_is_trace(trace) for value in records.sample for trace in _traces(value)):
        return Detection(0.95, "traces with spans and processes")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    spans: list[Span] = []
    for record in documents(records, ledger):
        for trace in _trace_records(records, record):
            if not _is_trace(trace.value):
                ledger.skip(trace.source, "no trace: spans or processes are missing")
                continue
            for item in records.inside(trace, "spans"):
                if isinstance(item.value, dict):
                    ledger.claim()
                    spans.append(_span(item, trace.value["processes"]))
                else:
                    ledger.skip(item.source, "not a span")
    return sessions_of(spans)


def _traces(value: Any) -> list[Any]:
    """The value, and what it holds in `data`: traces from the API, one trace as the UI keeps it."""
    held = value.get("data") if isinstance(value, dict) else None
    return [value, *(held[:1] if isinstance(held, list) else [held])]


def _trace_records(records: Records, record: Record) -> Iterable[Record]:
    if _is_trace(record.value):
        return [record]
    held = records.at(record, "data")
    return [held] if held is not None and _is_trace(held.value) else records.inside(record, "data")


def _is_trace(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("spans"), list) and isinstance(value.get("processes"), dict)


def _span(record: Record, processes: dict[str, Any]) -> Span:
    value = record.value
    tags = _tags(value.get("tags"))
    process = object_field(value.get("process")) or object_field(processes.get(str(value.get("processID"))))
    start, length = value.get("startTime"), value.get("duration")
    start_ns = start * 1000 if isinstance(start, int) else None
    service = process.get("serviceName")
    if value.get("warnings"):
        tags["jaeger.warnings"] = value["warnings"]
    failed = tags.get("error") in (True, "true")
    return Span(
        trace_id=hex_id(value.get("traceID")),
        span_id=hex_id(value.get("spanID")),
        parent_id=_parent(value),
        name=str(value.get("operationName") or ""),
        source=record.source,
        attributes=tags,
        start_ns=start_ns,
        end_ns=start_ns + length * 1000 if start_ns is not None and isinstance(length, int) else None,
        kind=str(tags.get("span.kind") or ""),
        events=tuple(_event(log) for log in map(object_field, list_field(value.get("logs")))),
        status="error" if failed else status_of(tags.get("otel.status_code")),
        status_message=str(tags.get("otel.status_description") or ""),
        scope_name=str(tags.get("otel.scope.name", tags.get("otel.library.name")) or ""),
        resource=_tags(process.get("tags")) | ({"service.name": service} if service else {}),
        links=tuple(r for r in list_field(value.get("references")) if isinstance(r, dict) and not _is_parent(r)),
    )


def _parent(value: dict[str, Any]) -> str | None:
    references = list(map(object_field, list_field(value.get("references"))))
    direct = next(filter(_is_parent, references), None)
    return hex_id(direct.get("spanID") if direct else value.get("parentSpanID")) or None


def _is_parent(reference: dict[str, Any]) -> bool:
    return reference.get("refType") == "CHILD_OF"


def _tags(tags: Any) -> dict[str, Any]:
    rows = tags if isinstance(tags, list) else []
    return flatten({str(tag["key"]): _value(tag) for tag in rows if isinstance(tag, dict) and "key" in tag})


def _value(tag: dict[str, Any]) -> Any:
    """A tag's value; lists arrive as JSON text."""
    value = tag.get("value")
    return json_value(value) if isinstance(value, str) and value.startswith('["') else value


def _event(log: dict[str, Any]) -> SpanEvent:
    fields = _tags(log.get("fields"))
    time = log.get("timestamp")
    return SpanEvent(
        str(fields.pop("event", fields.pop("name", ""))), fields, time * 1000 if isinstance(time, int) else None
    )
