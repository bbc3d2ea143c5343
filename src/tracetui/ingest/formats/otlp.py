"""OTLP traces as JSON: a document, JSON lines, or the envelopes of Tempo and Jaeger v3. Log records beside are joined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.otel.envelope import attach_logs, log_event, span_of
from tracetui.ingest.otel.sessions import sessions_of
from tracetui.ingest.otel.span import Span, SpanEvent, hex_id, key_values
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "otlp"
TITLE = "OTLP traces (JSON)"
RULE = (
    "`resourceSpans` (or snake case, or `batches`) at the top, under `trace` or under `result`; one document or lines."
)
KEEPS = "Prompts recorded where content capture was on, else absent; times and sub-agents always."

_ENVELOPES: tuple[tuple[str, ...], ...] = (
    ("resourceSpans",),
    ("resource_spans",),
    ("batches",),
    ("trace", "resourceSpans"),
    ("trace", "resource_spans"),
    ("result", "resourceSpans"),
    ("result", "resource_spans"),
    ("trace", "batches"),
)
_SCOPES = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans")
_LOGS = ("resourceLogs", "resource_logs")


def detect(records: Records) -> Detection:
    for value in records.sample:
        if isinstance(value, dict):
            path = next((path for path in _ENVELOPES if isinstance(_at(value, path), list)), None)
            if path and (path != ("batches",) or _holds_scopes(value["batches"])):
                return Detection(0.97, f"holds {'.'.join(path)}")
            if any(isinstance(value.get(key), list) for key in _LOGS):
                return Detection(0.6, "holds resourceLogs: log records without their spans")
    return NOT_MINE


def _holds_scopes(batches: list[Any]) -> bool:
    return any(isinstance(batch, dict) and any(key in batch for key in _SCOPES) for batch in batches)


def read(records: Records, ledger: Ledger) -> list[Session]:
    spans: list[Span] = []
    logs: list[tuple[str, str, SpanEvent]] = []
    for record in [records.whole()] if records.shape == "document" else records.lines(ledger):
        found = list(_spans(records, record, ledger))
        events = list(_logs(records, record, ledger))
        spans += found
        logs += events
        if not found and not events:
            ledger.skip(record.source, "no spans: resourceSpans is missing or empty")
    return sessions_of(attach_logs(spans, logs))


def _spans(records: Records, record: Record, ledger: Ledger) -> Iterator[Span]:
    if not isinstance(record.value, dict):
        return
    for path in _ENVELOPES:
        if not isinstance(_at(record.value, path), list):
            continue
        for resource in records.inside(record, *path):
            yield from _resource_spans(records, resource, ledger)


def _resource_spans(records: Records, resource: Record, ledger: Ledger) -> Iterator[Span]:
    if not isinstance(resource.value, dict):
        ledger.skip(resource.source, "not an object")
        return
    attributes = key_values((resource.value.get("resource") or {}).get("attributes"))
    for key in _SCOPES:
        for scope in records.inside(resource, key) if isinstance(resource.value.get(key), list) else ():
            named = (
                scope.value.get("scope", scope.value.get("instrumentationLibrary"))
                if isinstance(scope.value, dict)
                else None
            )
            name = str((named or {}).get("name") or "")
            for span in records.inside(scope, "spans"):
                if isinstance(span.value, dict):
                    ledger.claim()
                    yield span_of(span.value, span.source, scope_name=name, resource=attributes)
                else:
                    ledger.skip(span.source, "a span that is no object")


def _logs(records: Records, record: Record, ledger: Ledger) -> Iterator[tuple[str, str, SpanEvent]]:
    for key in _LOGS:
        if not isinstance(record.value, dict) or not isinstance(record.value.get(key), list):
            continue
        for resource in records.inside(record, key):
            for scope_key in ("scopeLogs", "scope_logs"):
                for scope in records.inside(resource, scope_key):
                    for rows in ("logRecords", "log_records"):
                        for row in records.inside(scope, rows):
                            ledger.claim()
                            value = row.value if isinstance(row.value, dict) else {}
                            trace, span = (
                                value.get("traceId", value.get("trace_id")),
                                value.get("spanId", value.get("span_id")),
                            )
                            yield hex_id(trace), hex_id(span), log_event(value)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
