"""OpenClaw's telemetry: ends join their starts, sub-agents have windows, and answers come from later lines."""

from __future__ import annotations

from typing import Any

from tests.ingest.reading import gap_kinds, kinds, only, read_lines
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import Session


def sample() -> Session:
    return only(open_trace(str(SAMPLES / "openclaw_telemetry.jsonl")))


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "sessionKey": "telegram:1", "seq": 1, "ts": 1_770_000_000_000} | fields


def test_lines_are_steps_and_two_lines_of_one_thing_are_one() -> None:
    trace = open_trace(str(SAMPLES / "openclaw_telemetry.jsonl"))
    session = only(trace)
    assert trace.format == "openclaw-telemetry"
    assert trace.report.records == trace.report.read == 15
    assert kinds(session) == [
        "message",
        "agent",
        "llm_call",
        "tool_call",
        "tool_call",
        "agent",
        "tool_call",
        "message",
    ]


def test_a_tool_has_its_outcome_its_time_and_the_answer_that_a_later_line_holds() -> None:
    found, _, failed = (step for step in sample().steps if step.kind == "tool_call")
    assert (found.status, found.duration_ns, found.call_id) == ("ok", 80_000_000, "toolu_1")
    assert found.arguments == {"title": "dentist"}
    assert "evt-204" in str(found.result)
    assert (failed.status, failed.error, failed.has_result) == ("error", "desk-cli: connection refused", False)


def test_a_sub_agent_has_a_window_and_knows_the_call_that_started_it() -> None:
    session = sample()
    scope = session.scopes[1]
    assert (scope.kind, scope.parent) == ("sub_agent", "main")
    assert scope.spawned_by is not None
    assert session.steps[scope.spawned_by].tool == "sessions_spawn"


def test_usage_includes_the_cache_and_the_prompt_is_absent_with_its_remedy() -> None:
    session = sample()
    call = session.steps[2]
    assert call.usage is not None
    assert (call.usage.input_tokens, call.usage.cache_read_input_tokens, call.cost_usd) == (812, 800, 0.004)
    assert call.start_ns == 1_770_200_000_150_000_000
    assert "content_not_recorded" in gap_kinds(session)
    assert prompt_at(session, call.index).fidelity == "partial"


def test_the_plain_plugin_tells_lengths_alone() -> None:
    session = only(
        read_lines(
            event("message.in", channel="telegram", contentLength=12),
            event("tool.end", toolName="bash", success=True),
            event("agent.end", success=False, error="stopped"),
        )
    )
    message, tool, agent = session.steps
    assert message.summary == "user's message of 12 characters"
    assert (tool.tool, tool.status) == ("bash", "ok")
    assert (agent.status, agent.error) == ("error", "stopped")


def test_parallel_runs_of_one_tool_end_in_the_order_in_which_they_began() -> None:
    starts = [event("tool.start", toolName="bash", params={"n": n}) for n in (1, 2)]
    ends = [event("tool.end", toolName="bash", durationMs=n, success=True) for n in (10, 20)]
    session = only(read_lines(*starts, *ends))
    assert [(step.arguments, step.duration_ns) for step in session.steps] == [
        ({"n": 1}, 10_000_000),
        ({"n": 2}, 20_000_000),
    ]


def test_fields_of_a_wrong_type_are_no_reason_to_fail() -> None:
    odd = event("tool.start", toolName=5, params=[], sessionKey={"a": 1}, ts="soon", messages=[5, {"content": 7}])
    assert kinds(only(read_lines(odd, event("llm.usage", inputTokens="x", durationMs=-1)))) == ["tool_call", "llm_call"]


def test_two_lines_of_one_start_are_one_though_another_session_speaks_between() -> None:
    starts = [event("agent.start", sessionKey=key, prompt="go on", promptLength=5) for key in ("a", "b", "a", "b")]
    later = [event("tool.start", sessionKey="a", toolName="bash"), event("agent.start", sessionKey="a", prompt="go on")]
    session = only(read_lines(*starts, *later))
    assert [(step.kind, len(step.also)) for step in session.steps] == [
        ("agent", 1),
        ("agent", 1),
        ("tool_call", 0),
        ("agent", 0),
    ]
