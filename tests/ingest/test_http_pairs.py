"""HTTP pairs: whole prompts, streamed answers put together, and a window for each conversation that interleaves."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.ingest.reading import only, read, read_document, read_lines
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.ingest.sse import answer_body, stream_events
from tracetui.model import Session, TextPart, ToolCallPart

HELLO = {"role": "user", "content": "hello"}


def sample() -> Session:
    return only(open_trace(str(SAMPLES / "http_pairs.jsonl")))


def pair(
    body: Any, response: Any, *, url: str = "https://api.anthropic.com/v1/messages", at: float = 1.0
) -> dict[str, Any]:
    return {"request": {"timestamp": 1.7e9 + at, "method": "POST", "url": url, "body": body}, "response": response}


def test_each_conversation_has_its_window_and_the_one_with_tools_is_the_main_one() -> None:
    session = sample()
    assert [(scope.kind, scope.spawned_by) for scope in session.scopes] == [
        ("agent", None),
        ("side_call", None),
        ("sub_agent", 4),
    ]
    assert session.steps[4].tool == "Task"
    assert session.session_id == "5f0c1c52-0000-4000-8000-000000000001"


def test_the_prompt_is_the_request_with_its_system_prompt_and_tools() -> None:
    session = sample()
    rows = [json.loads(line) for line in (SAMPLES / "http_pairs.jsonl").read_text().splitlines()]
    calls = [step for step in session.steps if step.kind == "llm_call"]
    bodies = [row["request"]["body"] for row in rows if "count_tokens" not in row["request"]["url"]]
    for step, body in zip(calls, bodies, strict=True):
        prompt = prompt_at(session, step.index)
        assert prompt.fidelity == "recorded"
        assert [entry.message.role for entry in prompt.messages] == [message["role"] for message in body["messages"]]
        assert [tool.name for tool in prompt.tools] == [tool["name"] for tool in body.get("tools", [])]
        assert [part.content for part in prompt.system if hasattr(part, "content")] == [
            block["text"] for block in body["system"]
        ]


def test_usage_includes_the_cache_and_times_are_those_of_the_pair() -> None:
    first = next(step for step in sample().steps if step.kind == "llm_call" and step.scope == "main")
    assert first.usage is not None
    assert (first.usage.input_tokens, first.usage.output_tokens, first.usage.origin) == (230, 44, "derived")
    assert first.duration_ns == 1_200_000_000


def test_a_pair_that_asks_no_model_is_claimed_and_named() -> None:
    report = open_trace(str(SAMPLES / "http_pairs.jsonl")).report
    assert (report.records, report.read) == (6, 6)
    assert any("count_tokens" in note for note in report.notes)


def test_a_call_without_answer_and_one_that_failed() -> None:
    body = {"model": "claude-x", "messages": [HELLO], "system": "Be brief."}
    refused = {
        "timestamp": 1.7e9 + 3,
        "status_code": 529,
        "body": {"type": "error", "error": {"message": "Overloaded"}},
    }
    session = only(read_lines(pair(body, refused), pair(body, None, at=5.0)))
    first, second = [step for step in session.steps if step.kind == "llm_call"]
    assert (first.status, first.error) == ("error", "Overloaded")
    assert second.message is None
    assert "answer_not_recorded" in {gap.kind for gap in session.gaps}


def test_openai_requests_and_responses_are_read_too() -> None:
    chat = {"model": "m", "messages": [HELLO]}
    answer = {"choices": [{"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}], "usage": {}}
    items = {"model": "m", "instructions": "Be brief.", "input": "hello"}
    output = {"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]}]}
    for url, body, response in (("/v1/chat/completions", chat, answer), ("/v1/responses", items, output)):
        trace = read_lines(pair(body, {"status_code": 200, "body": response}, url=f"https://x.test{url}"))
        (call,) = [step for step in only(trace).steps if step.kind == "llm_call"]
        assert call.message is not None
        assert "hi" in str(call.message.parts)
        assert prompt_at(only(trace), call.index).fidelity == "recorded"


def test_credentials_of_a_pair_are_masked_and_the_report_says_so() -> None:
    secret = "Bearer abcdefghijklmnop"
    asked = pair({"model": "m", "messages": [HELLO]}, {"status_code": 200, "headers": {"set-cookie": secret}})
    asked["request"] |= {
        "headers": {"Authorization": secret, "accept": "*/*"},
        "url": f"{asked['request']['url']}?key=abcdefgh",
    }
    trace = read_lines(asked)
    (call,) = [step for step in only(trace).steps if step.kind == "llm_call"]
    assert secret not in str(call.attributes)
    assert "abcdefgh" not in call.attributes["url"]
    assert call.attributes["pair.request"]["headers"]["accept"] == "*/*"
    assert trace.report.notes[0].startswith("3 credentials in headers, cookies and addresses are masked here")


def test_a_har_file_is_a_list_of_pairs() -> None:
    entry = {
        "startedDateTime": "2026-02-03T10:00:00.000Z",
        "time": 250,
        "request": {
            "method": "POST",
            "url": "https://api.anthropic.com/v1/messages",
            "postData": {"text": json.dumps({"model": "claude-x", "messages": [HELLO]})},
        },
        "response": {"status": 200, "content": {"text": json.dumps({"content": [{"type": "text", "text": "hi"}]})}},
    }
    trace = read_document({"log": {"version": "1.2", "entries": [entry]}})
    assert trace.format == "http-pairs"
    (call,) = [step for step in only(trace).steps if step.kind == "llm_call"]
    assert call.duration_ns == 250_000_000
    assert [str(e.message.parts[0]) for e in prompt_at(only(trace), call.index).messages] == [
        "TextPart(content='hello')"
    ]


def test_a_stream_of_chat_chunks_is_one_answer_with_its_calls_in_order() -> None:
    def chunk(**delta: Any) -> dict[str, Any]:
        return {"id": "c", "model": "m", "choices": [{"delta": delta}]}

    def call(index: int, **function: str) -> dict[str, Any]:
        known = {"id": f"call_{index}"} if "name" in function else {}
        return {"index": index, "function": function} | known

    events = [
        chunk(role="assistant", content="let "),
        chunk(content="me"),
        chunk(tool_calls=[call(0, name="a", arguments='{"x"')]),
        chunk(tool_calls=[call(1, name="b", arguments="{}")]),
        chunk(tool_calls=[call(0, arguments=": 1}")]),
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    ]
    text = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    body = answer_body(stream_events(text))
    message = body["choices"][0]["message"]
    assert message["content"] == "let me"
    assert [found["function"]["arguments"] for found in message["tool_calls"]] == ['{"x": 1}', "{}"]
    assert body["usage"]["prompt_tokens"] == 3


def test_a_stream_that_was_cut_keeps_what_was_said() -> None:
    events = [
        {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 3}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t", "name": "f"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": '{"a": '}},
    ]
    raw = "".join(f"event: x\ndata: {json.dumps(event)}\n\n" for event in events) + 'data: {"type": "content_'
    response = {"status_code": 200, "body_raw": raw}
    session = only(read_lines(pair({"model": "claude-x", "messages": [HELLO], "system": "s"}, response)))
    (call,) = [step for step in session.steps if step.kind == "tool_call"]
    assert (call.tool, call.arguments) == ("f", '{"a": ')


def test_bedrock_frames_hold_the_same_events() -> None:
    event = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}
    frame = '\x00\x00{"bytes":"' + base64.b64encode(json.dumps(event).encode()).decode() + '","p":"ab"}\x01'
    assert answer_body(stream_events(frame))["content"] == [{"type": "text", "text": "hi"}]


def test_a_further_call_of_another_agent_is_not_taken_for_the_same_conversation() -> None:
    answer = {"status_code": 200, "body": {"content": [{"type": "text", "text": "ok"}], "usage": {}}}
    metadata = {"user_id": "user_a_session_12345678-0000"}
    tools = [{"name": "run", "input_schema": {}}]
    run = {"model": "claude-x", "system": "You run.", "tools": tools, "messages": [HELLO], "metadata": metadata}
    title = {"model": "claude-y", "system": "Give a title.", "messages": [HELLO], "metadata": metadata}
    session = only(read_lines(pair(run, answer), pair(title, answer, at=2.0)))
    assert [scope.kind for scope in session.scopes] == ["agent", "side_call"]


def test_a_line_that_is_no_pair_is_listed() -> None:
    body = {"model": "claude-x", "messages": [HELLO]}
    trace = read("\n".join(map(json.dumps, [pair(body, None), {"note": "x"}])), path="t.jsonl")
    assert trace.format == "http-pairs"
    assert [skipped.line for skipped in trace.report.skipped] == [2]


def test_calls_of_a_streamed_answer_point_into_the_response() -> None:
    session = sample()
    data = (SAMPLES / "http_pairs.jsonl").read_bytes()
    step = next(step for step in session.steps if step.tool == "Read")
    place = step.arguments_source
    assert place is not None
    assert json.loads(data[place.offset : place.offset + place.length])["body_raw"].startswith("event: message_start")
    assert any(isinstance(part, ToolCallPart) for part in session.steps[step.parent or 0].message.parts)  # type: ignore[union-attr]


def test_what_the_server_cleared_or_may_have_cut_is_a_gap_of_those_calls() -> None:
    cleared = {"applied_edits": [{"type": "clear_tool_uses_20250919", "cleared_tool_uses": 3}]}
    said = {"role": "assistant", "content": "done", "context_management": cleared}
    session = only(read_lines(pair({"model": "m", "messages": [HELLO]}, {"status_code": 200, "body": said})))
    assert [(gap.kind, gap.steps) for gap in session.gaps] == [("server_context_edit", (2,))]
    assert prompt_at(session, 1).fidelity == "partial"
    asked = {"model": "m", "input": "hi", "truncation": "auto"}
    answer = {"id": "resp_1", "output": [{"type": "message", "role": "assistant", "content": "yo"}]}
    session = only(read_lines(pair(asked, {"body": answer}, url="https://api.openai.com/v1/responses")))
    assert [gap.kind for gap in session.gaps] == ["server_truncation"]
    assert [entry.message.parts for entry in prompt_at(session, 1).messages] == [(TextPart("hi"),)]
    assert prompt_at(session, 1).fidelity == "recorded"


def test_what_a_log_keeps_of_a_pair_beside_its_bodies_stays_with_the_call() -> None:
    said = {"status_code": 200, "headers": {"request-id": "req_9"}, "body": {"role": "assistant", "content": "hi"}}
    row = pair({"model": "m", "messages": [HELLO]}, said) | {"note": "slow", "logged_at": "2026-02-03T10:00:00Z"}
    kept = only(read_lines(row)).steps[-1].attributes
    assert (kept["pair.note"], kept["pair.logged_at"]) == ("slow", "2026-02-03T10:00:00Z")
    assert kept["pair.response"] == {"status_code": 200, "headers": {"request-id": "req_9"}}
    assert kept["pair.request"]["method"] == "POST"


def test_helicones_rows_are_pairs_with_cost_and_session() -> None:
    answer = {"choices": [{"message": {"role": "assistant", "content": "yo"}}], "usage": {"prompt_tokens": 7}}
    row = {
        "request_id": "r",
        "request_created_at": "2026-02-03T10:00:00Z",
        "response_created_at": "2026-02-03T10:00:02Z",
        "request_path": "https://api.openai.com/v1/chat/completions",
        "request_body": {"model": "m", "messages": [HELLO]},
        "response_body": answer,
        "response_status": 200,
        "request_properties": {"Helicone-Session-Id": "s-1"},
        "costUSD": 0.25,
    }
    for trace in (
        read_lines(row),
        read_document({"data": [row], "error": None}),
        read_lines(row | {"request_path": ""}),
    ):
        session = only(trace)
        assert (trace.format, session.session_id) == ("http-pairs", "s-1")
        call = session.steps[-1]
        assert (call.kind, call.cost_usd, call.duration_ns) == ("llm_call", 0.25, 2_000_000_000)
        assert call.usage is not None
        assert prompt_at(session, call.index).fidelity == "recorded"
    refused = row | {"response_status": 429, "response_body": {"error": {"message": "slow down"}}}
    assert only(read_lines(refused)).steps[-1].error == "slow down"


def test_a_body_that_a_browser_wrote_in_base64_is_read() -> None:
    said = {"id": "m", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "four"}]}
    text = base64.b64encode(json.dumps(said).encode()).decode()
    asked = {"model": "m", "messages": [{"role": "user", "content": "two and two"}]}
    entry = {
        "startedDateTime": "2026-02-02T02:40:00.500Z",
        "request": {
            "method": "POST",
            "url": "https://api.anthropic.com/v1/messages",
            "postData": {"text": json.dumps(asked)},
        },
        "response": {"status": 200, "content": {"text": text, "encoding": "base64"}},
    }
    step = only(read_document({"log": {"entries": [entry]}})).steps[-1]
    assert step.message is not None
    assert step.message.parts == (TextPart("four"),)


@pytest.mark.parametrize(("given", "system"), [({}, ()), ({"instructions": "be kind"}, (TextPart("be kind"),))])
def test_instructions_are_not_carried_over_to_a_call_that_names_an_earlier_answer(
    given: dict[str, Any], system: tuple[TextPart, ...]
) -> None:
    def answered(name: str) -> dict[str, Any]:
        item = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": name}]}
        return {"body": {"id": name, "model": "m", "output": [item]}}

    url = "https://api.openai.com/v1/responses"
    first = pair({"model": "m", "instructions": "be brief", "input": "a"}, answered("r1"), url=url, at=0)
    second = pair({"model": "m", "input": "b", "previous_response_id": "r1"} | given, answered("r2"), url=url, at=5)
    session = only(read_lines(first, second))
    prompt = prompt_at(session, session.steps[-1].index)
    assert (prompt.fidelity, prompt.system, len(prompt.messages)) == ("rebuilt", system, 3)


def test_the_providers_own_counts_are_kept_and_what_the_server_cleared_is_told() -> None:
    counts = {
        "input_tokens": 5,
        "cache_read_input_tokens": 20,
        "iterations": [{"type": "compaction", "input_tokens": 9}],
    }
    edit = {"type": "clear_tool_uses_20250919", "cleared_tool_uses": 8, "cleared_input_tokens": 50_000}
    said = {"id": "m", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "x"}]}
    answered = said | {"usage": counts, "context_management": {"applied_edits": [edit]}}
    asked = {"model": "m", "messages": [{"role": "user", "content": "a"}]}
    session = only(read_lines(pair(asked, {"body": answered})))
    assert session.steps[-1].attributes["usage"] == counts
    (gap,) = session.gaps
    assert "8 tool results and 50,000 tokens" in gap.effect
