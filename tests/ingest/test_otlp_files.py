"""OTLP as files have it: protobuf, length-prefixed, compressed record by record, printed, rotated, logs beside spans."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.reading import gap_kinds, kinds, only, read
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest.framing import frames
from tracetui.ingest.open import open_folder, open_trace
from tracetui.ingest.otel.protobuf import BrokenMessageError, decode_message, fields
from tracetui.ingest.source import read_source
from tracetui.model import Session, TextPart

SAMPLE = (SAMPLES / "otlp_protobuf.pb").read_bytes()
PLAIN = b"".join(SAMPLE[start:end] for start, end in frames(SAMPLE))
TRACE, SPAN = "a" * 32, "b" * 16
SAID = [{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]
ANSWERED = [{"role": "assistant", "parts": [{"type": "text", "content": "hi"}]}]


def told(session: Session) -> list[Any]:
    """What a session says, without the places where it stands."""
    return [
        (s.kind, s.tool, s.arguments, s.result, s.start_ns, s.duration_ns, s.usage, s.model, s.agent)
        for s in session.steps
    ]


def test_a_protobuf_request_alone_or_with_lengths_tells_the_same() -> None:
    one, many = read(PLAIN, path="x.bin"), read(SAMPLE, path="x.bin")
    assert one.format == many.format == "otlp-protobuf"
    assert told(only(one)) == told(only(many))
    assert kinds(only(one)) == ["agent", "message", "llm_call", "tool_call", "llm_call"]
    assert one.report.records == one.report.read == 4


def delimited(requests: Iterable[bytes]) -> bytes:
    """As the `writeDelimitedTo` of protobuf's libraries writes."""
    written = b""
    for request in requests:
        length = len(request)
        while length > 0x7F:
            written, length = written + bytes([length & 0x7F | 0x80]), length >> 7
        written += bytes([length]) + request
    return written


def test_requests_behind_a_varint_tell_the_same_and_a_cut_one_is_listed() -> None:
    data = delimited(SAMPLE[start:end] for start, end in frames(SAMPLE))
    trace = read(data, path="x.bin")
    assert trace.format == "otlp-protobuf"
    assert told(only(trace)) == told(only(read(SAMPLE, path="x.bin")))
    cut = read(data[:-40], path="x.bin")
    assert (cut.report.read, bool(cut.report.skipped)) == (3, True)


def test_the_bytes_of_a_step_are_its_span() -> None:
    for step in only(read(SAMPLE, path="x.bin")).steps:
        raw = SAMPLE[step.source.offset : step.source.offset + step.source.length]
        span = decode_message(raw, 0, len(raw), "Span")
        assert span["startTimeUnixNano"] == str(step.start_ns) or int(span["startTimeUnixNano"]) == step.start_ns


def test_prompts_are_recorded_and_structured_arguments_stay_whole() -> None:
    session = only(read(SAMPLE, path="x.bin"))
    last = session.steps[-1]
    prompt = prompt_at(session, last.index)
    assert prompt.fidelity == "recorded"
    assert [entry.message.role for entry in prompt.messages] == ["user", "assistant", "tool"]
    tool = next(step for step in session.steps if step.kind == "tool_call")
    assert tool.arguments == {"route": "Saaremaa", "time": "14:00"}
    assert tool.result == {"status": "cancelled", "reason": "wind"}


def test_records_that_are_compressed_one_by_one_are_unpacked(tmp_path: Path) -> None:
    packed = b""
    for start, end in frames(SAMPLE):
        frame = zstandard.compress(SAMPLE[start:end])
        packed += struct.pack(">I", len(frame)) + frame
    path = tmp_path / "x.bin"
    path.write_bytes(packed)
    trace = open_trace(str(path))
    assert read_source(str(path)).data == SAMPLE
    assert told(only(trace)) == told(only(read(SAMPLE, path="x.bin")))
    assert any("Zstandard" in note for note in trace.report.notes)


def test_json_requests_with_lengths_are_read() -> None:
    document = json.dumps(spans_document(**messages())).encode()
    trace = read(struct.pack(">I", len(document)) + document, path="x.bin")
    assert trace.format == "otlp-protobuf"
    assert prompt_at(only(trace), 1).fidelity == "recorded"


@pytest.mark.parametrize("data", [SAMPLE, PLAIN], ids=["lengths", "plain"])
def test_a_cut_file_keeps_its_whole_spans_and_lists_the_rest(data: bytes) -> None:
    trace = read(data[:-40], path="x.bin")
    assert trace.report.read == 3
    assert trace.report.skipped


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255), st.sampled_from([SAMPLE, PLAIN]))
def test_a_flipped_byte_never_breaks_the_reading(at: int, byte: int, data: bytes) -> None:
    try:
        read(data[:at] + bytes([byte]) + data[at + 1 :], path="x.bin")
    except TracetuiError as problem:
        assert problem.message  # noqa: PT017 - either outcome is right


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_fields_end_or_say_where_a_message_breaks(data: bytes) -> None:
    try:
        found = list(fields(data, 0, len(data)))
    except BrokenMessageError as problem:
        assert 0 <= problem.at <= len(data)  # noqa: PT017 - either outcome is right
    else:
        assert all(field.start <= field.end <= len(data) for field in found)


def test_metrics_are_no_spans() -> None:
    def message(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    metric = message(1, b"http.client.dura") + message(3, b"ms")
    assert read_format(message(1, message(2, message(2, metric)))) is None


def read_format(data: bytes) -> str | None:
    try:
        return read(data, path="x.bin").format
    except TracetuiError:
        return None


def test_a_console_exporters_objects_are_read_one_by_one() -> None:
    data = (SAMPLES / "otel_console.json").read_bytes()
    trace = read(data, path="x.bin")
    assert trace.report.records == trace.report.read == 4
    assert kinds(only(trace)) == ["agent", "message", "llm_call", "tool_call", "llm_call"]
    for step in only(trace).steps:
        raw = data[step.source.offset : step.source.offset + step.source.length]
        assert json.loads(raw)["context"]["trace_id"].startswith("0x")
        assert data[: step.source.offset].count(b"\n") + 1 == step.source.line


def test_text_between_printed_objects_is_listed() -> None:
    data = (SAMPLES / "otel_console.json").read_bytes()
    first, rest = data.split(b"\n}\n", 1)
    trace = read(first + b"\n}\nstarting the quiz\n" + rest + b'{\n  "name": "cut', path="x.bin")
    assert trace.report.read == 4
    assert len(trace.report.skipped) == 2


def keys(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]


def spans_document(**attributes: str) -> dict[str, Any]:
    span = {"traceId": TRACE, "spanId": SPAN, "name": "chat m", "startTimeUnixNano": "1770000000000000000"}
    span["attributes"] = keys({"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"} | attributes)  # type: ignore[assignment]
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def messages() -> dict[str, str]:
    return {"gen_ai.input.messages": json.dumps(SAID), "gen_ai.output.messages": json.dumps(ANSWERED)}


def logs_document(trace: str = TRACE) -> dict[str, Any]:
    def value(held: Any) -> dict[str, Any]:
        if isinstance(held, list):
            return {"arrayValue": {"values": [value(item) for item in held]}}
        if isinstance(held, dict):
            return {"kvlistValue": {"values": [{"key": key, "value": value(inner)} for key, inner in held.items()]}}
        return {"stringValue": held}

    event = {
        "timeUnixNano": "1770000000000000001",
        "eventName": "gen_ai.client.inference.operation.details",
        "traceId": trace,
        "spanId": SPAN,
        "attributes": [
            {"key": "gen_ai.input.messages", "value": value(SAID)},
            {"key": "gen_ai.output.messages", "value": value(ANSWERED)},
        ],
    }
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [event]}]}]}


def test_log_records_in_a_file_beside_give_the_spans_their_messages(tmp_path: Path) -> None:
    (tmp_path / "spans.json").write_text(json.dumps(spans_document()))
    (tmp_path / "logs.json").write_text(json.dumps(logs_document()))
    trace = open_trace(str(tmp_path / "spans.json"))
    session = only(trace)
    call = next(step for step in session.steps if step.kind == "llm_call")
    assert prompt_at(session, call.index).fidelity == "recorded"
    assert "content_not_recorded" not in gap_kinds(session)
    assert trace.report.records == trace.report.read == 2
    assert any(note.startswith("logs.json:") for note in trace.report.notes)
    assert [one.path for one in open_folder(str(tmp_path))[0]] == [str(tmp_path / "spans.json")]


def test_log_records_of_another_trace_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "spans.json").write_text(json.dumps(spans_document()))
    (tmp_path / "logs.json").write_text(json.dumps(logs_document(trace="c" * 32)))
    trace = open_trace(str(tmp_path / "spans.json"))
    assert trace.report.records == 1
    assert "content_not_recorded" in gap_kinds(only(trace))


def test_log_records_that_are_opened_find_their_spans_beside(tmp_path: Path) -> None:
    (tmp_path / "spans.json").write_text(json.dumps(spans_document()))
    (tmp_path / "logs.json").write_text(json.dumps(logs_document()))
    (tmp_path / "other.json").write_text(json.dumps(logs_document(trace="c" * 32)))
    from_logs, from_spans = (only(open_trace(str(tmp_path / name))) for name in ("logs.json", "spans.json"))
    assert [step.kind for step in from_logs.steps] == [step.kind for step in from_spans.steps]
    assert from_logs.steps[-1].model == from_spans.steps[-1].model == "m"
    found = [one.path for one in open_folder(str(tmp_path))[0]]
    assert found == [str(tmp_path / "other.json"), str(tmp_path / "spans.json")]


def test_log_records_are_not_listed_again_beside_spans_that_hold_the_messages_too(tmp_path: Path) -> None:
    (tmp_path / "spans.json").write_text(json.dumps(spans_document(**messages())))
    (tmp_path / "logs.json").write_text(json.dumps(logs_document()))
    assert [one.path for one in open_folder(str(tmp_path))[0]] == [str(tmp_path / "spans.json")]


def test_spans_with_their_messages_look_for_no_logs(tmp_path: Path) -> None:
    (tmp_path / "spans.json").write_text(json.dumps(spans_document(**messages())))
    (tmp_path / "logs.json").write_text(json.dumps(logs_document()))
    assert open_trace(str(tmp_path / "spans.json")).report.records == 1


def test_the_parts_of_a_rotated_file_are_one_session(tmp_path: Path) -> None:
    first, second = spans_document(**messages()), spans_document(**messages())
    second["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = "d" * 16
    (tmp_path / "traces-2026-02-03T10-00-00.000.jsonl").write_text(json.dumps(first))
    (tmp_path / "traces.jsonl").write_text(json.dumps(second))
    (tmp_path / "other.jsonl").write_text(json.dumps(second))
    trace = open_trace(str(tmp_path / "traces.jsonl"))
    assert kinds(only(trace)).count("llm_call") == 2
    assert trace.report.records == 2
    (tmp_path / "other.jsonl").unlink()
    assert len(open_folder(str(tmp_path))[0]) == 1


def test_log_records_without_any_span_are_the_calls_they_tell_of() -> None:
    trace = read(json.dumps(logs_document()))
    session = only(trace)
    assert kinds(session) == ["message", "llm_call"]
    assert prompt_at(session, 1).fidelity == "recorded"
    assert trace.report.records == trace.report.read == 1
    assert "log records alone" in trace.report.notes[0]


def test_message_events_up_to_1_36_are_one_call_with_or_without_its_span() -> None:
    def record(number: int, name: str, body: dict[str, Any]) -> dict[str, Any]:
        held = {"kvlistValue": {"values": [{"key": k, "value": {"stringValue": v}} for k, v in body.items()]}}
        ids = {"traceId": TRACE, "spanId": SPAN, "timeUnixNano": str(1_770_000_000_000_000_000 + number)}
        return ids | {"body": held, "attributes": keys({"event.name": name, "gen_ai.system": "openai"})}

    said = [
        record(3, "gen_ai.choice", {"message": '{"role": "assistant", "content": "yo"}', "finish_reason": "stop"}),
        record(1, "gen_ai.system.message", {"content": "be brief"}),
        record(2, "gen_ai.user.message", {"content": "hi"}),
    ]
    plain = {"timeUnixNano": "5", "body": {"stringValue": "started"}, "attributes": []}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [*said, plain]}]}]}
    for document in (logs, spans_document() | logs):
        trace = read(json.dumps(document))
        session = only(trace)
        prompt = prompt_at(session, len(session.steps) - 1)
        assert [entry.message.role for entry in prompt.messages] == ["system", "user"]
        assert [skipped.reason for skipped in trace.report.skipped] == ["a log record that names no span here"]


def test_what_the_details_of_an_inference_tell_is_told_of_its_span() -> None:
    document = spans_document() | logs_document()
    record = document["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    record["attributes"] += [
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "7"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "other"}},
    ]
    step = only(read(json.dumps(document))).steps[-1]
    assert step.usage is not None
    assert (step.usage.input_tokens, step.model) == (7, "m")


@pytest.mark.parametrize("key", ["", "traces", "data", "result"])
def test_a_list_of_documents_is_read_as_each_of_them(key: str) -> None:
    other = spans_document(**messages())
    other["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = "d" * 16
    listed = [spans_document(**messages()), other]
    trace = read(json.dumps({key: listed} if key else listed))
    assert trace.format == "otlp"
    assert kinds(only(trace)).count("llm_call") == trace.report.records == trace.report.read == 2


def uploading(folder: str) -> dict[str, Any]:
    return spans_document(
        **{
            "gen_ai.input.messages_ref": f"{folder}/c1_inputs.json",
            "gen_ai.output.messages_ref": f"{folder}/c1_outputs.jsonl",
            "gen_ai.system_instructions_ref": f"{folder}/ab12.json",
        }
    )


@pytest.mark.parametrize("folder", ["s3://bucket/run%201", "file:///srv/uploads", "../../elsewhere", "/etc"])
def test_uploaded_messages_beside_the_trace_are_the_prompt(folder: str, tmp_path: Path) -> None:
    (tmp_path / "trace.json").write_text(json.dumps(uploading(folder)))
    absent = only(open_trace(str(tmp_path / "trace.json")))
    assert prompt_at(absent, 0).fidelity == "absent"
    assert gap_kinds(absent) == {"external_reference"}
    (tmp_path / "c1_inputs.json").write_text(json.dumps(SAID))
    (tmp_path / "c1_outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ANSWERED))
    (tmp_path / "ab12.json").write_text(json.dumps([{"type": "text", "content": "be brief"}]))
    trace = open_trace(str(tmp_path / "trace.json"))
    session = only(trace)
    prompt = prompt_at(session, 1)
    assert prompt.fidelity == "recorded"
    assert [entry.message.role for entry in prompt.messages] == ["user"]
    assert prompt.system == (TextPart("be brief"),)
    assert session.steps[1].message is not None
    assert trace.report.records == trace.report.read == 4
    assert [one.path for one in open_folder(str(tmp_path))[0]] == [str(tmp_path / "trace.json")]


def test_an_address_that_names_no_file_is_no_file() -> None:
    for address in ("..", "/", "s3://", "\x00"):
        session = only(read(json.dumps(spans_document(**{"gen_ai.input.messages_ref": address}))))
        assert gap_kinds(session) == {"external_reference"}


@pytest.mark.parametrize("wrong", [5, True, "x", 1.5, {"a": 1}, [1], [None], None])
@pytest.mark.parametrize("key", ["attributes", "events", "links", "status", "kind", "name", "startTimeUnixNano"])
def test_a_field_of_a_wrong_type_costs_that_field_alone(key: str, wrong: Any) -> None:
    document = spans_document(**messages())
    (span,) = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    span[key] = wrong
    assert [step.kind for step in only(read(json.dumps(document))).steps][-1] in ("llm_call", "other")


@pytest.mark.parametrize("wrong", [5, True, "x", 1.5, {"values": 3}, [1], None])
@pytest.mark.parametrize("kind", ["arrayValue", "kvlistValue", "intValue", "stringValue"])
def test_a_value_of_a_wrong_type_costs_no_other(kind: str, wrong: Any) -> None:
    document = spans_document(**messages())
    (span,) = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    span["attributes"].append({"key": "own", "value": {kind: wrong}})
    assert prompt_at(only(read(json.dumps(document))), 1).fidelity == "recorded"
