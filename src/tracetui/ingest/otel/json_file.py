"""OTLP as JSON: the spans and log records of a document, of JSON lines, or of the envelopes of Tempo and Jaeger v3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.fields import list_field, object_field, value_below
from tracetui.ingest.otel.envelope import log_event, span_of
from tracetui.ingest.otel.span import Span, hex_id, key_values
from tracetui.ingest.otel.telemetry import LogRecord, Telemetry
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger

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
_SCOPE_NAMES = ("scope", "instrumentationLibrary", "instrumentation_library")
_LOGS = ("resourceLogs", "resource_logs")
_SCOPE_LOGS = ("scopeLogs", "scope_logs")
_PAGES = ("traces", "data", "result")
"""Keys of a list of documents."""


def what_json_holds(value: Any) -> tuple[str, str]:
    """ "spans" or "log records", and the key that says so; two empty texts for any other value.

    The resource alone, without the list around it, is what Java's logging exporters write as a line.
    """
    if isinstance(value, list):
        return what_json_holds(value[0]) if value and isinstance(value[0], dict) else ("", "")
    if not isinstance(value, dict):
        return "", ""
    path = next((path for path in _ENVELOPES if isinstance(value_below(value, path), list)), None)
    if path and (path != ("batches",) or _holds_scopes(value["batches"])):
        return "spans", ".".join(path)
    if (key := _listed(value, _SCOPES)) and "resource" in value:
        return "spans", key
    if (key := _listed(value, (*_LOGS, *_SCOPE_LOGS))) or path:
        return ("log records", key) if key else ("", "")
    return next((held for key in _PAGES if (held := what_json_holds(list_field(value.get(key))))[0]), ("", ""))


def json_telemetry(records: Records, rows: Iterator[Record], ledger: Ledger) -> Telemetry:
    """The spans and log records in JSON records; what holds neither is listed."""
    found = Telemetry([], [])
    for record in (document for row in rows for document in _documents(records, row)):
        spans, logs = list(_spans(records, record, ledger)), list(_logs(records, record, ledger))
        found.spans.extend(spans)
        found.logs.extend(logs)
        _note_what_is_missing(record.value, ledger)
        if not spans and not logs:
            ledger.skip(record.source, "no spans: resourceSpans is missing or empty")
    return found


def _documents(records: Records, record: Record) -> Iterator[Record]:
    """A record, or the documents in it: those of a list, or of an API's page of traces."""
    if isinstance(record.value, list):
        yield from records.inside(record)
        return
    given = object_field(record.value)
    page = next((key for key in _PAGES if what_json_holds(list_field(given.get(key)))[0]), None)
    if page is None:
        yield record
    else:
        yield from records.inside(record, page)


def _holds_scopes(batches: list[Any]) -> bool:
    return any(isinstance(batch, dict) and any(key in batch for key in _SCOPES) for batch in batches)


def _listed(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first of these keys that names a list."""
    return next((key for key in keys if isinstance(value.get(key), list)), "")


def _note_what_is_missing(value: Any, ledger: Ledger) -> None:
    """Tempo says beside the trace when it gives a part of it only."""
    given = object_field(value)
    if "trace" in given and str(given.get("status") or "COMPLETE").upper() != "COMPLETE":
        ledger.note(
            f"the backend gave a part of the trace ({given['status']}): {given.get('message') or 'no reason said'}"
        )


def _spans(records: Records, record: Record, ledger: Ledger) -> Iterator[Span]:
    if not isinstance(record.value, dict):
        return
    if _listed(record.value, _SCOPES):
        yield from _resource_spans(records, record, ledger)
    for path in _ENVELOPES:
        if not isinstance(value_below(record.value, path), list):
            continue
        for resource in records.inside(record, *path):
            yield from _resource_spans(records, resource, ledger)


def _resource_spans(records: Records, resource: Record, ledger: Ledger) -> Iterator[Span]:
    if not isinstance(resource.value, dict):
        ledger.skip(resource.source, "not an object")
        return
    attributes = key_values(object_field(resource.value.get("resource")).get("attributes"))
    for key in _SCOPES:
        for scope in records.inside(resource, key) if isinstance(resource.value.get(key), list) else ():
            held = object_field(scope.value)
            named = next((held[name] for name in _SCOPE_NAMES if name in held), None)
            name = str(object_field(named).get("name") or "")
            for span in records.inside(scope, "spans"):
                if isinstance(span.value, dict):
                    ledger.claim()
                    yield span_of(span.value, span.source, scope_name=name, resource=attributes)
                else:
                    ledger.skip(span.source, "a span that is no object")


def _logs(records: Records, record: Record, ledger: Ledger) -> Iterator[LogRecord]:
    for row in _log_records(records, record):
        value = object_field(row.value)
        if not value:
            ledger.skip(row.source, "a log record that is no object")
            continue
        trace, span = value.get("traceId", value.get("trace_id")), value.get("spanId", value.get("span_id"))
        yield LogRecord(hex_id(trace), hex_id(span), log_event(value), row.source)


def _log_records(records: Records, record: Record) -> Iterator[Record]:
    value = object_field(record.value)
    resources = [record] if _listed(value, _SCOPE_LOGS) else []
    for key in _LOGS:
        if isinstance(value.get(key), list):
            resources += records.inside(record, key)
    for resource in resources:
        for scope_key in _SCOPE_LOGS:
            for scope in records.inside(resource, scope_key):
                for rows in ("logRecords", "log_records"):
                    yield from records.inside(scope, rows)
