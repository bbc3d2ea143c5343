"""τ-bench runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import (
    assert_places_hold_what_they_point_at,
    gap_kinds,
    kinds,
    only,
    pointers,
    read,
    read_document,
    read_lines,
)

RUN: dict[str, Any] = {
    "task_id": 3,
    "trial": 1,
    "reward": 0.0,
    "traj": [
        {"role": "system", "content": "policy"},
        {"role": "user", "content": "héllo"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}],
        },
        {"role": "tool", "tool_call_id": "c", "name": "f", "content": '{"b": 2}'},
        {"role": "assistant", "content": "done"},
    ],
}


def test_a_run_is_a_session_with_a_step_a_message() -> None:
    data = json.dumps(RUN, ensure_ascii=False, indent=1).encode()
    trace = read(data)
    session = only(trace)
    assert (trace.format, session.session_id) == ("tau-bench", "task 3 trial 1")
    assert kinds(session) == ["message", "message", "llm_call", "tool_call", "llm_call"]
    assert pointers(session) == [f"/traj/{index}" for index in range(5)]
    assert (session.steps[3].arguments, session.steps[3].result) == ({"a": 1}, {"b": 2})
    assert session.attributes == {"task_id": 3, "trial": 1, "reward": 0.0}
    assert gap_kinds(session) == {"tools_not_recorded"}
    assert_places_hold_what_they_point_at(trace, data)


@pytest.mark.parametrize("lines", [True, False])
def test_several_runs_are_sessions(lines: bool) -> None:
    other = RUN | {"trial": 2}
    trace = read_lines(RUN, other) if lines else read_document([RUN, other, {"note": "x"}])
    assert [session.session_id for session in trace.sessions] == ["task 3 trial 1", "task 3 trial 2"]
    root = "" if lines else "/1"
    assert pointers(trace.sessions[1])[2] == f"{root}/traj/2"
    assert len(trace.report.skipped) == (0 if lines else 1)
