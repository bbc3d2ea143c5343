"""Spans as tools outside OTLP lay them out: data frames, exploded JSON, parallel columns, lists of traces; nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.ingest.reading import kinds, only, read, read_document, read_lines
from tests.ingest.test_span_conventions import TRACE, any_value, call, otlp
from tracetui.context import prompt_at
from tracetui.model import Session, ToolCallPart, Trace, Usage
from tracetui.parts import text_of

SPAN = "00f067aa0ba902b7"
SCHEMA = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "required": ["a"]}}}
CALL = {
    "name": "model",
    "span_kind": "LLM",
    "parent_id": None,
    "start_time": 1_770_000_000_000,
    "end_time": 1_770_000_001_500,
    "status_code": "OK",
    "status_message": "",
    "events": [],
    "context.span_id": SPAN,
    "context.trace_id": TRACE,
    "attributes.llm.model_name": "lumen-2",
    "attributes.llm.input_messages": [
        {"message.role": "system", "message.content": "be brief"},
        {"message.role": "user", "message.content": "hi"},
    ],
    "attributes.llm.output_messages": [
        {
            "message.role": "assistant",
            "message.tool_calls": [
                {"tool_call.id": "c1", "tool_call.function.name": "f", "tool_call.function.arguments": '{"a":1}'}
            ],
        }
    ],
    "attributes.llm.tools": [{"tool.json_schema": json.dumps(SCHEMA)}],
    "attributes.llm.token_count.prompt": 12.0,
    "attributes.session.id": "s-9",
    "attributes.metadata": {"shop": "north"},
    "attributes.tool.name": None,
    "attributes.input.value": None,
    "attributes.output.value": None,
}
TOOL = dict.fromkeys(CALL) | {
    "name": "f",
    "span_kind": "TOOL",
    "context.span_id": "10f067aa0ba902b7",
    "context.trace_id": TRACE,
    "parent_id": SPAN,
    "start_time": 1_770_000_000_900,
    "end_time": 1_770_000_001_000,
    "status_code": "OK",
    "attributes.tool.name": "f",
    "attributes.input.value": '{"a": 1}',
    "attributes.output.value": "done",
}
COLUMNS = {key: {"0": CALL[key], "1": TOOL[key]} for key in CALL}
BY_SPAN = {
    key: {str(row["context.span_id"]): row[key] for row in (CALL, TOOL)} for key in CALL if key != "context.span_id"
}


def shown(session: Session) -> list[tuple[str, str]]:
    prompt = prompt_at(session, call(session).index)
    assert prompt.fidelity == "recorded"
    return [(m.message.role, " ".join(text_of(part) for part in m.message.parts)) for m in prompt.messages]


@pytest.mark.parametrize(
    "trace",
    [
        read_lines(CALL, TOOL),
        read_document([CALL, TOOL]),
        read_document({"schema": {"fields": []}, "data": [CALL, TOOL]}),
        read_document(COLUMNS),
        read_document(BY_SPAN),
    ],
    ids=["lines", "records", "table", "columns", "columns by span id"],
)
def test_a_data_frame_of_phoenix_is_its_spans(trace: Trace) -> None:
    session = only(trace)
    assert trace.format == "span-dump"
    assert trace.report.records == trace.report.read == 2
    assert session.session_id == "s-9"
    assert kinds(session) == ["message", "message", "llm_call", "tool_call"]
    assert shown(session) == [("system", "be brief"), ("user", "hi")]
    step, tool = session.steps[2:]
    assert (step.model, step.duration_ns, step.usage and step.usage.input_tokens) == ("lumen-2", 1_500_000_000, 12)
    assert prompt_at(session, 2).tools[0].parameters == {"type": "object", "required": ["a"]}
    assert (tool.parent, tool.arguments, tool.result) == (2, {"a": 1}, "done")
    assert step.attributes["metadata.shop"] == "north"


def phoenix(attributes: dict[str, Any], **more: Any) -> Session:
    span = {"name": "model", "span_kind": "LLM", "context": {"trace_id": TRACE, "span_id": SPAN}, "parent_id": None}
    return only(read_document({"data": [span | {"attributes": attributes} | more], "next_cursor": None}))


@pytest.mark.parametrize(
    "tools",
    [
        {"llm.tools.0.tool.json_schema": json.dumps(SCHEMA)},
        {
            "llm.tools.0.tool.json_schema.type": "function",
            "llm.tools.0.tool.json_schema.function.name": "f",
            "llm.tools.0.tool.json_schema.function.parameters.type": "object",
            "llm.tools.0.tool.json_schema.function.parameters.required": ["a"],
        },
        {"llm": {"tools": [{"tool": {"json_schema": SCHEMA}}]}},
        {"llm.tools": json.dumps([{"tool.json_schema": SCHEMA}])},
    ],
    ids=["text", "exploded", "nested", "one attribute"],
)
def test_tool_schemas_are_whole_in_every_form(tools: dict[str, Any]) -> None:
    session = phoenix(
        {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi"} | tools
    )
    (tool,) = prompt_at(session, call(session).index).tools
    assert (tool.name, tool.parameters) == ("f", {"type": "object", "required": ["a"]})


def test_what_no_field_names_stays_with_its_span() -> None:
    session = phoenix({"input.value": "hi"}, id="U3Bh", annotations=[{"name": "good", "result": {"score": 1}}])
    assert call(session).attributes["annotations"] == [{"name": "good", "result": {"score": 1}}]
    assert call(session).attributes["id"] == "U3Bh"


CLICKHOUSE = {
    "Timestamp": "2026-02-03 10:00:00.123456789",
    "TraceId": TRACE,
    "SpanId": SPAN,
    "ParentSpanId": "",
    "SpanName": "chat m",
    "SpanKind": "SPAN_KIND_CLIENT",
    "ServiceName": "shop",
    "ResourceAttributes": {"host.name": "h1"},
    "ScopeName": "lib",
    "ScopeVersion": "2",
    "SpanAttributes": {"gen_ai.operation.name": "chat", "gen_ai.input.messages": '[{"role":"user","content":"hi"}]'},
    "Duration": 2_000_000,
    "StatusCode": "STATUS_CODE_UNSET",
}


@pytest.mark.parametrize(
    "columns",
    [
        {
            "Events.Timestamp": ["2026-02-03 10:00:00.2"],
            "Events.Name": ["exception"],
            "Events.Attributes": [{"exception.type": "Timeout"}],
            "Links.TraceId": ["b" * 32],
            "Links.SpanId": ["c" * 16],
        },
        {
            "Events": [
                {
                    "Timestamp": "2026-02-03 10:00:00.2",
                    "Name": "exception",
                    "Attributes": {"exception.type": "Timeout"},
                }
            ],
            "Links": [{"TraceId": "b" * 32, "SpanId": "c" * 16}],
        },
    ],
    ids=["parallel lists", "objects"],
)
def test_events_and_links_of_clickhouse_rows_are_kept(columns: dict[str, Any]) -> None:
    for trace in (read_lines(CLICKHOUSE | columns), read_document({"meta": [], "data": [CLICKHOUSE | columns]})):
        session = only(trace)
        step = call(session)
        assert (step.error, step.start_ns) == ("Timeout", 1_770_112_800_123_456_789)
        assert step.attributes["span.events"] == [
            {"name": "exception", "time_ns": 1_770_112_800_200_000_000, "attributes": {"exception.type": "Timeout"}}
        ]
        assert step.attributes["span.links"] == [{"TraceId": "b" * 32, "SpanId": "c" * 16}]
        assert (step.attributes["otel.scope.name"], step.attributes["ScopeVersion"]) == ("lib", "2")
        assert session.attributes == {"resource.host.name": "h1", "resource.service.name": "shop"}


def test_several_traces_of_zipkin_are_lists_in_a_list() -> None:
    span = {"traceId": TRACE, "id": SPAN, "name": "chat", "timestamp": 1_770_000_000_000_000, "duration": 1500}
    asked = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": '[{"role":"user","content":"hi"}]'}
    ends = {"localEndpoint": {"serviceName": "shop"}, "remoteEndpoint": {"serviceName": "model"}}
    trace = read_document([[span | ends | {"tags": asked}], [span | {"traceId": "b" * 32}]])
    first, second = trace.sessions
    assert shown(first) == [("user", "hi")]
    assert call(first).attributes["remoteEndpoint"] == {"serviceName": "model"}
    assert first.attributes == {"resource.service.name": "shop"}
    assert second.session_id == "b" * 32


def test_jaegers_service_warnings_and_further_references_are_kept() -> None:
    follows = {"refType": "FOLLOWS_FROM", "traceID": TRACE, "spanID": "c" * 16}
    span = {
        "traceID": TRACE,
        "spanID": SPAN,
        "operationName": "work",
        "references": [follows],
        "startTime": 1_770_000_000_000_000,
        "duration": 10,
        "tags": [],
        "logs": [{"timestamp": 1_770_000_000_000_005, "fields": [{"key": "event", "value": "retry"}]}],
        "processID": "p1",
        "warnings": ["clock skew"],
    }
    held = {"spans": [span], "processes": {"p1": {"serviceName": "shop", "tags": []}}}
    # The API gives a list of traces; the UI keeps one.
    for document in ({"data": [held]}, {"data": held}, held):
        session = only(read_document(document))
        assert session.attributes == {"resource.service.name": "shop"}
        kept = session.steps[0].attributes
        assert (kept["jaeger.warnings"], kept["span.links"]) == (["clock skew"], [follows])
        assert kept["span.events"] == [{"name": "retry", "time_ns": 1_770_000_000_000_005_000}]


def test_the_resource_that_spans_share_is_the_sessions_and_what_differs_is_the_steps() -> None:
    def resource(host: str, span: str) -> dict[str, Any]:
        told = [{"key": key, "value": any_value(value)} for key, value in (("service.name", "shop"), ("host", host))]
        row = {"traceId": TRACE, "spanId": span, "name": "x", "startTimeUnixNano": "1770000000000000000"}
        return {"resource": {"attributes": told}, "scopeSpans": [{"spans": [row]}]}

    session = only(read_document({"resourceSpans": [resource("a", "1" * 16), resource("b", "2" * 16)]}))
    assert session.attributes == {"resource.service.name": "shop"}
    assert [step.attributes for step in session.steps] == [{"resource.host": "a"}, {"resource.host": "b"}]


def test_kinds_and_scopes_of_spans_are_kept() -> None:
    session = otlp({"gen_ai.operation.name": "chat", "own.field": {"a": 1}}, scope="my.library")
    assert call(session).attributes["otel.scope.name"] == "my.library"
    assert call(session).attributes["own.field.a"] == 1


def test_what_langfuse_says_of_the_trace_is_the_sessions() -> None:
    row = {"id": "o1", "traceId": "t1", "type": "GENERATION", "startTime": "2026-02-03T10:00:00Z", "input": "hi"}
    more = {"usageDetails": {"input": 5, "total": 5}, "metadata": {"attributes": {"a.b": 1}, "tenant": "north"}}
    trace = {"id": "t1", "name": "order", "userId": "u7", "tags": ["beta"], "metadata": '{"run": 3}'}
    score = {"name": "helpful", "value": 1}
    document = {"trace": trace, "observations": [row | more], "scores": [score]}
    session = only(read_document(document))
    assert session.attributes == {
        "langfuse.trace.name": "order",
        "langfuse.trace.userId": "u7",
        "langfuse.trace.tags": ["beta"],
        "langfuse.trace.metadata": {"run": 3},
        "langfuse.trace.scores": [score],
    }
    kept = call(session).attributes
    assert (kept["langfuse.metadata"], kept["a.b"]) == ({"tenant": "north"}, 1)
    assert kept["langfuse.usageDetails"] == {"input": 5, "total": 5}


def test_fields_of_langsmith_runs_that_are_not_read_are_kept() -> None:
    run = {
        "id": "r1",
        "trace_id": "r1",
        "run_type": "llm",
        "name": "model",
        "start_time": "2026-02-03T10:00:00",
        "inputs": {"messages": [{"role": "user", "content": "hi"}]},
        "outputs": {"choices": [{"message": {"role": "assistant", "content": "yo"}}]},
        "tags": ["beta"],
        "extra": {"metadata": {"ls_temperature": 0.3}},
        "feedback_stats": {"ok": 1},
    }
    kept = call(only(read_lines(run))).attributes
    assert (kept["langsmith.tags"], kept["langsmith.feedback_stats"]) == (["beta"], {"ok": 1})
    assert kept["langsmith.extra"] == {"metadata": {"ls_temperature": 0.3}}


def test_fields_of_agents_spans_and_of_their_trace_are_kept_and_the_remedy_is_that_of_the_span() -> None:
    rows = [
        {"type": "generation", "model": "m", "model_config": {"temperature": 0.3}, "input": None},
        {"type": "response", "response_id": "resp_1"},
        {"type": "custom", "name": "turn", "data": {"turn": 1, "usage": {"input_tokens": 9}}},
    ]
    spans = [
        {
            "object": "trace.span",
            "id": f"span_{number}",
            "trace_id": "trace_1",
            "started_at": "2026-02-03T10:00:00+00:00",
            "span_data": data,
            "error": {"message": "no", "data": {"code": 7}} if number == 2 else None,
        }
        for number, data in enumerate(rows)
    ]
    about = {"object": "trace", "id": "trace_1", "workflow_name": "refunds", "metadata": {"shop": "north"}}
    session = only(read_lines(about, *spans))
    assert session.attributes == {"openai_agents.workflow_name": "refunds", "openai_agents.metadata": {"shop": "north"}}
    generation, response, turn = session.steps
    assert generation.attributes["openai_agents.model_config"] == {"temperature": 0.3}
    assert response.attributes["openai_agents.response_id"] == "resp_1"
    assert (turn.kind, turn.usage, turn.error) == ("workflow", None, "no")
    assert turn.attributes["openai_agents.error"] == {"code": 7}
    assert ["SENSITIVE_DATA" in gap.remedy for gap in session.gaps] == [True, False]
    assert ["processor" in gap.remedy for gap in session.gaps] == [False, True]


def test_items_of_responses_are_calls_and_answers_wherever_a_span_holds_them() -> None:
    given = [
        {"role": "user", "content": "hi"},
        {"type": "function_call", "call_id": "c0", "name": "f", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "c0", "output": "zero"},
    ]
    got = [
        {"type": "reasoning", "summary": []},
        {"type": "function_call", "call_id": "c1", "name": "g", "arguments": "{}"},
    ]
    for attributes in (
        {"openinference.span.kind": "LLM", "input.value": json.dumps(given), "output.value": json.dumps(got)},
        {"langfuse.observation.type": "generation", "langfuse.observation.input": json.dumps({"input": given})}
        | {"langfuse.observation.output": json.dumps(got)},
    ):
        session = otlp(attributes)
        assert [(role, text) for role, text in shown(session)] == [
            ("user", "hi"),
            ("assistant", '{"a":1}'),
            ("tool", "zero"),
        ]
        answer = call(session).message
        assert answer is not None
        assert [part.name for part in answer.parts if isinstance(part, ToolCallPart)] == ["g"]


def test_a_generation_whose_input_was_left_out_is_absent_though_its_tools_are_there() -> None:
    row = {"id": "o1", "traceId": "t1", "type": "GENERATION", "startTime": "2026-02-03T10:00:00Z", "input": None}
    tools = {"f": '{"description": "d", "parameters": {"type": "object"}}'}
    session = only(read_document({"observations": [row | {"toolDefinitions": tools}], "scores": []}))
    assert kinds(session) == ["llm_call"]
    assert prompt_at(session, 0).fidelity == "absent"
    assert session.steps[0].attributes["langfuse.toolDefinitions"] == tools
    assert "fields=core,basic,io" in session.gaps[0].remedy


def test_langsmith_runs_stand_in_their_dotted_order_and_tools_know_their_call() -> None:
    def run(number: int, run_type: str, inputs: Any, outputs: Any) -> dict[str, Any]:
        told = {"id": f"r{number}", "trace_id": "r1", "dotted_order": f"20260203T100000000000Zr{number}"}
        start = {"start_time": "2026-02-03T10:00:00", "run_type": run_type, "name": f"run{number}"}
        return told | start | {"inputs": inputs, "outputs": outputs}

    asked = {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "run2", "arguments": "{}"}}]}
    said = {
        "lc": 1,
        "type": "constructor",
        "id": ["m", "ToolMessage"],
        "kwargs": {"content": "ok", "tool_call_id": "c1"},
    }
    session = only(
        read_lines(
            run(3, "retriever", {"query": "tides"}, {"documents": [{"page_content": "high at noon"}]}),
            run(2, "tool", {"input": "x"}, {"output": said}),
            run(1, "llm", {"messages": [{"role": "user", "content": "hi"}]}, {"choices": [{"message": asked}]}),
        )
    )
    assert kinds(session) == ["message", "llm_call", "tool_call", "retrieval"]
    tool, found = session.steps[2:]
    assert (tool.call_id, tool.parent, tool.result) == ("c1", 1, "ok")
    assert (found.arguments, found.result) == ("tides", [{"page_content": "high at noon"}])


def test_mlflows_trace_is_its_spans_whether_exported_listed_or_as_a_table() -> None:
    said = {"messages": [{"role": "user", "content": "hi"}]}
    answer = {"choices": [{"message": {"role": "assistant", "content": "yo"}}]}
    attributes = {
        "mlflow.spanType": '"CHAT_MODEL"',
        "mlflow.spanInputs": json.dumps(said),
        "mlflow.spanOutputs": json.dumps(answer),
        "mlflow.chat.tokenUsage": '{"input_tokens": 7, "output_tokens": 2}',
    }
    span = {
        "trace_id": "xu481Xj8DlvtGsMKj1SlPg==",
        "span_id": "2qXAAZNcc1U=",
        "parent_span_id": None,
        "name": "Completions",
        "start_time_unix_nano": 1795291464568450544,
        "end_time_unix_nano": 1795291464568450545,
        "status": {"code": "STATUS_CODE_OK"},
        "attributes": attributes,
    }
    trace = {"info": {"trace_id": "tr-1", "tags": {"env": "prod"}}, "data": {"spans": [span]}}
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerows([["trace_id", "state", "spans", "tags"], ["tr-1", "OK", str([span]), "{}"]])
    for found in (read_document(trace), read_document([trace]), read(table.getvalue(), path="traces.csv")):
        assert found.format == "span-dump"
        assert found.report.skipped == ()
        step = only(found).steps[-1]
        assert (step.kind, step.usage, step.duration_ns) == ("llm_call", Usage(7, 2), 1)
        assert "yo" in str(step.message)
    assert only(read_document(trace)).attributes["trace.tags"] == {"env": "prod"}


ASKED = [{"role": "user", "content": "hi"}]
ANSWERED = {"choices": [{"message": {"role": "assistant", "content": "yo"}}], "usage": {}}


def test_braintrusts_rows_are_spans_with_their_metrics_and_model() -> None:
    agent = {
        "span_id": "a", "root_span_id": "a", "span_parents": None, "span_attributes": {"name": "shop", "type": "task"},
        "input": "hi", "output": "yo", "metrics": {"start": 1.7e9, "end": 1.7e9 + 3}, "scores": {"good": 0.5},
    }  # fmt: skip
    metrics = {
        "start": 1.7e9 + 1,
        "end": 1.7e9 + 2,
        "prompt_tokens": 7,
        "completion_tokens": 2,
        "prompt_cached_tokens": 3,
    }
    call = {
        "span_id": "b", "root_span_id": "a", "span_parents": ["a"], "span_attributes": {"name": "Chat", "type": "llm"},
        "input": ASKED, "output": ANSWERED["choices"], "metrics": metrics | {"estimated_cost": 0.25},
        "metadata": {"model": "m", "tools": [{"type": "function", "function": {"name": "look"}}]},
    }  # fmt: skip
    look = agent | {
        "span_id": "c",
        "span_parents": ["a"],
        "span_attributes": {"name": "look", "type": "tool"},
        "error": "no",
    }
    trace = read_document({"events": [agent, call, look]})
    assert trace.format == "span-dump"
    session = only(trace)
    assert kinds(session) == ["agent", "tool_call", "message", "llm_call"]
    first, tool, _, asked = session.steps
    assert first.attributes["braintrust.scores"] == {"good": 0.5}
    assert (tool.tool, tool.error, tool.parent, tool.arguments) == ("look", "no", 0, "hi")
    assert (asked.model, asked.usage, asked.cost_usd, asked.duration_ns) == ("m", Usage(7, 2, 3), 0.25, 1_000_000_000)
    assert [definition.name for definition in prompt_at(session, 3).tools] == ["look"]


def test_weaves_calls_count_what_the_call_itself_used() -> None:
    usage = {"m-1": {"prompt_tokens": 7, "completion_tokens": 2}}
    costs = {"m-1": {"prompt_tokens_total_cost": 0.25, "completion_tokens_total_cost": 0.5}}
    summary = {"usage": usage, "weave": {"status": "success", "costs": costs}}
    times = {"started_at": "2026-02-03T10:00:00Z", "ended_at": "2026-02-03T10:00:02Z"}
    outer = {
        "id": "a",
        "op_name": "weave:///e/p/op/Agent.run:x",
        "trace_id": "t",
        "inputs": {"q": "hi"},
        "output": "yo",
    }
    inner = outer | {"id": "b", "op_name": "weave:///e/p/op/openai.chat.completions.create:y", "parent_id": "a"}
    inner |= {"inputs": {"model": "m", "messages": ASKED}, "output": ANSWERED}
    tool = outer | {"id": "c", "op_name": "weave:///e/p/op/look:z", "parent_id": "a", "exception": "no such order"}
    tool |= {"attributes": {"weave": {"kind": "tool"}}}
    rows = [one | times | {"summary": summary} for one in (outer, inner, tool)]
    trace = read_lines(*rows)
    assert trace.format == "span-dump"
    session = only(trace)
    calls = {step.kind: step for step in session.steps}
    assert sorted(calls) == ["llm_call", "message", "tool_call", "workflow"]
    call = calls["llm_call"]
    assert (call.model, call.usage, call.cost_usd, call.parent) == ("m-1", Usage(7, 2), 0.75, 0)
    assert "yo" in str(call.message)
    assert (calls["tool_call"].tool, calls["tool_call"].error) == ("look", "no such order")
