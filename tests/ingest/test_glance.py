"""What a line is at a glance, against what reading the whole file says."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.test_line_columns import VALUES
from tracetui.ingest.glance import BLANK, Look, fitted, lasted, looked, table
from tracetui.ingest.glances import OWN, glance_of, look_at
from tracetui.ingest.line_columns import Block, block_of
from tracetui.ingest.line_overview import ERROR, UNREAD
from tracetui.ingest.open import open_trace
from tracetui.ingest.registry import FORMATS

SAMPLES = [path for path in sorted(Path("sample_traces").glob("*.jsonl")) if path.stem != "mcp_log"]
"""In a log of MCP a call and its failure are two lines, and one step."""
RECORDED = sorted(Path("tests/recorded").glob("claude_code*/**/*.jsonl"))


def columns(path: Path, format_name: str) -> Block:
    return block_of(io.BytesIO(path.read_bytes()), glance_of(format_name))


@pytest.mark.parametrize("path", [*SAMPLES, *RECORDED], ids=lambda path: path.name)
def test_a_glance_finds_the_sessions_and_failures_that_reading_the_file_finds(path: Path) -> None:
    trace = open_trace(str(path))
    block = columns(path, trace.format)
    steps = [step for session in trace.sessions for step in session.steps if step.source.path == trace.path]
    failed = {step.source.line for step in steps if step.status == "error"} - _hooks(path)
    assert {line for line, mark in enumerate(block.marks, 1) if mark & ERROR} == failed
    assert not any(mark & UNREAD for mark in block.marks)
    if names := {block.names[at] for at in block.sessions} - {""}:
        read = {session.session_id for session in trace.sessions if session.steps}
        assert len(names) >= len(read)


def _hooks(path: Path) -> set[int | None]:
    """Lines of hooks, which a glance does not tell apart."""
    lines = path.read_bytes().splitlines()
    return {number for number, line in enumerate(lines, 1) if b'"hook_' in line}


def test_every_table_belongs_to_a_format() -> None:
    assert {name.replace("_", "-") for name in OWN} <= set(FORMATS)
    assert glance_of("raw") is glance_of("no-format-at-all")


@given(
    name=st.sampled_from([*OWN, "any_line"]),
    value=st.dictionaries(st.sampled_from(["type", "message", "payload", "resourceSpans", "error", "usage"]), VALUES),
)
def test_no_line_breaks_a_glance(name: str, value: dict[str, Any]) -> None:
    line = msgspec.json.encode(value)
    look = look_at(name, line)
    assert look is None or (look.tokens >= 0 and look.milliseconds >= 0)
    assert list(block_of([line, b"{broken\n", b" \n"], glance_of(name)).marks)[1:] == [UNREAD, 0]


def test_a_field_of_another_type_takes_no_other_with_it() -> None:
    shape = glance_of("otlp").shape
    spans = [{"traceId": "0123456789abcdef0123456789abcdef", "status": "odd", "attributes": {}}, 7]
    value = {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}, None], "batches": "x"}
    look = glance_of("otlp").look(fitted(shape, value))
    assert look is not None
    assert look.session == "0123456789abcdef0123456789abcdef"


def test_a_batch_of_spans_belongs_to_every_trace_in_it_and_counts_the_calls_of_models() -> None:
    def span(trace: int, **fields: object) -> dict[str, object]:
        return {"traceId": f"{trace:032x}", "startTimeUnixNano": "1000000", "endTimeUnixNano": "9000000"} | fields

    def attribute(key: str, **value: object) -> dict[str, object]:
        return {"key": key, "value": value}

    called = [
        attribute("gen_ai.operation.name", stringValue="chat"),
        attribute("gen_ai.usage.input_tokens", intValue="7"),
    ]
    around = [attribute("gen_ai.operation.name", stringValue="invoke_agent"), *called[1:]]
    spans = [span(1, attributes=around), span(2, attributes=called, status={"code": 2}), span(1)]
    line = msgspec.json.encode({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    look = look_at("otlp", line)
    assert look is not None
    assert (look.kind, look.tokens, look.milliseconds, look.failed) == ("llm_call", 7, 8, True)
    assert (look.session, look.further) == (f"{1:032x}", (f"{2:032x}",))


def test_a_table_tells_where_a_line_holds_what() -> None:
    glance = table(
        session=("a/b", "c"), kind=("k", {"x": "llm_call"}), failed=("error",), status=("s",), failing=frozenset((7,)),
        tokens=("n/in", "n/out"), between=("from", "to"),
    )  # fmt: skip
    whole = {
        "c": 5,
        "k": "x",
        "error": "",
        "n": {"in": 2, "out": 3.0},
        "from": "2026-01-01T00:00:00Z",
        "to": 1767225601,
    }
    assert glance.look(looked(glance, msgspec.json.encode(whole))) == Look("llm_call", "5", False, 5, 1000)
    odd = {"a": {"b": "s"}, "c": "other", "k": 3, "n": "many", "s": 7, "error": False, "from": None}
    assert glance.look(looked(glance, msgspec.json.encode(odd))) == Look("other", "s", True)
    assert looked(glance, b" \n") is BLANK
    assert looked(glance, b"[1]") is None


def test_an_object_after_the_words_of_a_logger_is_found_where_the_format_allows_them() -> None:
    line = b'INFO:autogen_core.events:{"type": "LLMCall", "prompt_tokens": 3}\n'
    look = look_at("autogen-log", line)
    assert look is not None
    assert (look.kind, look.tokens) == ("llm_call", 3)
    assert look_at("session-trace", line) is None


def test_times_in_any_spelling_give_milliseconds() -> None:
    assert lasted("2026-01-01T00:00:00Z", "2026-01-01T00:00:01.5Z") == 1500
    assert lasted(10, 5) == 0
    assert lasted(None, 5) == 0


def test_a_row_of_helicone_tells_its_session_failure_tokens_and_time() -> None:
    row = {
        "request_body": {"model": "m"},
        "response_body": {"error": None, "usage": {"prompt_tokens": 7, "completion_tokens": 2}},
        "request_properties": {"Helicone-Session-Id": "s-1"},
        "delay_ms": 40,
        "response_status": 429,
    }
    assert look_at("http-pairs", json.dumps(row).encode()) == Look("other", "s-1", True, 9, 40)


@pytest.mark.parametrize(
    ("row", "session", "failed"),
    [
        ({"context": {"trace_id": "t", "span_id": "s"}, "span_kind": "LLM", "status_code": "ERROR"}, "t", True),
        ({"context.trace_id": "t", "context.span_id": "s", "status_code": "OK"}, "t", False),
        ({"TraceId": "t", "SpanId": "s", "SpanName": "n", "StatusCode": "Error"}, "t", True),
        ({"span_id": "s", "root_span_id": "t", "span_attributes": {}, "error": None}, "t", False),
        ({"id": "s", "op_name": "o", "trace_id": "t", "exception": "Traceback"}, "t", True),
    ],
)
def test_a_span_of_any_layout_names_its_trace_and_its_failure(row: dict[str, Any], session: str, failed: bool) -> None:
    look = look_at("span-dump", msgspec.json.encode(row))
    assert look is not None
    assert (look.session, look.failed) == (session, failed)
