"""Formats of the span family and of coding agents, on the samples written for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace, read_trace
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS
from tracetui.ingest.source import Source
from tracetui.model import Message, Session, ToolCallResponsePart

SAMPLES = Path(__file__).parents[2] / "sample_traces"

CASES = {
    "otlp.json": "otlp",
    "phoenix_spans.json": "span-dump",
    "jaeger.json": "jaeger",
    "langfuse_trace.json": "langfuse",
    "langsmith_runs.jsonl": "langsmith",
    "openai_agents.jsonl": "openai-agents",
    "swe_agent.traj": "swe-agent",
    "mini_swe_agent.traj.json": "mini-swe-agent",
    "tau2_results.json": "tau2",
    "atif.json": "atif",
    "codex_rollout.jsonl": "codex",
    "inspect_log.json": "inspect-log",
}


def only_session(name: str) -> Session:
    (session,) = open_trace(str(SAMPLES / name)).sessions
    return session


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [str(getattr(part, "content", getattr(part, "response", part))) for m in messages for part in m.parts]


@pytest.mark.parametrize(("name", "expected"), CASES.items())
def test_each_sample_is_surest_for_one_format_whatever_its_name(name: str, expected: str) -> None:
    data = (SAMPLES / name).read_bytes()
    records = Records(Source(path="x.bin", data=data))
    scores = {format_name: FORMATS[format_name].detect(records).score for format_name in FORMATS}
    best = max(scores.values())
    assert [format_name for format_name, score in scores.items() if score == best] == [expected]


@pytest.mark.parametrize("name", CASES)
def test_every_record_is_accounted_for(name: str) -> None:
    report = open_trace(str(SAMPLES / name)).report
    assert report.records == report.read + len(report.skipped)
    assert report.skipped == ()


@pytest.mark.parametrize("name", CASES)
def test_the_bytes_of_a_step_are_the_json_at_its_pointer(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    for step in only_session(name).steps:
        raw = data[step.source.offset : step.source.offset + step.source.length]
        value = json.loads(data if step.source.line is None else data.splitlines()[step.source.line - 1])
        for token in step.source.pointer.split("/")[1:]:
            value = value[int(token)] if isinstance(value, list) else value[token]
        assert json.loads(raw) == value


@pytest.mark.parametrize(
    "name", ["otlp.json", "jaeger.json", "langfuse_trace.json", "langsmith_runs.jsonl", "inspect_log.json"]
)
def test_a_tools_answer_in_a_prompt_is_the_tool_steps_not_a_new_message(name: str) -> None:
    steps = only_session(name).steps
    put_in = [s.message for s in steps if s.kind == "message" and s.message is not None]
    assert not [m for m in put_in if any(isinstance(part, ToolCallResponsePart) for part in m.parts)]
    assert all(s.has_result for s in steps if s.kind == "tool_call")


def test_an_otlp_prompt_is_the_one_recorded_and_its_messages_name_their_steps() -> None:
    session = only_session("otlp.json")
    last = [s for s in session.steps if s.kind == "llm_call"][-1]
    prompt = prompt_at(session, last.index)
    assert prompt.fidelity == "recorded"
    assert [m.message.role for m in prompt.messages] == ["user", "assistant", "tool"]
    origins = [session.steps[m.from_step].kind for m in prompt.messages if m.from_step is not None]
    assert origins == ["message", "llm_call", "tool_call"]
    assert [tool.name for tool in prompt.tools] == ["find_rooms"]
    assert session.session_id == "conv-rooms-1"
    assert last.usage is not None
    assert (last.usage.input_tokens, last.usage.output_tokens) == (175, 28)


def test_a_prompt_that_was_not_captured_is_a_gap_with_its_remedy() -> None:
    span = {"traceId": "a" * 32, "spanId": "b" * 16, "name": "chat", "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}]}  # fmt: skip
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    (session,) = read_trace(Source(path="t.json", data=json.dumps(document).encode())).sessions
    (gap,) = session.gaps
    assert gap.kind == "content_not_recorded"
    assert "CAPTURE_MESSAGE_CONTENT" in gap.remedy
    assert prompt_at(session, 0).fidelity == "absent"


@pytest.mark.parametrize(
    ("trace_id", "span_id"),
    [
        ("5b8aa5a2d2c872e8321cf37308d69df2", "051581bf3cb55c13"),
        ("5B8AA5A2D2C872E8321CF37308D69DF2", "051581BF3CB55C13"),
        ("0x5b8aa5a2d2c872e8321cf37308d69df2", "0x051581bf3cb55c13"),
        ("W4qlotLIcugyHPNzCNad8g==", "BRWBvzy1XBM="),
    ],
)
def test_ids_are_the_same_in_every_spelling(trace_id: str, span_id: str) -> None:
    from tracetui.ingest.otel.span import hex_id

    assert hex_id(trace_id) == "5b8aa5a2d2c872e8321cf37308d69df2"
    assert hex_id(span_id) == "051581bf3cb55c13"


def test_a_sub_agent_has_a_window_of_its_own() -> None:
    def span(number: int, parent: int, name: str, **attributes: str) -> dict[str, object]:
        rows = [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in attributes.items()]
        return {
            "traceId": "1" * 32, "spanId": f"{number:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name,
            "startTimeUnixNano": str(1_700_000_000_000_000_000 + number), "attributes": rows,
        }  # fmt: skip

    said = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "hello"}]}])
    spans = [
        span(1, 0, "main", openinference__span__kind="AGENT", agent__name="main"),
        span(2, 1, "chat", gen_ai__operation__name="chat", gen_ai__input__messages=said),
        span(3, 1, "helper", openinference__span__kind="AGENT", agent__name="helper"),
        span(4, 3, "chat", gen_ai__operation__name="chat", gen_ai__input__messages=said),
    ]
    data = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()
    (session,) = read_trace(Source(path="t.json", data=data)).sessions
    calls = [s for s in session.steps if s.kind == "llm_call"]
    assert [s.agent for s in calls] == ["main", "helper"]
    assert calls[0].scope != calls[1].scope
    assert {scope.kind for scope in session.scopes} == {"agent", "sub_agent"}


def test_a_cleared_observation_is_a_change_of_the_window_not_a_new_step() -> None:
    session = only_session("swe_agent.traj")
    last = [s for s in session.steps if s.kind == "llm_call"][-1]
    prompt = prompt_at(session, last.index)
    assert prompt.fidelity == "recorded"
    cleared = next(m for m in prompt.messages if "omitted" in "".join(texts((m.message,))))
    assert cleared.from_step is not None
    assert session.steps[cleared.from_step].kind == "tool_call"


def test_a_compaction_replaces_the_window_and_says_what_went() -> None:
    session = only_session("codex_rollout.jsonl")
    prompt = prompt_at(session, session.steps[-1].index)
    assert [m.message.role for m in prompt.messages] == ["user", "user"]
    assert {m.status for m in prompt.removed} == {"compacted"}
    assert session.session_id == "0197-codex-demo"


def test_usage_of_a_codex_call_is_the_one_that_its_count_reports() -> None:
    calls = [s for s in only_session("codex_rollout.jsonl").steps if s.kind == "llm_call"]
    assert [s.usage.input_tokens for s in calls if s.usage] == [900, 960]
    assert all(s.usage is None or s.usage.origin == "derived" for s in calls)


def test_a_pooled_prompt_is_whole_and_its_attachments_are_in_their_places() -> None:
    session = only_session("inspect_log.json")
    first, last = [s for s in session.steps if s.kind == "llm_call"]
    prompt = prompt_at(session, first.index)
    assert prompt.fidelity == "recorded"
    assert texts(tuple(m.message for m in prompt.messages))[0].startswith("You answer questions about bridges.")
    assert last.usage is not None
    assert last.usage.input_tokens == 70  # 30 fresh and 40 from the cache


def test_a_usage_record_of_codex_is_taken_before_its_running_count() -> None:
    def line(kind: str, **payload: object) -> dict[str, object]:
        return {"timestamp": "2026-02-03T10:00:00Z", "type": kind, "payload": payload}

    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]}
    usage = {"input_tokens": 40, "cached_input_tokens": 30, "output_tokens": 2}
    count = {"last_token_usage": {"input_tokens": 99}, "total_token_usage": {"total_tokens": 99}}
    rows = [
        line("response_item", **said),
        line("token_usage_record", response_id="r", usage=usage),
        line("event_msg", type="token_count", info=count),
        line("event_msg", type="error", message="stream disconnected"),
    ]
    data = "\n".join(map(json.dumps, rows)).encode()
    call, error = read_trace(Source(path="r.jsonl", data=data)).sessions[0].steps
    assert call.usage is not None
    assert (call.usage.input_tokens, call.usage.cache_read_input_tokens, call.usage.origin) == (40, 30, "recorded")
    assert (error.kind, error.error) == ("error", "stream disconnected")
