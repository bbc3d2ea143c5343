"""opencode's database: what its export holds, as rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.ingest.database import database, sample
from tests.ingest.reading import kinds, only, read, read_document
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.model import Usage

SCRIPT = (
    "CREATE TABLE session (id, title); CREATE TABLE message (id, session_id, data);"
    " CREATE TABLE part (id, message_id, session_id, data);"
)


def test_rows_are_steps_with_usage_cost_and_results() -> None:
    session = only(sample("opencode_store.sqlite"))
    assert session.session_id == "ses_1"
    assert kinds(session) == ["message", "llm_call", "tool_call", "llm_call"]
    call, tool, last = session.steps[1:]
    assert call.usage == Usage(150, 35, 40, 10, 5, "derived")
    assert (call.cost_usd, call.agent, call.model) == (0.002, "build", "lumen-2")
    assert (tool.arguments, tool.result) == ({"prompt": "Look for the switch of hall 4"}, "switch s-17, off")
    assert [shown.message.role for shown in prompt_at(session, last.index).messages] == ["user", "assistant", "tool"]


def test_each_session_of_the_database_is_one(tmp_path: Path) -> None:
    messages = [(f"m{name}", name, json.dumps({"role": "user"})) for name in "ab"]
    parts = [(f"p{name}", f"m{name}", name, json.dumps({"type": "text", "text": name})) for name in "ab"]
    raw = database(tmp_path / "o.db", SCRIPT, session=[("a", "A"), ("b", "B")], message=messages, part=parts)
    trace = read(raw, path="x.bin")
    assert [(s.session_id, s.attributes["title"], len(s.steps)) for s in trace.sessions] == [
        ("a", "A", 1),
        ("b", "B", 1),
    ]


def test_a_step_stands_at_its_row_and_at_its_bytes() -> None:
    data = (SAMPLES / "opencode_store.sqlite").read_bytes()
    step = sample("opencode_store.sqlite").sessions[0].steps[2]
    assert step.source.pointer == "/part/4"
    assert b"call_1" in data[step.source.offset : step.source.offset + step.source.length]


def test_the_database_and_the_export_tell_the_same(tmp_path: Path) -> None:
    export = json.loads((SAMPLES / "opencode.json").read_bytes())
    messages, parts = [], []
    for n, message in enumerate(export["messages"]):
        messages.append((message["info"]["id"], export["info"]["id"], json.dumps(message["info"])))
        parts += [(f"{n:03}{m:03}", message["info"]["id"], "", json.dumps(p)) for m, p in enumerate(message["parts"])]
    raw = database(tmp_path / "o.db", SCRIPT, session=[(export["info"]["id"], "")], message=messages, part=parts)
    stored, exported = only(read(raw, path="x.bin")), only(read_document(export))
    assert kinds(stored) == kinds(exported)
    for step in exported.steps:
        theirs, ours = prompt_at(exported, step.index).messages, prompt_at(stored, step.index).messages
        assert [(m.message.role, m.message.parts) for m in theirs] == [(m.message.role, m.message.parts) for m in ours]


def test_a_row_that_is_no_json_and_a_part_of_nothing_are_listed(tmp_path: Path) -> None:
    user = ("m1", "s", json.dumps({"role": "user"}))
    parts = [
        ("p1", "m1", "s", json.dumps({"type": "text", "text": "hello"})),
        ("p2", "m1", "s", "{"),
        ("p3", "m9", "s", json.dumps({"type": "text", "text": "lost"})),
        ("p4", "m1", "s", None),
    ]
    raw = database(tmp_path / "o.db", SCRIPT, session=[("s", "")], message=[user], part=parts)
    trace = read(raw, path="x.bin")
    assert [step.kind for step in only(trace).steps] == ["message"]
    assert len(trace.report.skipped) == 3


def test_a_session_that_a_call_has_started_is_a_scope_after_it(tmp_path: Path) -> None:
    script = SCRIPT.replace("session (id, title)", "session (id, parent_id, title)")
    state = {"status": "completed", "input": {}, "output": "found", "metadata": {"sessionId": "child"}}
    told: dict[str, list[dict[str, Any]]] = {
        "top": [{"type": "step-start"}, {"type": "tool", "callID": "c", "tool": "task", "state": state}],
        "child": [{"type": "text", "text": "looking"}],
        "deep": [{"type": "text", "text": "deeper"}],
        "lost": [{"type": "text", "text": "no parent here"}],
    }
    sessions = [("top", None, "Top"), ("child", "top", "Scout"), ("deep", "child", "Mole"), ("lost", "gone", "Lost")]
    messages = [(f"m-{name}", name, json.dumps({"role": "assistant"})) for name in told]
    parts = [(f"p{name}{n}", f"m-{name}", name, json.dumps(part)) for name in told for n, part in enumerate(told[name])]
    raw = database(tmp_path / "o.db", script, session=sessions, message=messages, part=parts)
    trace = read(raw, path="x.bin")
    lost, top = trace.sessions
    assert (top.session_id, lost.session_id) == ("top", "lost")
    assert [(s.id, s.agent, s.parent, s.spawned_by) for s in top.scopes[1:]] == [
        ("session child", "Scout", "main", 1),
        ("session deep", "Mole", "session child", None),
    ]
    assert [(step.scope, step.depth) for step in top.steps] == [
        ("main", 0),
        ("main", 0),
        ("session child", 1),
        ("session deep", 2),
    ]
    assert top.steps[3].source.pointer == "/part/4"
    assert trace.report.records == trace.report.read == 8


def test_sessions_that_are_each_other_s_parent_are_shown_once(tmp_path: Path) -> None:
    script = SCRIPT.replace("session (id, title)", "session (id, parent_id)")
    messages = [(f"m-{name}", name, json.dumps({"role": "user"})) for name in "ab"]
    parts = [(f"p{name}", f"m-{name}", name, json.dumps({"type": "text", "text": name})) for name in "ab"]
    raw = database(tmp_path / "o.db", script, session=[("a", "b"), ("b", "a")], message=messages, part=parts)
    assert sum(len(session.steps) for session in read(raw, path="x.bin").sessions) == 2
