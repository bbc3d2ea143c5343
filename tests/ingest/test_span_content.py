"""Which messages of a span are content: several choices, messages without words, turns that the provider holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import gap_kinds, only, read_document
from tests.ingest.test_span_conventions import any_value, call, otlp
from tests.ingest.test_span_dialects import CHAT, answer, said, shown, tools, with_events
from tracetui.context import prompt_at
from tracetui.model import Session, ToolCallPart, Usage


def told(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def with_logs(*records: dict[str, Any]) -> Session:
    """A failed call, and log records that name it."""
    ids = {"traceId": "a" * 32, "spanId": "b" * 16}
    pairs = [{"key": key, "value": any_value(value)} for key, value in CHAT.items()]
    span = ids | {"name": "chat", "attributes": pairs, "status": {"code": 2}}
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    return only(
        read_document(document | {"resourceLogs": [{"scopeLogs": [{"logRecords": [ids | r for r in records]}]}]})
    )


def test_every_choice_of_an_answer_is_kept() -> None:
    choices = [
        {"index": number, "message": json.dumps({"content": text})} for number, text in enumerate(("one", "two"))
    ]
    events = [("gen_ai.choice", choice) for choice in choices]
    assert answer(with_events(("gen_ai.user.message", {"content": "hi"}), *events)) == "one two"
    listed = [{"event.name": "gen_ai.choice", "message": {"content": text}} for text in ("one", "two")]
    assert answer(otlp(CHAT | {"events": listed})) == "one two"


def test_message_events_without_content_are_no_prompt_but_their_calls_are_known() -> None:
    calls = json.dumps({"tool_calls": [{"id": "c", "type": "function", "function": {"name": "f"}}]})
    session = with_events(
        ("gen_ai.user.message", {}),
        ("gen_ai.assistant.message", {"tool_calls": json.dumps([{"id": "b", "function": {"name": "f"}}])}),
        ("gen_ai.tool.message", {"id": "b"}),
        ("gen_ai.choice", {"index": 0, "message": calls}),
    )
    step = call(session)
    assert prompt_at(session, step.index).fidelity == "absent"
    assert step.message is not None
    assert step.message.parts == (ToolCallPart("c", "f", None),)
    (remedy,) = [gap.remedy for gap in session.gaps if gap.kind == "content_not_recorded"]
    assert "CAPTURE_MESSAGE_CONTENT" in remedy


def test_parts_without_their_text_are_no_prompt() -> None:
    parts = [{"role": "user", "parts": [{"type": "text"}]}]
    held = {"gen_ai.input.messages": json.dumps(parts), "gen_ai.output.messages": json.dumps(parts)}
    session = otlp(CHAT | held, scope="pydantic-ai")
    assert (prompt_at(session, call(session).index).fidelity, call(session).message) == ("absent", None)
    assert [gap.remedy for gap in session.gaps] == ["use InstrumentationSettings(include_content=True)"]


def test_the_details_of_an_inference_may_be_the_body_of_a_log_record() -> None:
    body = {"gen_ai.input.messages": json.loads(told("user", "hi")), "gen_ai.output.messages": told("assistant", "yes")}
    session = with_logs({"eventName": "gen_ai.client.inference.operation.details", "body": any_value(body)})
    assert (shown(session), answer(session)) == (["user: hi"], "yes")


def test_the_exception_of_a_call_may_be_a_log_record() -> None:
    thrown = {"exception.type": "RateLimitError", "exception.message": "slow down"}
    attributes = [{"key": key, "value": any_value(value)} for key, value in thrown.items()]
    session = with_logs({"eventName": "gen_ai.client.operation.exception", "attributes": attributes})
    assert call(session).error == "RateLimitError: slow down"


def test_an_exception_that_a_span_got_over_is_no_failure_of_it() -> None:
    event = {"name": "exception", "attributes": [{"key": "exception.message", "value": {"stringValue": "retried"}}]}
    span = {"traceId": "a" * 32, "spanId": "b" * 16, "name": "f", "events": [event], "status": {"code": 1}}
    (step,) = only(read_document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})).steps
    assert (step.status, step.error) == ("ok", None)
    assert step.attributes["span.events"][0]["name"] == "exception"


def going_on(text: str, reply: str, response: str, after: str = "") -> dict[str, Any]:
    held = {"gen_ai.input.messages": told("user", text), "gen_ai.output.messages": told("assistant", reply)}
    follows = {"gen_ai.request.previous_response.id": after} if after else {}
    return CHAT | held | {"gen_ai.response.id": response} | follows


def test_turns_that_the_provider_holds_are_taken_from_the_calls_before() -> None:
    session = otlp(going_on("a", "b", "r1"), going_on("c", "d", "r2", "r1"), going_on("e", "f", "r3", "r2"))
    last = prompt_at(session, session.steps[-1].index)
    assert last.fidelity == "rebuilt"
    assert said([m.message for m in last.messages]) == ["user: a", "assistant: b", "user: c", "assistant: d", "user: e"]
    assert session.gaps == ()


@pytest.mark.parametrize(
    "asked",
    [{"gen_ai.request.previous_response.id": "gone"}, {"llm.invocation_parameters": '{"previous_response_id": "g"}'}],
)
def test_turns_that_no_call_here_shows_leave_a_prompt_partial(asked: dict[str, Any]) -> None:
    session = otlp(CHAT | {"gen_ai.input.messages": told("user", "a")} | asked)
    assert prompt_at(session, call(session).index).fidelity == "partial"
    assert gap_kinds(session) == {"server_state"}


def test_an_input_that_holds_the_earlier_turns_itself_stays_as_it_is() -> None:
    turns = [("user", "a"), ("assistant", "b"), ("user", "c")]
    whole = json.dumps([message for turn in turns for message in json.loads(told(*turn))])
    session = otlp(going_on("a", "b", "r1"), going_on("c", "d", "r2", "r1") | {"gen_ai.input.messages": whole})
    messages = prompt_at(session, session.steps[-1].index).messages
    assert said([m.message for m in messages]) == ["user: a", "assistant: b", "user: c"]


def test_vercels_thoughts_schemas_and_model_are_read() -> None:
    held = {
        "ai.operationId": "ai.streamText.doStream",
        "ai.prompt.messages": json.dumps([{"role": "user", "content": "hi"}]),
        "ai.prompt.tools": [json.dumps({"type": "function", "name": "f", "inputSchema": {"type": "object"}})],
        "ai.response.reasoning": "because",
        "ai.response.text": "yes",
        "ai.response.model": "lumen-2-0301",
        "gen_ai.request.model": "lumen-2",
    }
    session = otlp(held)
    assert (answer(session), call(session).model) == ("because yes", "lumen-2-0301")
    (tool,) = prompt_at(session, call(session).index).tools
    assert (tool.name, tool.parameters) == ("f", {"type": "object"})


def test_adks_requests_may_be_in_camel_case() -> None:
    config = {
        "systemInstruction": {"parts": [{"text": "be brief"}]},
        "tools": [{"functionDeclarations": [{"name": "f"}]}],
    }
    request = {"config": config, "contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    session = otlp({"gcp.vertex.agent.llm_request": json.dumps(request)}, scope="gcp.vertex.agent")
    assert (shown(session), tools(session)) == (["system: be brief", "user: hi"], ["f"])


def test_logfires_events_have_the_tools_of_the_requests_parameters() -> None:
    given = {"function_tools": [{"name": "f", "parameters_json_schema": {"type": "object"}}]}
    events = [{"event.name": "gen_ai.user.message", "content": "hi"}]
    session = otlp(CHAT | {"events": json.dumps(events), "model_request_parameters": json.dumps(given)})
    assert (shown(session), tools(session)) == (["user: hi"], ["f"])


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "invoke_workflow", "gen_ai.request.model": "m"}, "workflow"),
        ({"gen_ai.operation.name": "transfer", "gen_ai.transfer.target.name": "billing"}, "handoff"),
    ],
)
def test_workflows_and_transfers_are_what_their_operation_says(attributes: dict[str, Any], kind: str) -> None:
    assert otlp(attributes).steps[0].kind == kind


def test_langfuses_cost_is_its_total_or_what_its_parts_make() -> None:
    kind = {"langfuse.observation.type": "generation"}
    costs: list[tuple[dict[str, float], float | None]] = [
        ({"input": 0.25, "output": 0.5}, 0.75),
        ({"input": 0.25, "output": 0.5, "total": 1.0}, 1.0),
        ({}, None),
    ]
    for details, cost in costs:
        assert otlp(kind | {"langfuse.observation.cost_details": json.dumps(details)}).steps[0].cost_usd == cost


HUMAN = {"type": "human", "content": "hi"}


@pytest.mark.parametrize(
    "given",
    [
        {"messages": [HUMAN, {"type": "ai", "content": "yes"}]},
        {"messages": [[HUMAN, {"type": "ai", "data": {"content": "yes"}}]]},
        {"input": {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}]}},
    ],
)
def test_langchains_messages_and_requests_inside_an_input_are_read(given: dict[str, Any]) -> None:
    session = otlp({"langfuse.observation.type": "generation", "langfuse.observation.input": json.dumps(given)})
    assert shown(session) == ["user: hi", "assistant: yes"]


def test_a_span_of_langfuse_is_a_tools_where_it_names_one() -> None:
    kind = {"langfuse.observation.type": "span"}
    assert otlp(kind | {"gen_ai.tool.name": "f"}).steps[0].kind == "tool_call"
    assert otlp(kind | {"gen_ai.request.model": "m"}).steps[0].kind == "other"


def test_langfuse_holds_what_the_decorator_gave_a_function_and_the_providers_own_usage() -> None:
    given = json.dumps({"args": [], "kwargs": {"city": "Oslo"}})
    tool = {"langfuse.observation.type": "tool", "langfuse.observation.input": given}
    assert otlp(tool).steps[0].arguments == {"city": "Oslo"}
    counts = {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 0}
    asked = {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": json.dumps(counts)}
    assert otlp(asked).steps[0].usage == Usage(25, 2, 20, 0, origin="derived")


def test_mlflows_counts_include_the_cache_and_its_cost_is_kept() -> None:
    counts = {"input_tokens": 30, "output_tokens": 7, "cache_read_input_tokens": 10}
    held = {"mlflow.chat.tokenUsage": json.dumps(counts), "mlflow.llm.cost": json.dumps({"total_cost": 0.25})}
    (step,) = otlp({"mlflow.spanType": '"CHAT_MODEL"'} | held).steps
    assert (step.usage, step.cost_usd) == (Usage(30, 7, 10), 0.25)


def test_several_answers_of_tools_in_one_message_each_reach_their_call() -> None:
    calls: list[dict[str, Any]] = [
        {"type": "tool_call", "id": name, "name": name, "arguments": {}} for name in ("f", "g")
    ]
    answers = [{"type": "tool_call_response", "id": name, "response": name * 2} for name in ("f", "g")]
    asked = {"gen_ai.input.messages": told("user", "a")}
    asked["gen_ai.output.messages"] = json.dumps([{"role": "assistant", "parts": calls}])
    shown_next = [{"role": "assistant", "parts": calls}, {"role": "tool", "parts": answers}]
    spans = [{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": name} for name in ("f", "g")]
    session = otlp(CHAT | asked, *spans, CHAT | {"gen_ai.input.messages": json.dumps(shown_next)})
    assert [step.result for step in session.steps if step.kind == "tool_call"] == ["ff", "gg"]
    assert gap_kinds(session) == set()
