"""OTLP as protobuf: the spans and log records of one export request, or of a file of requests with a length before each: of 4
bytes, as the collector's file exporter writes, or a varint, as the `writeDelimitedTo` of protobuf's libraries does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.decode import json_or_none
from tracetui.ingest.framing import frames
from tracetui.ingest.otel.envelope import log_event, span_of
from tracetui.ingest.otel.json_file import json_telemetry, what_json_holds
from tracetui.ingest.otel.protobuf import BrokenMessageError, Field, decode_message, fields, varint
from tracetui.ingest.otel.span import hex_id, key_values
from tracetui.ingest.otel.telemetry import LogRecord, Telemetry
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.model import SourceRef

_BYTES = 2
_RESOURCE, _SCOPES, _OLD_SCOPES = 1, 2, 1000
_SPAN_STARTS = b"\x0a\x10", b"\x12\x08"
"""A span begins with a trace id of 16 bytes and a span id of 8."""


def what_bytes_hold(data: bytes) -> tuple[str, str]:
    """ "spans" or "log records", and how they are packed; two empty texts for any other bytes."""
    framed = next(frames(data, limit=1), None)
    start, end = framed or (0, len(data))
    if framed and data[start : start + 1] == b"{":
        return what_json_holds(json_or_none(data[start:end]))[0], "JSON with a length before each request"
    if what := _signal(data, start, end):
        return what, "protobuf with a length before each request" if framed else "one protobuf export request"
    answer = _trace_in_answer(data)
    what = _signal(data, *answer) if answer else ""
    if what:
        return what, "a trace in Tempo's answer, as protobuf"
    first = next(frames(data, length_at=_varint_at, limit=1), None)
    what = _signal(data, *first) if first else ""
    return (what, "protobuf with a varint before each request") if what else ("", "")


def protobuf_telemetry(records: Records, ledger: Ledger) -> Telemetry:
    """The spans and log records of a file for which `what_bytes_hold` has an answer; what does not decode is listed."""
    data = records.source.data
    found = Telemetry([], [])
    for start, end in list(frames(data)) or _unframed(data):
        if data[start : start + 1] == b"{":
            record = Record(json_or_none(data[start:end]), _place(records, start, end))
            found = found.with_more(json_telemetry(records, iter([record]), ledger))
            continue
        for resource in _readable(records, ledger, start, end):
            if resource.number == 1 and resource.wire == _BYTES:
                _resource(records, ledger, resource, found)
    return found


def _unframed(data: bytes) -> list[tuple[int, int]]:
    """Where the requests of a file stand that has no lengths of 4 bytes."""
    if not _signal(data, 0, len(data)):
        answer = _trace_in_answer(data)
        if answer and _signal(data, *answer):
            return [answer]
        delimited = list(frames(data, length_at=_varint_at))
        if delimited and _signal(data, *delimited[0]):
            return delimited
    return [(0, len(data))]


def _varint_at(data: bytes, at: int) -> tuple[int, int] | None:
    try:
        return varint(data, at, len(data))
    except BrokenMessageError:
        return None


def _trace_in_answer(data: bytes) -> tuple[int, int] | None:
    """Where the trace stands in the answer of Tempo's second API, whose first field it is."""
    try:
        first = next(fields(data, 0, len(data), keep_cut=True))
    except (BrokenMessageError, StopIteration):
        return None
    return (first.start, first.end) if (first.number, first.wire) == (1, _BYTES) else None


def _signal(data: bytes, start: int, end: int) -> str:
    """What the first scope holds, told by how its first item begins: with a span's ids, or with a log record's time."""
    if data[start : start + 1] != b"\x0a":
        return ""
    try:
        resource = next(fields(data, start, end))
        for scope in fields(data, resource.start, resource.end):
            if scope.number not in (_SCOPES, _OLD_SCOPES) or scope.wire != _BYTES:
                continue
            for item in fields(data, scope.start, scope.end):
                if item.number != _SCOPES or item.wire != _BYTES:
                    continue
                if _is_span(data, item.start):
                    return "spans"
                first = next(fields(data, item.start, item.end))
                return "log records" if first.wire != _BYTES else ""
    except (BrokenMessageError, StopIteration):
        return ""
    return ""


def _is_span(data: bytes, start: int) -> bool:
    return (data[start : start + 2], data[start + 18 : start + 20]) == _SPAN_STARTS


def _resource(records: Records, ledger: Ledger, resource: Field, found: Telemetry) -> None:
    attributes: dict[str, Any] = {}
    for field in _readable(records, ledger, resource.start, resource.end):
        if field.wire != _BYTES:
            continue
        if field.number == _RESOURCE:
            held = _message(records, ledger, field, "Resource") or {}
            attributes = key_values(held.get("attributes"))
        elif field.number in (_SCOPES, _OLD_SCOPES):
            _scope(records, ledger, field, attributes, found)


def _scope(records: Records, ledger: Ledger, scope: Field, resource: dict[str, Any], found: Telemetry) -> None:
    name = ""
    data = records.source.data
    for field in _readable(records, ledger, scope.start, scope.end):
        if field.number == 1 and field.wire == _BYTES:
            name = str((_message(records, ledger, field, "Scope") or {}).get("name") or "")
        elif field.number == _SCOPES and field.wire == _BYTES:
            is_span = _is_span(data, field.start)
            if field.is_cut:
                ledger.skip(_place(records, field.start, field.end), "a span or log record that is cut")
                continue
            value = _message(records, ledger, field, "Span" if is_span else "LogRecord")
            if value is None:
                continue
            place = _place(records, field.start, field.end)
            if is_span:
                ledger.claim()
                found.spans.append(span_of(value, place, scope_name=name, resource=resource))
            else:
                ids = hex_id(value.get("traceId")), hex_id(value.get("spanId"))
                found.logs.append(LogRecord(*ids, log_event(value), place))


def _readable(records: Records, ledger: Ledger, start: int, end: int) -> Iterator[Field]:
    """The fields up to the place where the message breaks, if it does; the rest is listed."""
    try:
        for field in fields(records.source.data, start, end, keep_cut=True):
            if field.is_cut:
                ledger.note(f"the file is cut at byte {field.end}; what is whole before it was read")
            yield field
    except BrokenMessageError as problem:
        ledger.skip(_place(records, problem.at, end), f"no protobuf message: {problem}")


def _message(records: Records, ledger: Ledger, field: Field, schema: str) -> dict[str, Any] | None:
    try:
        return decode_message(records.source.data, field.start, field.end, schema)
    except BrokenMessageError as problem:
        ledger.skip(_place(records, field.start, field.end), f"no protobuf message: {problem}")
        return None


def _place(records: Records, start: int, end: int) -> SourceRef:
    return SourceRef(records.source.path, start, end - start)
