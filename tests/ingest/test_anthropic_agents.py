"""Sessions of Anthropic's managed agents: the events of an answer are one call, results join, repeats count once."""

from __future__ import annotations

import json
from typing import Any

from tests.ingest.reading import gap_kinds, kinds, only, read_document, read_lines
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import Usage

ROWS = [json.loads(line) for line in (SAMPLES / "anthropic_agents.jsonl").read_text().splitlines()]


def event(number: str, kind: str, **told: Any) -> dict[str, Any]:
    return {"id": number, "processed_at": "2026-02-03T10:00:00Z", "type": kind} | told


def test_the_events_of_an_answer_are_one_call_with_its_usage_and_time() -> None:
    session = only(open_trace(str(SAMPLES / "anthropic_agents.jsonl")))
    assert (session.session_id, kinds(session)) == ("sesn_ferry", ["message", "llm_call", "tool_call", "llm_call"])
    first, tool = session.steps[1:3]
    assert (first.model, first.agent, first.duration_ns) == ("claude-small-1", "Harbour", 2_000_000_000)
    assert first.usage == Usage(340, 22, 300, 0, origin="derived")
    assert (tool.tool, tool.arguments, tool.result) == ("ferry_times", {"pier": "old pier"}, "18:10, 19:40, 21:05")
    prompt = prompt_at(session, 3)
    assert [entry.from_step for entry in prompt.messages] == [0, 1, 2]
    assert [tool.name for tool in prompt.tools] == ["ferry_times"]
    assert "ferries" in str(prompt.system)


def test_a_page_of_events_and_a_log_of_calls_are_the_same_session() -> None:
    sent = ["client.beta.sessions.events.send", ["sesn_ferry", {"events": []}]]
    logged = [sent, *(["client.beta.sessions.events.stream", row] for row in [*ROWS, ROWS[2]])]
    for trace in (read_document({"data": ROWS}), read_lines(*logged)):
        assert trace.format == "anthropic-agents"
        assert trace.report.skipped == ()
        assert kinds(only(trace)) == ["message", "llm_call", "tool_call", "llm_call"]


def test_a_refused_tool_and_a_request_that_failed_are_errors() -> None:
    session = only(
        read_lines(
            event("1", "user.message", content=[{"type": "text", "text": "go"}]),
            event("2", "agent.mcp_tool_use", name="search", input={"q": 1}),
            event("3", "user.tool_confirmation", tool_use_id="2", result="deny", deny_message="not here"),
            event(
                "4",
                "agent.mcp_tool_result",
                mcp_tool_use_id="2",
                is_error=True,
                content=[{"type": "text", "text": "no"}],
            ),
            event("5", "span.model_request_start"),
            event("6", "span.model_request_end", is_error=True),
            event("7", "session.error", error={"message": "overloaded"}),
        )
    )
    assert kinds(session) == ["message", "llm_call", "tool_call", "guardrail", "llm_call", "error"]
    assert (session.steps[2].status, session.steps[2].error) == ("error", "no")
    assert session.steps[3].summary == "user.tool_confirmation: not here"
    assert (session.steps[4].status, session.steps[5].error) == ("error", "overloaded")
    assert "system_prompt_not_recorded" in gap_kinds(session)
