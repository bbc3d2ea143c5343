"""Inspect logs as their versions write them: pools, attachments, nested events, spans of agents, unfinished logs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.ingest.reading import gap_kinds, kinds, only, read, read_document
from tracetui.context import prompt_at
from tracetui.model import Session, Trace
from tracetui.parts import text_of

Event = dict[str, Any]


def log(sample: dict[str, Any]) -> Trace:
    trace = read_document({"version": 2, "status": "success", "eval": {"task": "t"}, "plan": {}, "samples": [sample]})
    assert trace.format == "inspect-log"
    return trace


def sample(*events: Event, **more: Any) -> dict[str, Any]:
    return {"id": 1, "epoch": 1, "messages": [], "events": list(events), **more}


def model(said: str, *asked: str, span: str | None = None, calls: list[Any] | None = None, **more: Any) -> Event:
    message = {"role": "assistant", "content": said, "tool_calls": calls or []}
    given = [{"role": "user", "content": text} for text in asked]
    event = {"event": "model", "model": "m", "input": given, "tools": [], "output": {"choices": [{"message": message}]}}
    return event | ({"span_id": span} if span else {}) | more


def tool(call_id: str, name: str = "bash", **more: Any) -> Event:
    return {"event": "tool", "id": call_id, "function": name, "arguments": {"x": 1}, "result": "ok", **more}


def asks(call_id: str, name: str = "bash") -> list[Any]:
    return [{"id": call_id, "function": name, "arguments": {"x": 1}}]


def span(name: str, kind: str, parent: str | None = None) -> Event:
    return {"event": "span_begin", "id": name, "name": name, "type": kind, "parent_id": parent}


def prompts(session: Session) -> list[list[str]]:
    calls = [step for step in session.steps if step.kind == "llm_call"]
    found = [prompt_at(session, step.index) for step in calls]
    return [["".join(map(text_of, entry.message.parts)) for entry in prompt.messages] for prompt in found]


POOL = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "1"}, {"role": "user", "content": "two"}]


def test_prompts_are_taken_from_the_pool_of_either_version() -> None:
    events = [model("1", input_refs=[[0, 1]]), model("2", input_refs=[[0, 2], [2, 3]])]
    for pool in ({"events_data": {"messages": POOL}}, {"message_pool": POOL}):
        assert prompts(only(log(sample(*events, **pool)))) == [["one"], ["one", "1", "two"]]


def test_a_prompt_whose_messages_are_not_in_the_pool_is_not_whole() -> None:
    session = only(log(sample(model("1", input_refs=[[0, 5]]), message_pool=POOL)))
    assert "content_partly_recorded" in gap_kinds(session)
    assert prompt_at(session, session.steps[-1].index).fidelity == "partial"


def test_attempts_before_the_last_one_are_kept_and_said() -> None:
    tried = [{"message": "provider down", "events": [model("never mind")]}]
    trace = log(sample(model("hello"), error_retries=tried))
    assert len(only(trace).steps) == 1
    assert only(trace).attributes["error_retries"] == tried
    assert any("failed 1 × before" in note for note in trace.report.notes)


def test_a_request_stands_in_for_an_input_that_was_not_kept() -> None:
    request = {"request": {"messages": POOL[:1], "temperature": 0}}
    pooled = {"request": {}, "call_refs": [[0, 1]], "call_key": "messages"}
    held = sample(model("1", call=request), model("2", call=pooled), events_data={"messages": [], "calls": POOL})
    assert prompts(only(log(held))) == [["one"], ["one"]]


def test_texts_of_attachments_stand_in_their_places_in_logs_of_every_age() -> None:
    event = model("attachment://b", "attachment://a")
    assert prompts(only(log(sample(event, attachments={"a": "long", "b": "said"})))) == [["long"]]
    old = {"events": [model("x", "tc://a"), {"event": "score", "score": {"value": 1}}], "content": {"a": "long"}}
    session = only(log({"id": 1, "epoch": 1, "messages": [], "transcript": old}))
    assert prompts(session) == [["long"]]
    assert kinds(session) == ["message", "llm_call", "evaluation"]


def test_events_inside_the_event_of_a_tool_are_a_window_of_their_own() -> None:
    inner = [
        model("deep", "look", calls=asks("d")),
        tool("d"),
        {"event": "subtask", "name": "s", "events": [model("x", "y")]},
    ]
    trace = log(
        sample(model("a", "go", calls=asks("c", "helper")), tool("c", "helper", events=inner), model("b", "go", "on"))
    )
    session = only(trace)
    assert trace.report.records == trace.report.read == 7
    helper, subtask = session.scopes[1:]
    assert (helper.agent, helper.parent, session.steps[helper.spawned_by or 0].tool) == ("helper", "main", "helper")
    assert (subtask.agent, subtask.parent) == ("s", helper.id)
    assert prompts(session) == [["go"], ["look"], ["y"], ["go", "on"]]


def test_an_agent_that_a_tool_ran_belongs_to_the_step_of_the_tool() -> None:
    events = [
        span("main", "agent"),
        model("a", "go", span="main", calls=asks("c", "helper")),
        span("helper", "agent", "main"),
        model("deep", "look", span="helper"),
        tool("c", "helper", span_id="main", agent_span_id="helper"),
    ]
    session = only(log(sample(*events)))
    (scope,) = session.scopes[1:]
    assert scope.agent == "helper"
    assert scope.spawned_by is not None
    assert session.steps[scope.spawned_by].tool == "helper"
    assert {step.scope for step in session.steps if step.depth} == {scope.id}


def test_a_compaction_is_a_step_and_the_window_after_it_the_one_that_was_sent() -> None:
    compaction = {"event": "compaction", "type": "summary", "tokens_before": 900, "tokens_after": 90}
    session = only(log(sample(model("a", "one", "two"), compaction, model("b", "summary"))))
    assert session.steps[3].summary == "summary: 900 → 90 tokens"
    last = prompt_at(session, session.steps[-1].index)
    assert [text_of(entry.message.parts[0]) for entry in last.messages] == ["summary"]
    assert {text_of(entry.message.parts[0]) for entry in last.removed} == {"one", "two"}


def test_what_a_tool_answered_and_how_it_failed() -> None:
    failed = tool("c", error={"type": "timeout", "message": "took too long"}, result="", truncated=[10, 5])
    session = only(log(sample(model("a", "go", calls=asks("c")), failed)))
    step = session.steps[-1]
    assert (step.status, step.error, step.attributes["truncated"]) == ("error", "took too long", [10, 5])
    held = {
        "role": "tool",
        "tool_call_id": "c",
        "function": "bash",
        "content": "no",
        "error": {"type": "timeout", "message": "no"},
    }
    session = only(log({"id": 1, "epoch": 1, "messages": [held]}))
    assert (session.steps[0].status, session.steps[0].error) == ("error", "no")


def test_what_happened_beside_the_calls_is_shown() -> None:
    events: list[Event] = [
        {"event": "info", "source": "solver", "data": {"x": 1}},
        {"event": "logger", "message": {"level": "warning", "message": "slow"}},
        {"event": "sandbox", "action": "exec", "cmd": "ls -l"},
        {"event": "sample_limit", "type": "token", "message": "limit of 9 tokens"},
        {"event": "state", "changes": []},
        {"event": "step", "action": "begin", "name": "x"},
    ]
    trace = log(sample(model("a", "go"), *events))
    assert kinds(only(trace)) == ["message", "llm_call", "other", "other", "other", "error"]
    assert only(trace).steps[-1].error == "limit of 9 tokens"
    assert trace.report.records == 7


def test_usage_includes_the_cache_and_cost_is_as_recorded() -> None:
    usage = {
        "input_tokens": 3,
        "input_tokens_cache_read": 5,
        "input_tokens_cache_write": 2,
        "output_tokens": 1,
        "total_cost": 0.5,
    }
    event = model("a", "go")
    event["output"]["usage"] = usage
    step = only(log(sample(event))).steps[-1]
    assert step.usage is not None
    assert (step.usage.input_tokens, step.usage.origin, step.cost_usd) == (10, "derived", 0.5)


def test_a_log_that_was_not_finished_has_its_journal_and_samples_only() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("_journal/start.json", json.dumps({"version": 2, "eval": {"task": "unfinished"}}))
        file.writestr("samples/1_epoch_1.json", json.dumps(sample(model("a", "go"))))
    trace = read(packed.getvalue(), path="x.bin")
    assert only(trace).session_id == "unfinished · sample 1 · epoch 1"


def test_a_sample_whose_id_holds_a_slash_is_read() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("_journal/start.json", json.dumps({"eval": {"task": "unfinished"}}))
        file.writestr("samples/astropy/12_epoch_1.json", json.dumps(sample(model("a", "go"), id="astropy/12")))
        file.writestr("samples/2_epoch_1.json", json.dumps(sample(model("a", "go"), id=2)))
    named = [session.session_id for session in read(data.getvalue(), path="log.eval").sessions]
    assert named == ["unfinished · sample astropy/12 · epoch 1", "unfinished · sample 2 · epoch 1"]


def test_an_agent_that_a_tool_hands_over_to_is_one_window() -> None:
    events = [span("r", "agent"), model("over", "go", span="r", calls=asks("t", "transfer")), span("h", "handoff", "r")]
    events += [
        span("x", "tool", "h"),
        tool("t", "transfer", agent="h", span_id="r"),
        span("w", "agent", "x") | {"name": "h"},
    ]
    session = only(log(sample(*events, model("written", "go", span="w"), tool("u", span_id="w"))))
    scopes = {scope.id: scope for scope in session.scopes}
    asked = next(step for step in session.steps if step.tool == "transfer")
    assert (scopes["agent:w"].parent, scopes["agent:w"].spawned_by) == ("main", asked.index)
    assert {step.depth for step in session.steps if step.scope == "agent:w"} == {1}


def test_what_watches_an_agent_is_shown_and_an_error_failed() -> None:
    watched = {"event": "sentinel", "factory": "watch", "action": "reject", "message": "no"}
    reviewed = {"event": "review", "decision": "terminate", "reviewer": "us", "message": ""}
    edited = {"event": "score_edit", "score_name": "accuracy", "edit": {"value": 1}}
    failed = {"event": "error", "error": {"message": "gave up"}}
    steps = only(log(sample(model("a", "go"), watched, reviewed, edited, failed))).steps[-4:]
    assert [step.kind for step in steps] == ["guardrail", "guardrail", "evaluation", "error"]
    assert [step.summary for step in steps[:3]] == ["sentinel reject", "review terminate", "score_edit accuracy"]
    assert steps[-1].status == "error"
