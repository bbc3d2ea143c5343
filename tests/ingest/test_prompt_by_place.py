"""The whole prompt of a call, told by place: the same, message by message, as where the file is read whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracetui.context import prompt_at
from tracetui.errors import UnreadableSourceError
from tracetui.ingest import line_ranges, prompt_by_place
from tracetui.ingest.added_messages import NOTHING_ADDED, AddedMessages, added_messages
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.open import read_trace
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.ingest.source import Source
from tracetui.model import TextPart

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
        found = added_messages(self.file, self.survey, session)
        assert found is not None
        return found

    def prompt(self, added: AddedMessages, call: int) -> PromptByPlace:
        return PromptByPlace(self.file, self.survey, added, call)


def held_to_the_whole(held: Held) -> None:
    for session in held.whole.sessions:
        added = held.added(session.session_id)
        calls = [step for step in session.steps if step.kind == "llm_call"]
        if not any(added.messages):
            assert added.stop == (0, NOTHING_ADDED)
            continue
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


def call(step: int, *messages: object, session: str = "a", **fields: object) -> bytes:
    row = {"session_id": session, "step": step, "type": "llm_call", "messages": list(messages)} | fields
    return json.dumps(row).encode() + b"\n"


def user(words: str) -> dict[str, object]:
    return message("user", words)


def test_child_processes_find_the_same_range_by_range(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_ranges, "_RANGE_BYTES", 900)
    monkeypatch.setattr(line_ranges, "_INLINE_BYTES", 0)
    turns = [call(step, user(f"question {step}"), session=name) for step in range(1, 12) for name in ("a", 'b"\ud800')]
    held_to_the_whole(Held(tmp_path / "t.jsonl", b"".join(turns)))


def test_a_session_of_one_line_has_its_prompt(tmp_path: Path) -> None:
    held_to_the_whole(Held(tmp_path / "t.jsonl", call(1, user("only"), completion="yes")))


@pytest.mark.parametrize(
    ("third", "from_line", "why"),
    [
        (call(3, user("x"), prompt=[user("x")]), 2, "recorded prompt"),
        (call(3).replace(b'"messages": []', b'"messages": "x"'), 2, "does not say"),
        (call(1, user("x")), 0, "not numbered in their order"),
        (call(3, user("x")).replace(b'"step": 3, ', b""), 0, "not numbered in their order"),
    ],
)
@pytest.mark.parametrize("range_bytes", [1, 2 << 20])
def test_where_prompts_are_more_than_what_was_added_it_is_said_from_where_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, third: bytes, from_line: int, why: str, range_bytes: int
) -> None:
    monkeypatch.setattr(line_ranges, "_RANGE_BYTES", range_bytes)
    held = Held(tmp_path / "t.jsonl", call(1, user("a")) + call(2, user("b")) + third + call(4, user("d")))
    added = held.added("a")
    assert added.stop is not None
    assert added.stop[0] == from_line
    assert why in added.stop[1]


def test_a_search_finds_a_text_in_the_messages_and_nowhere_else(tmp_path: Path) -> None:
    lines = [
        call(1, user("Apple")),
        call(2, user("b"), completion="an apple"),
        call(3, user("c")),
        call(4, user("apple")),
    ]
    held = Held(tmp_path / "t.jsonl", b"".join(lines))
    prompt = held.prompt(held.added("a"), 3)
    assert [prompt.find("apple", at) for at in range(4)] == [0, 3, 3, 3]
    assert prompt.find("apple", 4) is None
    assert held.prompt(held.added("a"), 2).find("apple", 1) is None
    assert prompt.find("apple", 0, lambda: True) is None


def test_lines_that_cannot_be_read_are_counted_up_to_the_call(tmp_path: Path) -> None:
    held = Held(tmp_path / "t.jsonl", call(1, user("a")) + BROKEN + call(2, user("b")) + BROKEN)
    assert [held.prompt(held.added("a"), at).unread for at in range(2)] == [0, 1]


def test_of_too_many_lines_between_two_calls_the_messages_are_read_and_their_steps_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_by_place, "_MOST_LINES", 1)
    held = Held(tmp_path / "t.jsonl", call(1, user("a")) + call(2, user("b")))
    prompt = held.prompt(held.added("a"), 1)
    assert [(prompt[at].message.parts, prompt[at].line, prompt[at].is_new) for at in range(2)] == [
        ((TextPart("a"),), 0, False),
        ((TextPart("b"),), None, True),
    ]


def test_a_file_that_was_changed_under_it_is_said(tmp_path: Path) -> None:
    data = call(1, user("a")) + call(2, user("b"))
    held = Held(tmp_path / "t.jsonl", data)
    prompt = held.prompt(held.added("a"), 1)
    with open(held.file.path, "r+b") as file:
        file.write(b"x" * len(data))
    with pytest.raises(UnreadableSourceError, match="is not what it was"):
        prompt[1]
    with pytest.raises(IndexError):
        prompt[2]


def test_a_prompt_knows_those_beside_it(tmp_path: Path) -> None:
    held = Held(tmp_path / "t.jsonl", call(1, user("a")) + call(2, user("b"), user("c")))
    prompt = held.prompt(held.added("a"), 1)
    before = prompt.beside(-1)
    assert before is not None
    assert (len(before), len(prompt), prompt.kept, prompt.line_before) == (1, 3, 1, 0)
    assert before.beside(-1) is None
    assert prompt.beside(1) is None


def test_nobody_waits_for_what_is_not_wanted_any_more(tmp_path: Path) -> None:
    held = Held(tmp_path / "t.jsonl", call(1, user("a")))
    assert added_messages(held.file, held.survey, "a", lambda: True) is None
