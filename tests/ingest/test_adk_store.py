"""Google ADK's session databases, with events as JSON and, before that, in columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ingest.database import database, sample
from tests.ingest.reading import kinds, only, read
from tracetui.context import prompt_at
from tracetui.errors import UnreadableSourceError
from tracetui.model import Usage


def test_events_are_steps_in_order_of_time() -> None:
    session = only(sample("adk_store.sqlite"))
    assert session.session_id == "s-1"
    assert kinds(session) == ["message", "llm_call", "tool_call", "handoff", "llm_call"]
    call, tool = session.steps[1:3]
    assert call.usage == Usage(80, 16, 16, None, 4, "derived")
    assert (tool.tool, tool.arguments, tool.result) == (
        "open_valve",
        {"plot": "7", "minutes": 10},
        {"valve": "v-7", "open": True},
    )
    assert len(prompt_at(session, 4).messages) == 3


def test_events_in_columns_are_read_and_their_pickled_actions_are_not(tmp_path: Path) -> None:
    script = (
        "CREATE TABLE sessions (app_name, user_id, id, state);"
        " CREATE TABLE events (id, app_name, user_id, session_id, invocation_id, author, actions, timestamp, content,"
        " usage_metadata, partial, error_code, error_message);"
    )
    user = json.dumps({"role": "user", "parts": [{"text": "hi"}]})
    answer = json.dumps({"role": "model", "parts": [{"text": "hello"}]})
    usage = json.dumps({"prompt_token_count": 5, "candidates_token_count": 2})
    at = "2026-02-03 10:00:0"
    events = [
        ("e2", "a", "u", "s", "i", "bot", b"\x80\x04.", at + "2", answer, usage, 0, None, None),
        ("e1", "a", "u", "s", "i", "user", b"\x80\x04.", at + "1", user, None, None, None, None),
        ("e3", "a", "u", "s", "i", "bot", b"\x80\x04.", at + "3", None, None, None, "429", "too many"),
    ]
    trace = read(database(tmp_path / "a.db", script, sessions=[("a", "u", "s", "{}")], events=events), path="x.bin")
    said, answered, failed = only(trace).steps
    assert (trace.format, said.kind, answered.agent) == ("adk-store", "message", "bot")
    assert answered.usage == Usage(5, 2)
    assert answered.start_ns == 1770112802_000_000_000
    assert (failed.status, failed.error) == ("error", "too many")
    assert any("pickled" in note for note in trace.report.notes)


def test_another_database_with_sessions_and_events_is_left_alone(tmp_path: Path) -> None:
    script = "CREATE TABLE sessions (id, game); CREATE TABLE events (id, action)"
    raw = database(tmp_path / "a.db", script, sessions=[(1, "x")], events=[(1, "jump")])
    with pytest.raises(UnreadableSourceError, match="binary"):
        read(raw, path="x.bin")
