"""The whole prompt of a call, told by place: the same, message by message, as where the file is read whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracetui.context import prompt_at
from tracetui.ingest.added_messages import AddedMessages, added_messages
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.open import read_trace
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.ingest.source import Source

TEXT = st.sampled_from(
    ["", "order 17", "Straße", "line\nend", "data:image/png;base64,iVBORw0KGgo=", "A" * 500, "\ud800"]
)
CALLS = [{"id": "c1", "function": {"name": "look", "arguments": '{"n":1}'}}]
TOOLS = [{"name": "look", "description": "looks", "parameters": {"type": "object"}}]


def message(role: str, content: object, **fields: object) -> dict[str, object]:
    return {"role": role, "content": content} | fields


MESSAGES = st.one_of(
    st.builds(message, st.sampled_from(["system", "user", "assistant", "tool"]), TEXT),
    st.builds(message, st.just("assistant"), TEXT, tool_calls=st.just(CALLS)),
    st.builds(message, st.just("tool"), TEXT, tool_call_id=st.just("c1")),
    st.builds(message, st.just("user"), st.lists(st.builds(dict, type=st.just("text"), text=TEXT), max_size=2)),
    st.builds(message, st.just("assistant"), TEXT, reasoning_content=TEXT),
    TEXT,
)
BROKEN = b'{"session_id":"a","type":"llm_call","messages":[\n'


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """A line without its session and number."""
    kind = draw(st.sampled_from(["llm_call", "llm_call", "tool_call", "message", "plan"]))
    row: dict[str, Any] = {"type": kind}
    if kind == "llm_call":
        row |= {
            "messages": draw(st.lists(MESSAGES, max_size=3)),
            "input_tokens": draw(st.sampled_from([None, 0, 70, "9"])),
        }
        if draw(st.booleans()):
            row["completion"] = draw(MESSAGES)
        if draw(st.integers(0, 4)) == 0:
            row["tools"] = draw(st.sampled_from([TOOLS, [], TOOLS * 2]))
    elif kind == "tool_call":
        row |= {"tool": "look", "call_id": "c1", "args": {}}
        if draw(st.booleans()):
            row["result"] = draw(TEXT)
    elif kind == "message":
        row |= {"content": draw(TEXT)}
    return row


def written(lines: list[tuple[str | None, dict[str, Any]]]) -> bytes:
    """Sessions line by line in turn, each numbering its steps; None is a line that cannot be read."""
    numbers: dict[str, int] = {}
    found = []
    for session, row in lines:
        if session is None:
            found.append(BROKEN)
            continue
        numbers[session] = numbers.get(session, 0) + 1
        found.append(json.dumps({"session_id": session, "step": numbers[session]} | row).encode() + b"\n")
    return b"".join(found)


class Held:
    """A file that is read by place, and the same read whole."""

    def __init__(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        self.file = LineFile(str(path))
        self.file.take(self.file.read_on(len(data) + 1))
        self.survey = Survey()
        self.survey.take(block_of(data.splitlines(keepends=True), GLANCE))
        self.whole = read_trace(Source(path=str(path), data=data), format_name="session-trace")

    def added(self, session: str) -> AddedMessages:
        first = self.survey.sessions.index(self.survey.names[session])
        found = added_messages(self.file, session, first, self.file.complete)
        assert found is not None
        return found

    def prompt(self, added: AddedMessages, call: int) -> PromptByPlace:
        return PromptByPlace(self.file, self.survey, added, call)


def held_to_the_whole(held: Held) -> None:
    for session in held.whole.sessions:
        added = held.added(session.session_id)
        calls = [step for step in session.steps if step.kind == "llm_call"]
        assert added.stop is None
        assert len(added.lines) == len(calls)
        for at, step in enumerate(calls):
            expected, told = prompt_at(session, step.index), held.prompt(added, at)
            assert [told[position].message for position in range(len(told))] == [m.message for m in expected.messages]
            froms = [session.steps[m.from_step].source.line for m in expected.messages if m.from_step is not None]
            lines = [told[position].line for position in range(len(told))]
            assert [line + 1 for line in lines if line is not None] == froms
            assert [told[at].is_new for at in range(len(told))] == [m.status == "new" for m in expected.messages]
            assert told.tools == expected.tools
            assert told.scale == expected.token_scale
            assert told.estimated_tokens == expected.estimated_tokens
            assert told.recorded_tokens == (expected.recorded_tokens or None)
            assert told.line + 1 == step.source.line


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "7", None]), rows()), min_size=1, max_size=14))
def test_every_prompt_is_that_of_the_file_read_whole(
    tmp_path: Path, lines: list[tuple[str | None, dict[str, Any]]]
) -> None:
    if any(session is not None for session, _ in lines):
        held_to_the_whole(Held(tmp_path / "t.jsonl", written(lines)))
