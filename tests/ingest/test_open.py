"""Opening anything: a trace with an account of its records, or an error that says what is wrong. Never another exception."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.reading import only, read, read_document
from tests.ingest.test_decode import JSON
from tests.shared import sample_files
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError, UnknownNameError, UnreadableSourceError
from tracetui.ingest.open import open_folder, open_trace
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, detect_format
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source

STEP = {"session_id": "s", "step": 1, "type": "llm_call", "summary": "é"}
MESSAGES = [{"role": "user", "content": "héllo"}, {"role": "assistant", "content": "hi"}]
SAMPLES = {path.name: path.read_bytes() for path in sample_files()}


def line(**fields: Any) -> bytes:
    return json.dumps(STEP | fields, ensure_ascii=False).encode() + b"\n"


OWN_GUARD = {
    "session-trace",
    "openai-chat",
    "openai-responses",
    "anthropic-messages",
    "autogen-chat",
    "tau-bench",
    "raw",
}
"""Formats that never raise, so that damage costs a record and not the whole reading."""


def must_hold(data: bytes, *, path: str = "x.bin", format_name: str | None = None) -> None:
    """Whatever the bytes are: a balanced account with prompts at every step, or a TracetuiError."""
    records = Records(Source(path=path, data=data))
    chosen = detect_format(records)[0] if format_name is None else FORMATS[format_name]
    if chosen.NAME in OWN_GUARD and data.strip():
        with contextlib.suppress(TracetuiError):
            chosen.read(records, Ledger())
    try:
        trace = read(data, path=path, format_name=format_name)
    except TracetuiError as problem:
        assert problem.message  # noqa: PT017 - either outcome is right
        return
    for session in trace.sessions:
        for step in session.steps:
            prompt_at(session, step.index)
            for place in (step.source, *step.also):
                assert 0 <= place.offset <= place.offset + place.length <= len(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes(data: bytes) -> None:
    must_hold(data)


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, max_size=4), st.sampled_from([None, *FORMATS]))
def test_arbitrary_json_lines_in_any_format(rows: list[Any], format_name: str | None) -> None:
    must_hold(b"\n".join(json.dumps(row).encode() for row in rows), path="x.jsonl", format_name=format_name)


def test_a_cut_last_line_is_listed_and_the_others_are_kept() -> None:
    trace = read(line(step=1) + line(step=2) + b'{"session_id": "s", "st', path="t.jsonl")
    assert len(only(trace).steps) == 2
    (skipped,) = trace.report.skipped
    assert skipped.line == 3
    assert "incomplete" in skipped.reason


def test_a_bad_line_in_the_middle_is_listed_with_line_and_byte() -> None:
    trace = read(line(step=1) + b"{oops}\n" + line(step=2), path="t.jsonl")
    assert [step.number for step in only(trace).steps] == [1, 2]
    (skipped,) = trace.report.skipped
    assert skipped.line == 2
    assert f"byte {len(line(step=1)) + 1}" in skipped.reason


def test_invalid_utf8_is_kept_to_the_byte() -> None:
    trace = read(line(summary="X").replace(b'"X"', b'"caf\xe9"'), path="t.jsonl")
    assert only(trace).steps[0].summary.encode("utf-8", "surrogateescape") == b"caf\xe9"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + line(),
        line().replace(b"\n", b"\r\n"),
        b"\xff\xfe" + line().decode().encode("utf-16-le"),
        b"\n\n" + line() + b"\n",
    ],
    ids=["byte order mark", "CRLF", "UTF-16", "blank lines"],
)
def test_dressings_of_a_file_do_not_matter(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(data)
    trace = open_trace(str(path))
    assert trace.format == "session-trace"
    assert only(trace).steps[0].summary == "é"
    assert trace.report.records == 1


def test_a_cut_document_keeps_its_messages_and_says_where_it_is_cut() -> None:
    whole = json.dumps({"model": "m", "messages": MESSAGES * 3}, indent=1).encode()
    cut = whole[: whole.rindex(b"hi") + 1]
    trace = read(cut)
    assert trace.format == "openai-chat"
    assert len(only(trace).steps) == 5
    (skipped,) = trace.report.skipped
    assert skipped.offset + skipped.length == len(cut)
    assert f"cut at byte {len(cut)}" in skipped.reason
    assert skipped.reason in trace.report.notes


def test_html_and_binary_are_named_for_what_they_are() -> None:
    with pytest.raises(UnreadableSourceError, match="HTML page"):
        read("<!DOCTYPE html><html><body>Sign in</body></html>")
    with pytest.raises(UnreadableSourceError, match="binary"):
        read(bytes(range(256)) * 20)


def test_text_that_no_format_claims_is_raw_records() -> None:
    trace = read("12:01 starting\n12:02 calling\n")
    assert trace.format == "raw"
    assert [step.source.line for step in only(trace).steps] == [1, 2]


def test_a_document_nested_too_deeply_is_no_traceback() -> None:
    trace = read(b"[" * 100_000 + b"]" * 100_000)
    assert trace.format == "raw"
    trace = read(line(step=1) + b'{"session_id":"s","step":2,"x":' + b"[" * 9999 + b"]" * 9999 + b"}\n", path="t.jsonl")
    assert len(only(trace).steps) == 1
    assert "nested deeper" in trace.report.skipped[0].reason


def test_a_repeated_key_is_remarked() -> None:
    trace = read(b'{"messages": [{"role": "user", "content": "shown", "content": "hidden"}]}')
    assert any("'content' is repeated" in note for note in trace.report.notes)
    assert not read_document({"messages": MESSAGES}).report.notes


def test_a_null_among_messages_is_listed() -> None:
    trace = read_document({"model": "m", "messages": [MESSAGES[0], None, 7, MESSAGES[1]]})
    assert [step.source.pointer for step in only(trace).steps] == ["/messages/0", "/messages/3"]
    assert ["null" in skipped.reason for skipped in trace.report.skipped] == [True, False]


def test_a_very_long_line_is_read_whole() -> None:
    text = "x" * 2_000_000
    assert only(read(line(summary=text), path="t.jsonl")).steps[0].summary == text


def test_one_file_may_hold_many_sessions() -> None:
    trace = read(b"".join(line(session_id=f"s{i % 3}", step=i) for i in range(9)), path="t.jsonl")
    assert [session.session_id for session in trace.sessions] == ["s0", "s1", "s2"]


def test_data_that_breaks_a_format_is_shown_as_raw_records(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[Any]:
        raise KeyError("unforeseen")

    monkeypatch.setattr(FORMATS["session-trace"], "read", broken)
    trace = read(line(), path="t.jsonl")
    assert trace.format == "raw"
    assert "looks like session-trace" in trace.report.notes[0]
    assert "unforeseen" in trace.report.notes[0]
    with pytest.raises(UnreadableSourceError, match="unforeseen"):
        read(line(), path="t.jsonl", format_name="session-trace")


def test_a_format_that_breaks_while_it_is_asked_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> Any:
        raise TypeError("unforeseen")

    monkeypatch.setattr(FORMATS["tau-bench"], "detect", broken)
    assert read(line(), path="t.jsonl").format == "session-trace"


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError) as problem:
        read(line(), format_name="nonsense")
    assert "session-trace" in problem.value.hint


def test_a_named_format_is_used_even_where_another_is_surer() -> None:
    trace = read(line(), format_name="raw", path="t.jsonl")
    assert (trace.format, trace.format_reason) == ("raw", "named by --format")


def test_a_format_that_finds_nothing_says_why() -> None:
    with pytest.raises(UnreadableSourceError, match="no step found when read as tau-bench") as problem:
        read(line(), format_name="tau-bench", path="t.jsonl")
    assert "line 1" in problem.value.hint


def test_a_folder_opens_its_traces_and_lists_what_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(line())
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps({"messages": MESSAGES}).encode()))
    (tmp_path / "notes.txt").write_text("not a trace\n")
    (tmp_path / "empty.jsonl").write_text("")
    traces, problems = open_folder(str(tmp_path))
    assert [trace.format for trace in traces] == ["session-trace", "openai-chat"]
    assert ["empty" in problem.message for problem in problems] == [True]
