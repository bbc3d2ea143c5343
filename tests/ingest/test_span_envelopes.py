"""What stands around spans: resources alone, partial answers of backends, Go's console, ids that recur between traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import gap_kinds, kinds, only, read, read_lines
from tests.ingest.test_otlp_files import PLAIN
from tests.ingest.test_span_conventions import any_value

TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
MODEL_CALL: dict[str, Any] = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 12}
TOOL_CALL: dict[str, Any] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f"}


def span(attributes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    listed = [{"key": key, "value": any_value(value)} for key, value in attributes.items()]
    ids = {"traceId": TRACE, "spanId": SPAN, "startTimeUnixNano": "1770000000000000001"}
    return ids | {"name": "span", "attributes": listed} | fields


def resource(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resource": {"attributes": []}, "scopeSpans": [{"scope": {"name": "s"}, "spans": list(spans)}]}


def test_lines_of_a_resource_alone_are_spans_and_log_records() -> None:
    record = {
        "traceId": TRACE,
        "spanId": SPAN,
        "eventName": "gen_ai.user.message",
        "body": any_value({"content": "hi"}),
    }
    logs = {"resource": {}, "scopeLogs": [{"logRecords": [record]}]}
    trace = read_lines(resource(span(MODEL_CALL)), resource(span(TOOL_CALL, spanId="1" * 16)), logs, path="x.bin")
    assert trace.format == "otlp"
    assert kinds(only(trace)) == ["message", "llm_call", "tool_call"]
    assert trace.report.records == trace.report.read == 3


def test_a_part_of_a_trace_is_said_to_be_one() -> None:
    answer = {"trace": {"resourceSpans": [resource(span(MODEL_CALL))]}, "metrics": {}}
    assert read(json.dumps(answer)).report.notes == ()
    (note,) = read(json.dumps(answer | {"status": "PARTIAL", "message": "too large"})).report.notes
    assert note == "the backend gave a part of the trace (PARTIAL): too large"


def test_the_trace_in_tempos_protobuf_answer_is_the_request_itself() -> None:
    length, rest = b"", len(PLAIN)
    while rest > 127:
        length, rest = length + bytes([rest & 127 | 128]), rest >> 7
    answer = b"\x0a" + length + bytes([rest]) + PLAIN + b"\x12\x02\x08\x05"
    wrapped, alone = only(read(answer, path="x.bin")), only(read(PLAIN, path="x.bin"))
    assert [(s.kind, s.start_ns, s.usage) for s in wrapped.steps] == [
        (s.kind, s.start_ns, s.usage) for s in alone.steps
    ]


def test_a_span_that_go_prints_is_read() -> None:
    listed = [
        {"Key": key, "Value": {"Type": "INT64" if isinstance(value, int) else "STRING", "Value": value}}
        for key, value in MODEL_CALL.items()
    ]
    printed = {
        "Name": "chat m",
        "SpanContext": {"TraceID": TRACE, "SpanID": SPAN, "TraceFlags": "01"},
        "Parent": {"TraceID": "0" * 32, "SpanID": "0" * 16},
        "SpanKind": 3,
        "StartTime": "2026-02-02T02:40:00.000000123Z",
        "EndTime": "2026-02-02T02:40:01Z",
        "Attributes": listed,
        "Status": {"Code": "Error", "Description": "bad"},
        "Resource": [{"Key": "service.name", "Value": {"Type": "STRING", "Value": "agent"}}],
        "InstrumentationScope": {"Name": "tracer"},
    }
    session = only(read(json.dumps(printed, indent="\t")))
    (step,) = session.steps
    assert (step.kind, step.error, step.start_ns) == ("llm_call", "bad", 1_770_000_000_000_000_123)
    assert step.usage is not None
    assert step.usage.input_tokens == 12
    assert session.attributes["resource.service.name"] == "agent"
    assert (step.attributes["otel.scope.name"], step.attributes["span.kind"]) == ("tracer", "client")


@pytest.mark.parametrize("key", ["droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"])
@pytest.mark.parametrize("count", [2, "2"])
def test_what_the_exporters_limits_cut_is_said(key: str, count: int | str) -> None:
    document = {"resourceSpans": [resource(span(MODEL_CALL, **{key: count}))]}
    assert "dropped" in gap_kinds(only(read(json.dumps(document))))


def test_a_span_id_that_recurs_in_another_trace_is_another_span() -> None:
    named = {"gen_ai.conversation.id": "c"}
    spans = []
    for trace_id in (TRACE, "a" * 32):
        spans.append(span(MODEL_CALL | named, traceId=trace_id))
        spans.append(span(TOOL_CALL | named, traceId=trace_id, spanId="1" * 16, parentSpanId=SPAN))
    steps = only(read(json.dumps({"resourceSpans": [resource(*spans)]}))).steps
    assert len(steps) == 4
    assert {steps[step.parent].attributes["gen_ai.operation.name"] for step in steps if step.parent is not None} == {
        "chat"
    }
    assert len({step.parent for step in steps if step.kind == "tool_call"}) == 2
