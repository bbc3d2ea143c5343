"""τ²-bench results: whose tools a result is of, and how it ended."""

from __future__ import annotations

from typing import Any

from tests.ingest.reading import kinds, only, read_document
from tracetui.context import prompt_at
from tracetui.model import Session
from tracetui.parts import text_of


def results(*messages: dict[str, Any]) -> Session:
    simulation = {"id": "s", "task_id": "t", "messages": list(messages)}
    return only(read_document({"info": {}, "tasks": [], "simulations": [simulation]}))


def asked(*calls: str, by: str = "assistant") -> dict[str, Any]:
    tools = [{"id": call, "name": "get", "arguments": {"id": call}, "requestor": by} for call in calls]
    return {"role": by, "content": None, "tool_calls": tools, "timestamp": "2026-01-01T00:00:03"}


def answered(call: str, text: str, *, by: str = "assistant", error: bool = False) -> dict[str, Any]:
    return {"id": call, "role": "tool", "content": text, "requestor": by, "error": error}


def window(session: Session) -> list[str]:
    prompt = prompt_at(session, session.steps[-1].index)
    return ["".join(map(text_of, entry.message.parts)) for entry in prompt.messages]


def test_a_result_belongs_to_the_call_that_its_id_names_and_says_whether_it_failed() -> None:
    session = results(asked("c1", "c2"), answered("c2", "none", error=True), answered("c1", "ok"))
    tools = [(step.call_id, step.status, step.error, step.result) for step in session.steps[1:]]
    assert tools == [("c1", "ok", None, "ok"), ("c2", "error", "none", "none")]


def test_results_that_stand_together_are_read_one_by_one() -> None:
    together = {"role": "tool", "tool_messages": [answered("c1", "one"), answered("c2", "two")]}
    session = results(asked("c1", "c2"), together)
    assert [step.result for step in session.steps[1:]] == ["one", "two"]


def test_what_the_simulated_user_does_never_reaches_the_agents_window() -> None:
    said = {"role": "user", "content": "done", "cost": 0.5, "timestamp": "2026-01-01T00:00:09"}
    end = {"role": "assistant", "content": "bye"}
    session = results(asked("u1", by="user"), answered("u1", "toggled", by="user"), said, end)
    assert kinds(session) == ["message", "message", "message", "llm_call"]
    assert window(session) == ["done"]
    assert [step.agent for step in session.steps[:2]] == ["user", "user"]
    assert session.steps[2].start_ns is not None
    assert (session.steps[2].attributes, session.steps[2].cost_usd) == ({"simulator": {"cost": 0.5}}, None)
