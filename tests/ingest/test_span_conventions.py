"""What spans of each convention say, beyond prompts: documents, usage, cost, errors, gaps and their remedies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import gap_kinds, kinds, only, read_document, read_lines
from tracetui.context import prompt_at
from tracetui.model import Session, Step

TRACE = "0af7651916cd43dd8448eb211c80319c"


def otlp(*spans: dict[str, Any], scope: str = "") -> Session:
    rows = []
    for number, attributes in enumerate(spans, start=1):
        listed = [{"key": key, "value": any_value(value)} for key, value in attributes.items() if key != "name"]
        times = {"startTimeUnixNano": str(1_770_000_000_000_000_000 + number), "endTimeUnixNano": None}
        name = str(attributes.get("name", "span"))
        rows.append({"traceId": TRACE, "spanId": f"{number:016x}", "name": name, "attributes": listed} | times)
    return only(read_document({"resourceSpans": [{"scopeSpans": [{"scope": {"name": scope}, "spans": rows}]}]}))


def any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [{"key": key, "value": any_value(inner)} for key, inner in value.items()]}}
    return {"stringValue": value}


def call(session: Session) -> Step:
    return next(step for step in session.steps if step.kind == "llm_call")


def test_the_documents_of_a_retrieval_are_its_result() -> None:
    session = otlp(
        {
            "openinference.span.kind": "RETRIEVER",
            "input.value": "old pier",
            "retrieval.documents.1.document.content": "second",
            "retrieval.documents.0.document.content": "first",
            "retrieval.documents.0.document.id": "d0",
        },
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query.text": "tides",
            "gen_ai.retrieval.documents": json.dumps([{"id": "t1", "score": 0.5}]),
        },
    )
    first, second = session.steps
    assert (first.arguments, first.result) == ("old pier", [{"content": "first", "id": "d0"}, {"content": "second"}])
    assert (second.arguments, second.result) == ("tides", [{"id": "t1", "score": 0.5}])


def test_structured_messages_and_arguments_are_values_not_attributes() -> None:
    said = [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]
    session = otlp(
        {"gen_ai.operation.name": "chat", "gen_ai.input.messages": said},
        {"gen_ai.tool.name": "f", "gen_ai.tool.call.arguments": {"a": {"b": 1}}, "gen_ai.tool.call.result": {"c": 2}},
    )
    assert prompt_at(session, call(session).index).fidelity == "recorded"
    tool = session.steps[-1]
    assert (tool.arguments, tool.result) == ({"a": {"b": 1}}, {"c": 2})


@pytest.mark.parametrize(
    ("attributes", "scope", "word"),
    [
        ({"gen_ai.operation.name": "chat"}, "", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"),
        ({"openinference.span.kind": "LLM"}, "", "OPENINFERENCE_HIDE_INPUTS"),
        ({"ai.operationId": "ai.generateText.doGenerate"}, "ai", "recordInputs"),
        ({"gen_ai.operation.name": "chat", "gcp.vertex.agent.llm_request": "{}"}, "", "ADK_CAPTURE"),
        ({"gen_ai.operation.name": "chat"}, "pydantic-ai", "include_content"),
        ({"gen_ai.request.model": "m", "traceloop.workflow.name": "w"}, "", "TRACELOOP_TRACE_CONTENT"),
    ],
)
def test_the_remedy_for_a_missing_prompt_is_that_of_its_instrumentation(
    attributes: dict[str, Any], scope: str, word: str
) -> None:
    (gap,) = otlp(attributes, scope=scope).gaps
    assert gap.kind == "content_not_recorded"
    assert word in gap.remedy


def test_uploaded_redacted_and_server_held_messages_are_different_gaps() -> None:
    uploaded = otlp({"gen_ai.operation.name": "chat", "gen_ai.input.messages_ref": "file:///x/a_inputs.json"})
    assert gap_kinds(uploaded) == {"external_reference"}
    redacted = otlp(
        {
            "openinference.span.kind": "LLM",
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.content": "__REDACTED__",
        }
    )
    assert gap_kinds(redacted) == {"redacted"}
    said = json.dumps([{"role": "user", "content": "go on"}])
    held = otlp(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": said,
            "gen_ai.request.previous_response.id": "resp_1",
        }
    )
    assert gap_kinds(held) == {"server_state"}


def test_a_message_that_an_attribute_limit_cost_is_a_gap() -> None:
    whole = {"llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": "be brief"}
    last = {"llm.input_messages.1.message.role": "user", "llm.input_messages.1.message.content": "hi"}
    assert gap_kinds(otlp({"openinference.span.kind": "LLM"} | whole | last)) == set()
    for attributes in (last, last | {"llm.input_messages.0.message.content": "be brief"}):
        session = otlp({"openinference.span.kind": "LLM"} | attributes)
        assert gap_kinds(session) == {"messages_dropped"}
        assert "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT" in session.gaps[0].remedy


def test_a_count_that_leaves_out_the_cache_is_added_up_and_said_to_be_derived() -> None:
    session = otlp(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.output_tokens": 5,
            "gen_ai.usage.cache_read_input_tokens": 90,
        }
    )
    usage = call(session).usage
    assert usage is not None
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.origin) == (100, 90, "derived")


def test_a_span_that_was_exported_twice_is_one_step() -> None:
    span = {"traceId": TRACE, "spanId": "1" * 16, "name": "x", "startTimeUnixNano": "1770000000000000000"}
    ended = span | {"endTimeUnixNano": "1770000001000000000"}
    session = only(read_document({"resourceSpans": [{"scopeSpans": [{"spans": [span, ended]}]}]}))
    assert [step.duration_ns for step in session.steps] == [1_000_000_000]


def test_zipkin_spans_have_their_values_back() -> None:
    said = json.dumps([{"role": "user", "content": "hello"}])
    span = {
        "traceId": TRACE,
        "id": "00f067aa0ba902b7",
        "name": "chat m",
        "timestamp": 1_770_000_000_000_000,
        "duration": 1500,
        "localEndpoint": {"serviceName": "shop"},
        "annotations": [{"timestamp": 1_770_000_000_000_100, "value": "retry"}],
        "tags": {
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": said,
            "gen_ai.usage.input_tokens": "12",
            "otel.status_code": "ERROR",
            "otel.status_description": "timeout",
        },
    }
    trace = read_document([span])
    step = call(only(trace))
    assert trace.format == "span-dump"
    assert (step.status, step.error, step.duration_ns) == ("error", "timeout", 1_500_000)
    assert step.usage is not None
    assert step.usage.input_tokens == 12
    assert prompt_at(only(trace), step.index).fidelity == "recorded"


def test_zipkins_error_tag_tells_a_failure_though_it_is_empty() -> None:
    span = {"traceId": TRACE, "id": "1" * 16, "name": "f", "timestamp": 1_770_000_000_000_000, "duration": 5}
    for value, status in (("", "error"), ("boom", "error"), ("false", "unknown")):
        assert only(read_document([span | {"tags": {"error": value}}])).steps[0].status == status


def test_clickhouse_rows_are_spans() -> None:
    row = {
        "Timestamp": "2026-02-03 10:00:00.123456789",
        "TraceId": TRACE,
        "SpanId": "00f067aa0ba902b7",
        "ParentSpanId": "",
        "SpanName": "chat m",
        "SpanKind": "Client",
        "SpanAttributes": {
            "gen_ai.operation.name": "chat",
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "hi",
        },
        "ResourceAttributes": {"service.name": "shop"},
        "Duration": "2000000",
        "StatusCode": "Error",
        "StatusMessage": "",
        "Events.Timestamp": ["2026-02-03 10:00:00.124"],
        "Events.Name": ["exception"],
        "Events.Attributes": [{"exception.type": "ValueError", "exception.message": "no"}],
    }
    trace = read_lines(row, row | {"SpanId": "00f067aa0ba902b8"})
    step = call(only(trace))
    assert (step.error, step.duration_ns) == ("ValueError: no", 2_000_000)
    assert prompt_at(only(trace), step.index).fidelity == "recorded"


def test_phoenix_spans_in_snake_case_are_read() -> None:
    span = {
        "trace_id": TRACE,
        "span_id": "00f067aa0ba902b7",
        "name": "chat m",
        "kind": "SPAN_KIND_CLIENT",
        "start_time_unix_nano": 1_770_000_000_000_000_000,
        "end_time_unix_nano": 1_770_000_000_500_000_000,
        "attributes": [
            {"key": "openinference.span.kind", "value": {"string_value": "LLM"}},
            {"key": "llm.input_messages.0.message.role", "value": {"string_value": "user"}},
            {"key": "llm.input_messages.0.message.content", "value": {"string_value": "hi"}},
            {"key": "llm.token_count.prompt", "value": {"int_value": 7}},
        ],
        "status": {"code": "STATUS_CODE_ERROR", "message": "refused"},
    }
    step = call(only(read_document({"data": [span], "next_cursor": None})))
    assert (step.duration_ns, step.status, step.error) == (500_000_000, "error", "refused")
    assert step.usage is not None
    assert step.usage.input_tokens == 7


def test_attributes_of_one_span_alone_are_a_step() -> None:
    trace = read_document({"openinference.span.kind": "LLM", "llm.model_name": "m", "input.value": "hello"})
    assert kinds(only(trace)) == ["message", "llm_call"]


def test_langfuse_inputs_that_are_encoded_twice_costs_as_text_and_further_fields() -> None:
    said = [{"role": "user", "content": "hi"}]
    row = {
        "id": "o1",
        "traceId": TRACE,
        "type": "GENERATION",
        "startTime": "2026-02-03T10:00:00.000Z",
        "endTime": "2026-02-03T10:00:02.000Z",
        "latency": 99,
        "input": json.dumps(json.dumps(said)),
        "output": "hello",
        "level": "ERROR",
        "statusMessage": "rate limit",
        "modelParameters": {"temperature": 0.5},
        "usageDetails": {"input": 5, "output": 3, "input_cached_tokens": 20, "total": 28},
        "costDetails": {"total": "0.0021"},
    }
    session = only(read_document({"data": [row], "meta": {"cursor": None}}))
    step = call(session)
    assert prompt_at(session, step.index).messages[0].message.role == "user"
    assert (step.status, step.error, step.cost_usd, step.duration_ns) == ("error", "rate limit", 0.0021, 2_000_000_000)
    assert step.usage is not None
    assert (step.usage.input_tokens, step.usage.cache_read_input_tokens, step.usage.origin) == (25, 20, "derived")
    assert step.attributes["langfuse.modelParameters"] == {"temperature": 0.5}


def agents_span(number: int, **data: Any) -> dict[str, Any]:
    return {
        "object": "trace.span",
        "id": f"span_{number}",
        "trace_id": "trace_1",
        "parent_id": None,
        "started_at": f"2026-02-03T10:00:0{number}+00:00",
        "ended_at": f"2026-02-03T10:00:0{number + 1}+00:00",
        "span_data": data,
        "error": None,
    }


def test_openai_agents_handoffs_guardrails_usage_and_what_is_not_exported() -> None:
    usage = {"input_tokens": 50, "output_tokens": 9, "input_tokens_details": {"cached_tokens": 30}}
    session = only(
        read_lines(
            {"object": "trace", "id": "trace_1", "workflow_name": "w", "group_id": "thread-9"},
            agents_span(1, type="guardrail", name="no insults", triggered=True),
            agents_span(2, type="response", response_id="resp_1", usage=usage),
            agents_span(3, type="handoff", from_agent="a", to_agent="b"),
        )
    )
    guardrail, response, handoff = session.steps
    assert session.session_id == "thread-9"
    assert (guardrail.kind, guardrail.attributes["openai_agents.triggered"]) == ("guardrail", True)
    assert handoff.kind == "handoff"
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.cache_read_input_tokens) == (50, 30)
    (gap,) = session.gaps
    assert "processor" in gap.remedy
