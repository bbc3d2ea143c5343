"""Sessions of the OpenAI Agents SDK in SQLite."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ingest.database import database, sample
from tests.ingest.reading import gap_kinds, kinds, only, read
from tracetui.context import prompt_at

SCRIPT = "CREATE TABLE agent_sessions (session_id); CREATE TABLE agent_messages (id, session_id, message_data);"


def test_items_are_steps_and_the_call_has_its_output() -> None:
    session = only(sample("openai_agents_store.sqlite"))
    assert session.session_id == "harbour-9"
    assert kinds(session) == ["message", "llm_call", "tool_call", "llm_call"]
    tool = session.steps[2]
    assert (tool.tool, tool.arguments, tool.result) == ("berth_of", {"ship": "Lotta"}, {"berth": "B4"})
    assert prompt_at(session, 3).fidelity != "recorded"
    assert gap_kinds(session) == {"system_prompt_not_recorded", "tools_not_recorded"}


def test_a_step_has_the_time_at_which_its_item_was_stored(tmp_path: Path) -> None:
    item = json.dumps({"role": "user", "content": "Which berth?"})
    script = SCRIPT.replace("message_data", "message_data, created_at")
    rows = [(1, "a", item, "2026-02-03 10:00:01"), (2, "a", item.replace("user", "assistant"), None)]
    trace = read(database(tmp_path / "s.db", script, agent_sessions=[("a",)], agent_messages=rows), path="x.bin")
    assert [step.start_ns for step in only(trace).steps] == [1_770_112_801 * 10**9, None]


def test_conversations_are_kept_apart_and_in_order_of_their_ids(tmp_path: Path) -> None:
    def row(number: int, session: str, role: str, text: str) -> tuple[int, str, str]:
        return number, session, json.dumps({"role": role, "content": text})

    rows = [
        row(4, "b", "assistant", "4"),
        row(1, "a", "user", "1"),
        row(2, "b", "user", "2"),
        row(3, "a", "assistant", "3"),
    ]
    trace = read(
        database(tmp_path / "s.db", SCRIPT, agent_sessions=[("a",), ("b",)], agent_messages=rows), path="x.bin"
    )
    assert trace.format == "openai-agents-store"
    told = {s.session_id: [step.message.parts[0].content for step in s.steps] for s in trace.sessions}  # type: ignore[union-attr]
    assert told == {"a": ["1", "3"], "b": ["2", "4"]}
