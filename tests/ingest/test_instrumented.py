"""Spans that real instrumentations wrote of one conversation, in each encoding that the SDK has: all tell the same.

A local server answered with a tool call, then with text. The files are what `opentelemetry-sdk` exported: protobuf, its
JSON form (base64 ids, names for enums), and the console exporter's objects.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.reading import only
from tracetui.context import Prompt, prompt_at, prompts
from tracetui.ingest.open import open_trace
from tracetui.model import Message, Session, Step, ToolCallPart, ToolCallResponsePart, Usage
from tracetui.parts import text_of

FOLDER = Path(__file__).parent.parent / "recorded" / "instrumented"
FORMATS = {"json": "otlp", "pb": "otlp-protobuf", "console.json": "span-dump"}


def said(message: Message) -> tuple[str, str]:
    return message.role, " ".join(text_of(part) for part in message.parts)


def tool_call(session: Session) -> Step:
    """The one call of a tool, as every instrumentation tells it."""
    (tool,) = (step for step in session.steps if step.kind == "tool_call")
    assert (tool.tool, tool.arguments, tool.result, tool.call_id) == ("get_weather", {"city": "Oslo"}, "rain", "call_1")
    return tool


def assert_the_conversation_is_whole(session: Session) -> tuple[Prompt, Prompt]:
    """Both prompts were recorded, and the second has all that was said and what the tool answered."""
    first, second = prompts(session)
    assert (first.fidelity, second.fidelity) == ("recorded", "recorded")
    spoken = [said(Message("system", second.system))] if second.system else []
    assert [*spoken, *(said(entry.message) for entry in second.messages)] == [
        ("system", "Be brief."),
        ("user", "Weather in Oslo?"),
        ("assistant", '{"city":"Oslo"}'),
        ("tool", "rain"),
    ]
    tool_call(session)
    return first, second


@pytest.mark.parametrize("encoding", FORMATS)
@pytest.mark.parametrize("instrumentation", ["openinference", "traceloop", "pydantic"])
def test_a_conversation_is_read_whole_from_every_encoding(instrumentation: str, encoding: str) -> None:
    trace = open_trace(str(FOLDER / f"{instrumentation}.{encoding}.gz"))
    session = only(trace)
    assert trace.format == FORMATS[encoding]
    assert trace.report.records == trace.report.read
    assert not session.gaps
    first, second = prompts(session)
    assert (first.fidelity, second.fidelity) == ("recorded", "recorded")
    assert [said(entry.message) for entry in first.messages] == [("system", "Be brief."), ("user", "Weather in Oslo?")]
    asked, answered = (entry.message.parts[0] for entry in second.messages[2:])
    assert isinstance(asked, ToolCallPart)
    assert (asked.id, asked.name, asked.arguments) == ("call_1", "get_weather", {"city": "Oslo"})
    assert isinstance(answered, ToolCallResponsePart)
    assert (answered.id, answered.response) == ("call_1", "rain")
    assert tool_call(session).parent == first.step
    call = session.steps[second.step]
    assert (call.model, call.usage) == ("gpt-4o-mini-2024", Usage(30, 7, 10, None, 2))
    assert call.message is not None
    assert said(call.message) == ("assistant", "It rains in Oslo.")
    (definition,) = prompt_at(session, second.step).tools
    assert definition.name == "get_weather"
    assert definition.parameters is not None
    assert "city" in definition.parameters["properties"]


WRITERS: dict[str, tuple[str, str, Usage]] = {
    "vercel4.json": ("otlp", "sess-7", Usage(30, 7)),
    "vercel5.json": ("otlp", "sess-7", Usage(30, 7)),
    "vercel6.json": ("otlp", "sess-7", Usage(30, 7, 10, 0, 2)),
    "vercel7.pb": ("otlp-protobuf", "", Usage(30, 7, 10, 0)),
    "vercel6.zipkin.json": ("span-dump", "sess-7", Usage(30, 7, 10, 0, 2)),
    "vercel6.clickhouse.jsonl": ("span-dump", "sess-7", Usage(30, 7, 10, 0, 2)),
    "logfire.json": ("otlp", "", Usage(30, 7, 10, None, 2)),
    "langfuse.json": ("otlp", "", Usage(30, 7, 10, None, 2)),
    "langfuse.zipkin.json": ("span-dump", "", Usage(30, 7, 10, None, 2)),
    "mlflow.json": ("otlp", "", Usage(30, 7, 10)),
}
"""By file: the format, the session that it names, and the usage of each call."""


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_conversation_is_read_whole_from_every_writer(name: str) -> None:
    trace = open_trace(str(FOLDER / f"{name}.gz"))
    session = only(trace)
    expected, session_id, usage = WRITERS[name]
    assert (trace.format, session.session_id) == (expected, session_id or session.session_id)
    assert trace.report.records == trace.report.read
    assert not session.gaps
    first, second = assert_the_conversation_is_whole(session)
    assert tool_call(session).parent == first.step
    calls = [step for step in session.steps if step.usage is not None]
    assert [(step.kind, step.model, step.usage) for step in calls] == [("llm_call", "gpt-4o-mini-2024", usage)] * 2
    (definition,) = prompt_at(session, second.step).tools
    assert (definition.name, definition.description) == ("get_weather", "The weather in a city.")
    assert definition.parameters is not None
    assert "city" in definition.parameters["properties"]


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_the_agents_sdk_tells_the_same_of_both_apis(api: str) -> None:
    trace = open_trace(str(FOLDER / f"agents_{api}.jsonl.gz"))
    session = only(trace)
    assert (trace.format, session.gaps) == ("openai-agents", ())
    assert_the_conversation_is_whole(session)
    calls = [step for step in session.steps if step.kind == "llm_call"]
    assert [(step.agent, step.usage and step.usage.input_tokens) for step in calls] == [("weather", 30)] * 2


def test_what_the_agents_sdk_leaves_out_by_default_is_a_gap_with_its_remedy() -> None:
    session = only(open_trace(str(FOLDER / "agents_default.jsonl.gz")))
    calls = [step for step in session.steps if step.kind == "llm_call"]
    assert prompt_at(session, calls[0].index).fidelity == "absent"
    (gap,) = session.gaps
    assert gap.steps == tuple(step.number for step in calls)
    assert "tracing processor" in gap.remedy


def test_adks_spans_have_ids_of_their_own_for_calls_that_prompts_name_by_place() -> None:
    session = only(open_trace(str(FOLDER / "adk.json.gz")))
    tools = [step for step in session.steps if step.kind == "tool_call"]
    assert [(step.tool, step.arguments) for step in tools] == [
        ("look", {"order": "o1"}),
        ("look", {"order": "o2"}),
        ("transfer_to_agent", {"agent_name": "refunder"}),
        ("look", {"order": "bad"}),
    ]
    asked = [step for step in session.steps if step.kind == "message"]
    assert not any(
        isinstance(part, ToolCallResponsePart) for step in asked if step.message for part in step.message.parts
    )
    shown = {entry.from_step for prompt in prompts(session) for entry in prompt.messages}
    assert {tools[0].index, tools[3].index} <= shown
