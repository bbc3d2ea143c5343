"""opencode's tree of files: one session from its messages and parts, a sub-agent's session as a window of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.reading import kinds, only
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.open import open_folder, open_trace

TOKENS = {"input": 7, "output": 2, "reasoning": 0, "cache": {"read": 3, "write": 0}}


def tree(root: Path) -> Path:
    """A session that asks a sub-agent; returns its file."""

    def put(path: str, **value: Any) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(json.dumps(value, indent=2))

    def session(name: str, **more: Any) -> None:
        put(f"session/p/{name}.json", id=name, projectID="p", directory="/x", title=name, time={"created": 1}, **more)

    def message(session: str, name: str, role: str, *parts: dict[str, Any]) -> None:
        info = {"modelID": "m", "tokens": TOKENS, "cost": 0.5} if role == "assistant" else {}
        put(f"message/{session}/{name}.json", id=name, sessionID=session, role=role, time={"created": 2}, **info)
        for number, part in enumerate(parts, start=1):
            put(f"part/{name}/prt_{number}.json", id=f"prt_{number}", messageID=name, sessionID=session, **part)

    session("ses_1")
    session("ses_2", parentID="ses_1")
    session("ses_3")
    state = {"status": "completed", "input": {"prompt": "look"}, "output": "seen", "metadata": {"sessionId": "ses_2"}}
    message("ses_1", "msg_1", "user", {"type": "text", "text": "go"})
    message("ses_1", "msg_2", "assistant", {"type": "tool", "callID": "c", "tool": "task", "state": state})
    message("ses_1", "msg_5", "assistant", {"type": "text", "text": "done"})
    message("ses_2", "msg_3", "user", {"type": "text", "text": "look"})
    message("ses_2", "msg_4", "assistant", {"type": "text", "text": "seen"})
    return root / "session" / "p" / "ses_1.json"


def test_a_session_is_its_messages_parts_and_sub_agents(tmp_path: Path) -> None:
    trace = open_trace(str(tree(tmp_path)))
    session = only(trace)
    assert (trace.format, session.session_id) == ("opencode-tree", "ses_1")
    assert kinds(session) == ["message", "llm_call", "tool_call", "message", "llm_call", "llm_call"]
    assert trace.report.records == trace.report.read == 12
    call = session.steps[1]
    assert call.usage is not None
    assert (call.model, call.usage.input_tokens, call.cost_usd) == ("m", 10, 0.5)
    assert session.steps[2].source.path.endswith("part/msg_2/prt_1.json")
    (inner,) = [scope for scope in session.scopes if scope.kind == "sub_agent"]
    assert (inner.spawned_by, session.steps[4].scope) == (2, inner.id)
    assert [entry.message.role for entry in prompt_at(session, 5).messages] == ["user", "assistant", "tool"]


def test_a_folder_lists_its_sessions_and_none_of_their_files(tmp_path: Path) -> None:
    tree(tmp_path)
    traces, problems = open_folder(str(tmp_path))
    assert [Path(trace.path).name for trace in traces] == ["ses_1.json"]
    assert [problem.message for problem in problems] == [
        f"{tmp_path}/session/p/ses_3.json: no step found when read as opencode-tree"
    ]


@pytest.mark.parametrize("path", ["message/ses_1/msg_1.json", "part/msg_1/prt_1.json"])
def test_a_message_or_part_says_which_session_to_open(path: str, tmp_path: Path) -> None:
    session = tree(tmp_path)
    with pytest.raises(UnreadableSourceError, match="of an opencode session") as refused:
        open_trace(str(tmp_path / path))
    assert refused.value.hint == f"open its session: {session}"


def test_ids_that_would_lead_elsewhere_lead_nowhere(tmp_path: Path) -> None:
    path = tree(tmp_path)
    path.write_text(path.read_text().replace('"ses_1"', '"../../session/p"'))
    with pytest.raises(UnreadableSourceError, match="no step found"):
        open_trace(str(path))


def test_the_sample_is_the_session_of_the_export() -> None:
    (path,) = (SAMPLES / "opencode_tree").rglob("ses_*.json")
    tree_of, export = (only(open_trace(str(found))) for found in (path, SAMPLES / "opencode.json"))
    told = [(step.kind, step.tool, step.arguments, step.result, step.usage, step.error) for step in export.steps]
    assert [(s.kind, s.tool, s.arguments, s.result, s.usage, s.error) for s in tree_of.steps] == told
