"""opencode's export and the stream that its run prints."""

from __future__ import annotations

from typing import Any

from tests.ingest.reading import gap_kinds, kinds, only, read_document, read_lines
from tracetui.context import prompt_at


def test_the_stream_of_a_run_is_read_message_by_message() -> None:
    def line(kind: str, message: str, **part: Any) -> dict[str, Any]:
        return {"type": kind, "timestamp": 1770000000000, "sessionID": "ses_1", "part": part | {"messageID": message}}

    state = {"status": "completed", "input": {"path": "a"}, "output": "A", "time": {"start": 1769999999000, "end": 1}}
    tokens = {"input": 7, "output": 2, "reasoning": 0, "cache": {"read": 3, "write": 0}}
    trace = read_lines(
        line("step_start", "m1", type="step-start"),
        line("tool_use", "m1", type="tool", callID="c", tool="read", state=state),
        line("step_finish", "m1", type="step-finish", reason="tool-calls", cost=0.5, tokens=tokens),
        line("text", "m2", type="text", text="It says A."),
        {"type": "error", "sessionID": "ses_1", "error": {"name": "E", "data": {"message": "overloaded"}}},
        {"other": 1},
    )
    session = only(trace)
    assert (trace.format, session.session_id) == ("opencode", "ses_1")
    assert sorted(kinds(session)) == ["error", "llm_call", "llm_call", "tool_call"]
    first = next(step for step in session.steps if step.kind == "llm_call")
    assert first.usage is not None
    assert (first.usage.input_tokens, first.cost_usd) == (10, 0.5)
    assert first.start_ns == 1769999999 * 10**9
    assert "content_partly_recorded" in gap_kinds(session)
    assert len(trace.report.skipped) == 1


def test_a_call_that_was_tried_again_says_why() -> None:
    parts = [
        {"type": "step-start"},
        {"type": "retry", "attempt": 1, "error": {"name": "APIError", "data": {"message": "overloaded"}}},
        {"type": "text", "text": "done"},
        {"type": "patch", "hash": "h", "files": ["a.py"]},
    ]
    message = {"info": {"id": "m", "role": "assistant", "time": {"created": 1}}, "parts": parts}
    session = only(read_document({"info": {"id": "s", "directory": "/x"}, "messages": [message]}))
    assert [(step.kind, step.error) for step in session.steps] == [("error", "overloaded"), ("llm_call", None)]
    assert session.steps[1].attributes["parts"] == [parts[3]]
    assert prompt_at(session, 1).messages == ()


def test_a_command_that_ended_with_another_code_than_nought_failed() -> None:
    def tool(code: int) -> dict[str, Any]:
        state = {"status": "completed", "input": {}, "output": "x", "title": "t", "metadata": {"exit": code}}
        return {"type": "tool", "callID": f"c{code}", "tool": "bash", "state": state}

    info = {"id": "m", "role": "assistant", "providerID": "local", "path": {"cwd": "/x"}}
    message = {"info": info, "parts": [tool(0), tool(2)]}
    session = only(read_document({"info": {"id": "s", "directory": "/x"}, "messages": [message]}))
    assert [(step.status, step.error) for step in session.steps[1:]] == [("ok", None), ("error", "exit code 2")]
    assert session.steps[2].attributes == {"title": "t", "metadata": {"exit": 2}}
    assert session.steps[0].attributes == {"providerID": "local", "path": {"cwd": "/x"}}
