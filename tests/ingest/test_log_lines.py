"""Log lines with an object in each: where it ends, and the time that stands before it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import only, read, read_lines
from tracetui.ingest.times import parse_time_ns

ASKED = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "f", "arguments": {}}}
ANSWERED = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "é"}]}}


@pytest.mark.parametrize(
    "words",
    [
        "2026-03-01 10:00:00,250 - mcp - DEBUG - ",
        "[2026-03-01T12:00:00.25+02:00] ",
        "2026-03-01T10:00:00.250Z [fs] [info] ",
    ],
)
def test_a_line_s_time_is_the_time_of_what_it_logs(words: str) -> None:
    trace = read(f"{words}{json.dumps(ASKED)}\n{words}{json.dumps(ANSWERED)}\n", path="server.log")
    (step,) = only(trace).steps
    assert (trace.format, step.start_ns, step.duration_ns) == ("mcp-log", parse_time_ns("2026-03-01T10:00:00.250Z"), 0)


def test_words_after_the_object_belong_to_the_logger() -> None:
    raw = json.dumps(ANSWERED, ensure_ascii=False)
    text = f"10:00 from client: {json.dumps(ASKED)} {{ metadata: undefined }}\n10:01 from server: {raw} {{ metadata: x }}\n"
    trace = read(text, path="server.log")
    (step,) = only(trace).steps
    assert (trace.report.skipped, step.result, step.start_ns) == ((), "é", None)
    place = step.source
    assert text.encode()[place.offset : place.offset + place.length].decode() == raw


def test_autogens_calls_have_the_loggers_times_and_its_exceptions_are_errors() -> None:
    call: dict[str, Any] = {"type": "LLMCall", "messages": [{"role": "user", "content": "x"}], "agent_id": "a/1"}
    call["response"] = {"choices": [{"message": {"role": "assistant", "content": "y"}}]}
    failed = {"type": "MessageHandlerException", "exception": "boom", "handling_agent": "a/1", "payload": "p"}
    lines = [f"2026-03-01 10:00:00,5 - autogen_core.events - INFO - {json.dumps(row)}\n" for row in (call, failed)]
    session = only(read("".join(lines), path="autogen.log"))
    times = {step.start_ns for step in session.steps if step.kind != "message"}
    assert times == {parse_time_ns("2026-03-01T10:00:00.5Z")}
    error = session.steps[-1]
    assert (error.kind, error.status, error.error, error.agent) == ("error", "error", "boom", "a")
    assert only(read_lines(call, failed)).steps[-1].start_ns is None
