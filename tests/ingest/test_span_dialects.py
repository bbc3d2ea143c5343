"""Every convention's own spelling of a prompt, an answer and usage, one span each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import only, read_document
from tests.ingest.test_span_conventions import any_value, call, otlp
from tracetui.context import prompt_at
from tracetui.model import Message, Session, Usage
from tracetui.parts import text_of

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "lumen-2"}
OPENINFERENCE = {"openinference.span.kind": "LLM", "llm.model_name": "lumen-2"}


def said(messages: list[Message]) -> list[str]:
    return [f"{message.role}: {' '.join(text_of(part) for part in message.parts)}" for message in messages]


def shown(session: Session) -> list[str]:
    """The prompt of the session's one call, system text first."""
    prompt = prompt_at(session, call(session).index)
    assert prompt.fidelity == "recorded"
    return [*(f"system: {text_of(part)}" for part in prompt.system), *said([m.message for m in prompt.messages])]


def answer(session: Session) -> str:
    message = call(session).message
    return " ".join(text_of(part) for part in message.parts) if message else ""


def tools(session: Session) -> list[str]:
    return [tool.name for tool in prompt_at(session, call(session).index).tools]


def with_events(*events: tuple[str, dict[str, Any]]) -> Session:
    def pairs(values: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"key": key, "value": any_value(value)} for key, value in values.items()]

    listed = [{"name": name, "timeUnixNano": "1", "attributes": pairs(values)} for name, values in events]
    span = {"traceId": "a" * 32, "spanId": "b" * 16, "name": "chat", "attributes": pairs(CHAT), "events": listed}
    return only(read_document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}))


def test_a_part_that_was_not_sent_is_not_in_the_prompt() -> None:
    parts = [{"type": "text", "content": "old", "visible": False}, {"type": "text", "content": "hi", "visible": True}]
    session = otlp(CHAT | {"gen_ai.input.messages": json.dumps([{"role": "user", "parts": parts}])})
    assert shown(session) == ["user: hi"]


@pytest.mark.parametrize("prefix", ["message.", ""])
def test_a_choice_event_may_hold_its_message_unwrapped(prefix: str) -> None:
    calls = json.dumps([{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}])
    choice = {"index": 0, "finish_reason": "stop", f"{prefix}content": "yes", f"{prefix}tool_calls": calls}
    session = with_events(("gen_ai.user.message", {"content": "hi"}), ("gen_ai.choice", choice))
    assert (shown(session), answer(session)) == (["user: hi"], 'yes {"a":1}')


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("dotted", [False, True])
def test_openinference_messages_may_be_nested(as_text: bool, dotted: bool) -> None:
    def message(role: str, content: str) -> Any:
        return (
            {"message.role": role, "message.content": content}
            if dotted
            else {"message": {"role": role, "content": content}}
        )

    shown_, said_ = [message("system", "S"), message("user", "hi")], [message("assistant", "yo")]
    value = json.dumps if as_text else list
    session = otlp(OPENINFERENCE | {"llm.input_messages": value(shown_), "llm.output_messages": value(said_)})
    assert (shown(session), answer(session)) == (["system: S", "user: hi"], "yo")
    assert "messages_dropped" not in {gap.kind for gap in session.gaps}


def test_openinference_completions_are_prompts_of_text() -> None:
    session = otlp(OPENINFERENCE | {"llm.prompts.0.prompt.text": "once", "llm.choices.0.completion.text": "upon"})
    assert (shown(session), answer(session)) == (["user: once"], "upon")


def test_openinference_invocation_parameters_may_hold_the_request() -> None:
    given = {
        "system": "S",
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [{"name": "f", "input_schema": {}}],
    }
    said_ = {"llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "yo"}
    session = otlp(OPENINFERENCE | said_ | {"llm.invocation_parameters": json.dumps(given)})
    assert (shown(session), answer(session), tools(session)) == (["system: S", "user: hi"], "yo", ["f"])


def test_logfire_events_may_leave_the_role_to_their_names() -> None:
    events = [
        {"event.name": "gen_ai.user.message", "content": "hi"},
        {"event.name": "gen_ai.choice", "message": {"content": "yo"}},
    ]
    session = otlp(CHAT | {"events": json.dumps(events)})
    assert (shown(session), answer(session)) == (["user: hi"], "yo")


def test_logfire_keeps_the_request_and_the_response_of_a_client() -> None:
    response = {
        "message": {"role": "assistant", "content": "yo"},
        "usage": {"prompt_tokens": 4, "completion_tokens": 1},
    }
    request = {"model": "lumen-2", "messages": [{"role": "user", "content": "hi"}]}
    session = otlp(
        {"gen_ai.request.model": "m", "request_data": json.dumps(request), "response_data": json.dumps(response)}
    )
    assert (shown(session), answer(session), call(session).usage) == (["user: hi"], "yo", Usage(4, 1))


def test_pydantic_ai_says_its_tools_in_the_requests_parameters_and_its_run_is_an_agent() -> None:
    listed = [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]
    parameters = {"function_tools": [{"name": "f", "parameters_json_schema": {"type": "object"}}], "output_tools": []}
    session = otlp(
        {"gen_ai.agent.name": "a", "pydantic_ai.all_messages": json.dumps(listed), "name": "agent run"},
        CHAT | {"gen_ai.input.messages": json.dumps(listed), "model_request_parameters": json.dumps(parameters)},
    )
    assert tools(session) == ["f"]
    assert session.steps[0].kind == "agent"


def adk(*inner: str) -> Session:
    """ADK's span of a call, and spans of the model's client inside it, which hold no content."""
    config = {"system_instruction": "S", "tools": [{"function_declarations": [{"name": "f"}]}]}
    contents = [{"role": "user", "parts": [{"text": "hm", "thought": True}, {"text": "hi"}]}]
    request = json.dumps({"model": "m", "config": config, "contents": contents})
    outer = {
        "gcp.vertex.agent.llm_request": request,
        "gcp.vertex.agent.llm_response": "{}",
        "gen_ai.request.model": "m",
    }
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("b" * 16, "", outer),
        *((name * 16, "b" * 16, CHAT | {"gen_ai.usage.input_tokens": 7}) for name in inner),
    ]
    spans = [
        {
            "traceId": "a" * 32,
            "spanId": span_id,
            "parentSpanId": parent,
            "name": "call",
            "attributes": [{"key": key, "value": any_value(value)} for key, value in attributes.items()],
        }
        for span_id, parent, attributes in rows
    ]
    return only(read_document({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}))


def test_the_prompt_of_adks_span_is_that_of_the_one_call_inside_it() -> None:
    session = adk("c")
    assert [step.kind for step in session.steps if step.kind != "message"] == ["workflow", "llm_call"]
    assert shown(session) == ["system: S", "user: hm hi"]
    assert (tools(session), call(session).usage) == (["f"], Usage(7))


def test_a_wrapper_of_two_calls_lends_its_prompt_to_neither() -> None:
    session = adk("c", "d")
    assert [prompt_at(session, s.index).fidelity for s in session.steps if s.kind == "llm_call"] == ["absent", "absent"]


def test_mlflow_says_chat_model_usage_and_tools() -> None:
    session = otlp(
        {
            "mlflow.spanType": '"CHAT_MODEL"',
            "mlflow.spanInputs": json.dumps({"messages": [{"role": "user", "content": "hi"}]}),
            "mlflow.spanOutputs": json.dumps({"choices": [{"message": {"role": "assistant", "content": "yo"}}]}),
            "mlflow.chat.tokenUsage": json.dumps({"input_tokens": 4, "output_tokens": 1}),
            "mlflow.chat.tools": json.dumps([{"type": "function", "function": {"name": "f"}}]),
        }
    )
    assert (shown(session), answer(session), tools(session)) == (["user: hi"], "yo", ["f"])
    assert call(session).usage == Usage(4, 1)


def test_langfuse_attributes_hold_usage_cost_and_level() -> None:
    session = otlp(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.input": json.dumps([{"role": "user", "content": "hi"}]),
            "langfuse.observation.usage_details": json.dumps(
                {"input": 4, "output": 1, "input_cached_tokens": 3, "total": 8}
            ),
            "langfuse.observation.cost_details": json.dumps({"total": 0.25}),
            "langfuse.observation.level": "ERROR",
            "langfuse.observation.status_message": "refused",
        }
    )
    step = call(session)
    assert step.usage == Usage(7, 1, 3, origin="derived")
    assert (step.cost_usd, step.status, step.error) == (0.25, "error", "refused")


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "fetch_response", "gen_ai.request.model": "m"}, "other"),
        ({"ai.operationId": "ai.embedMany.doEmbed", "ai.model.id": "e"}, "embedding"),
    ],
)
def test_kinds_of_spans(attributes: dict[str, Any], kind: str) -> None:
    assert [step.kind for step in otlp(attributes).steps] == [kind]


def test_an_error_type_tells_a_failure_though_the_status_is_unset() -> None:
    (step,) = otlp({"mcp.method.name": "tools/call", "gen_ai.tool.name": "f", "error.type": "tool_error"}).steps
    assert (step.status, step.error) == ("error", "tool_error")


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({"args": [], "kwargs": {"a": 1}}, {"a": 1}),
        ({"input_str": "{}", "inputs": {"a": 1}}, {"a": 1}),
        ({"args": [1], "kwargs": {"a": 1}}, {"args": [1], "kwargs": {"a": 1}}),
        ({"a": 1}, {"a": 1}),
    ],
)
def test_openllmetry_puts_what_a_tool_was_given_inside(given: Any, arguments: Any) -> None:
    session = otlp(
        {"traceloop.span.kind": "tool", "traceloop.entity.name": "f", "traceloop.entity.input": json.dumps(given)}
    )
    assert session.steps[0].arguments == arguments


def test_langsmith_usage_is_the_messages_own_where_the_run_has_less() -> None:
    counts = {"input_tokens": 9, "output_tokens": 2, "input_token_details": {"cache_read": 3}}
    message = {
        "lc": 1,
        "type": "constructor",
        "id": ["AIMessage"],
        "kwargs": {"content": "yo", "usage_metadata": counts},
    }
    run = {
        "id": "r1",
        "name": "model",
        "run_type": "llm",
        "trace_id": "t",
        "start_time": "2026-02-03T10:00:00",
        "inputs": {"messages": [{"role": "user", "content": "hi"}]},
        "outputs": {
            "generations": [[{"text": "yo", "message": message}]],
            "llm_output": {"token_usage": {"prompt_tokens": 9, "completion_tokens": 2}},
        },
    }
    assert call(only(read_document([run]))).usage == Usage(9, 2, 3)


def test_langfuse_inputs_in_geminis_shape_have_their_instructions() -> None:
    contents = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "config": {"system_instruction": "S"}}
    session = otlp({"langfuse.observation.type": "generation", "langfuse.observation.input": json.dumps(contents)})
    assert shown(session) == ["system: S", "user: hi"]


def test_adks_merged_tools_are_no_call_and_its_runs_are_agents() -> None:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f", "gcp.vertex.agent.tool_call_args": "{}"}
    merged = {"name": "execute_tool (merged tools)", "gen_ai.operation.name": "execute_tool"}
    session = otlp({"name": "invocation"}, {"name": "agent_run [clerk]"}, tool, merged, scope="gcp.vertex.agent")
    assert [(step.kind, step.agent) for step in session.steps] == [
        ("workflow", None),
        ("agent", "clerk"),
        ("tool_call", None),
        ("other", None),
    ]


def test_agents_and_tools_are_named_by_each_dialects_own_attributes() -> None:
    session = otlp(
        {"traceloop.span.kind": "agent", "traceloop.entity.name": "clerk", "name": "clerk.agent"},
        {"name": "agent run", "agent_name": "clerk", "all_messages_events": "[]"},
        {"mlflow.spanType": '"TOOL"', "mlflow.spanFunctionName": '"look_up"', "mlflow.spanInputs": '{"id": 1}'},
    )
    first, second, tool = session.steps
    assert (first.kind, first.agent, second.kind, second.agent) == ("agent", "clerk", "agent", "clerk")
    assert (tool.tool, tool.arguments) == ("look_up", {"id": 1})


@pytest.mark.parametrize(
    ("told", "cost"),
    [
        ({"total_cost": "0.004", "prompt_cost": 9}, 0.004),
        ({"prompt_cost": "0.001", "completion_cost": "0.0002"}, 0.0012),
        ({"completion_cost": 0.5}, 0.5),
        ({"prompt_cost_details": {"cache_read": "0.1", "text": 0.2}, "completion_cost_details": {"text": "0.3"}}, 0.6),
        ({"outputs": {"usage_metadata": {"input_tokens": 1, "input_cost": 0.25, "output_cost": 0.5}}}, 0.75),
        ({"extra": {"metadata": {"usage_metadata": {"total_cost": 0.125}}}}, 0.125),
        ({"total_cost": None}, None),
    ],
)
def test_langsmith_cost_is_the_total_or_what_its_parts_make(told: dict[str, Any], cost: float | None) -> None:
    run = {"id": "r1", "name": "model", "run_type": "llm", "trace_id": "t", "inputs": {"messages": []}}
    found = only(read_document([run | told])).steps[-1].cost_usd
    assert found == (cost if cost is None else pytest.approx(cost))
