from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.shared import SAMPLES, sample_traces
from tests.write.same import converted, differences, facts_of, reopened, with_steps
from tracetui.context import prompts
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, OtherPart, ReasoningPart, RecordedPrompt, SourceRef, TextPart
from tracetui.write import otlp


def spans_of(name: str) -> list[dict[str, Any]]:
    data, _ = converted(with_steps(str(SAMPLES / name)), "otlp")
    spans: list[dict[str, Any]] = json.loads(data)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    return spans


def attributes(span: dict[str, Any]) -> dict[str, str]:
    return {item["key"]: next(iter(item["value"].values())) for item in span["attributes"]}


EVERY = [str(path.relative_to(SAMPLES)) for path in sample_traces()]


@pytest.mark.parametrize("name", EVERY)
def test_a_real_otlp_parser_takes_every_sample(name: str) -> None:
    pytest.importorskip("opentelemetry.proto", reason="opentelemetry-proto is not installed")
    from google.protobuf.json_format import Parse
    from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

    document = json.loads(converted(with_steps(str(SAMPLES / name)), "otlp")[0])
    spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for span in spans:
        # OTLP writes ids in hex; the JSON of protocol buffers has bytes in base64.
        for key in ("traceId", "spanId", "parentSpanId"):
            if key in span:
                span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    parsed = Parse(json.dumps(document), TracesData()).resource_spans[0].scope_spans[0].spans
    assert [(len(span.trace_id), len(span.span_id)) for span in parsed] == [(16, 8)] * len(spans)
    assert [span.name for span in parsed] == [span["name"] for span in spans]
    sessions = with_steps(str(SAMPLES / name))
    said = [step.message is not None for session in sessions for step in session.steps if step.kind == "llm_call"]
    calls = [{item.key for item in span.attributes} for span in parsed if span.name.split()[0] == "chat"]
    assert ["gen_ai.output.messages" in keys for keys in calls] == said


def test_a_call_has_the_attributes_of_the_conventions() -> None:
    span = spans_of("incident_content.jsonl")[2]
    told = attributes(span)
    assert span["name"] == "chat claude-3-7-sonnet"
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.conversation.id"] == "ses_abc123"
    assert [message["role"] for message in json.loads(told["gen_ai.input.messages"])][:2] == ["system", "user"]
    assert json.loads(told["gen_ai.output.messages"])[0]["role"] == "assistant"


def test_a_tool_is_a_span_below_the_call_that_asked() -> None:
    call, tool = spans_of("incident_content.jsonl")[:2]
    assert tool["parentSpanId"] == call["spanId"]
    assert attributes(tool)["gen_ai.tool.name"] == "get_customer"
    assert json.loads(attributes(tool)["gen_ai.tool.call.arguments"]) == {"id": "cust_789"}


def test_a_rebuilt_prompt_is_not_taken_for_a_record_even_without_the_supplement() -> None:
    document = json.loads(converted(with_steps(str(SAMPLES / "incident_content.jsonl")), "otlp")[0])
    for span in document["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        kept = [item for item in span["attributes"] if item["key"] not in ("tracetui.step", "tracetui.session")]
        span["attributes"] = kept
    session = reopened(json.dumps(document).encode(), "otlp").sessions[0]
    assert {prompt.fidelity for prompt in prompts(session)} == {"rebuilt"}


def test_without_some_of_its_spans_the_rest_still_opens() -> None:
    document = json.loads(converted(with_steps(str(SAMPLES / "incident_content.jsonl")), "otlp")[0])
    spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    del spans[1]
    trace = reopened(json.dumps(document).encode(), "otlp")
    assert len(trace.sessions[0].steps) == len(spans)


def test_a_record_without_a_system_prompt_is_not_given_that_of_its_window() -> None:
    place = SourceRef("anywhere", 0, 1)
    odd = (ReasoningPart(""), OtherPart("", None))
    builder = SessionBuilder("odd")
    builder.set_system(odd, "main")
    asked = Message("user", (TextPart("hello"),))
    builder.prompt(builder.step("llm_call", place), RecordedPrompt(messages=(asked,), source=place))
    session = builder.build()
    again = reopened(converted((session,), "otlp")[0], "otlp").sessions[0]
    assert again.prompts[0].system == ()
    assert [prompt.system for prompt in prompts(again)] == [odd]


@pytest.mark.parametrize(
    "name", ["incident_content.jsonl", "claude_code.jsonl", "codex_rollout.jsonl", "swe_agent.traj"]
)
def test_prompts_of_a_long_run_that_are_not_written_out_are_folded_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = with_steps(str(SAMPLES / name))
    whole, notes = converted(sessions, "otlp")
    assert not any("not written out" in note for note in notes)
    monkeypatch.setattr(otlp, "MOST_REBUILT_CHARACTERS", 1)
    short, notes = converted(sessions, "otlp")
    again = reopened(short, "otlp").sessions
    pairs = zip(map(facts_of, sessions), map(facts_of, again), strict=True)
    assert not [d for first, second in pairs for d in differences(first, second)]
    assert len(short) <= len(whole)
    if not sessions[0].prompts:
        assert "rebuilt prompts are not written out" in notes[-1]
        assert len(short) < len(whole)
