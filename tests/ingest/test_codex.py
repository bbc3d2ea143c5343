"""Codex rollouts: the window replayed as Codex replays it, how calls ended, and the threads of sub-agents beside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.ingest.reading import gap_kinds, kinds, only, read_lines
from tracetui.context import prompt_at
from tracetui.ingest.open import open_folder, open_trace
from tracetui.model import Session, Step
from tracetui.parts import text_of

Line = dict[str, Any]


def line(kind: str, **payload: Any) -> Line:
    return {"timestamp": "2026-02-03T10:00:00.000Z", "type": kind, "payload": payload}


def item(**payload: Any) -> Line:
    return line("response_item", **payload)


def event(kind: str, **payload: Any) -> Line:
    return line("event_msg", type=kind, **payload)


def said(role: str, text: str) -> Line:
    return item(type="message", role=role, content=[{"type": "input_text", "text": text}])


def answered(text: str) -> Line:
    return item(type="message", role="assistant", content=[{"type": "output_text", "text": text}])


def called(call_id: str, name: str = "shell", arguments: str = "{}", **more: Any) -> Line:
    return item(type="function_call", call_id=call_id, name=name, arguments=arguments, **more)


def returned(call_id: str, output: Any) -> Line:
    return item(type="function_call_output", call_id=call_id, output=output)


def meta(thread: str = "t1", **more: Any) -> Line:
    return line("session_meta", id=thread, cwd="/repo", base_instructions={"text": "You code."}, **more)


def window(session: Session, step: Step | None = None) -> list[str]:
    """What the call at `step`, else the next one, is shown."""
    prompt = prompt_at(session, (step or session.steps[-1]).index)
    return ["\n".join(text_of(part) for part in entry.message.parts) for entry in prompt.messages]


def calls(session: Session, tool: str) -> list[Step]:
    return [step for step in session.steps if step.tool == tool]


def test_a_rollback_drops_turns_of_the_user_not_what_the_program_put_in() -> None:
    surroundings = said("user", "<environment_context>\n<cwd>/repo</cwd>\n</environment_context>")
    rows = [meta(), surroundings, said("user", "one"), answered("1"), surroundings, said("user", "two"), answered("2")]
    session = only(read_lines(*rows, event("thread_rolled_back", num_turns=1), said("user", "three")))
    assert window(session)[1:] == ["one", "1", window(session)[0], "three"]
    assert session.steps[-2].summary == "the last turn was rolled back"


def test_turns_begin_where_their_event_says() -> None:
    surroundings = said("user", "<environment_context>x</environment_context>")
    first = [event("task_started"), said("user", "one"), answered("1"), said("user", "and steered")]
    second = [
        event("task_started"),
        surroundings,
        said("user", "two"),
        answered("2"),
        event("turn_aborted", reason="x"),
    ]
    session = only(read_lines(meta(), *first, *second, event("thread_rolled_back", num_turns=1)))
    assert window(session) == ["one", "1", "and steered"]
    session = only(read_lines(meta(), *first, *second, event("thread_rolled_back", num_turns=2)))
    assert window(session) == []


def test_a_turn_that_no_event_tells_of_begins_with_its_message() -> None:
    told = [event("task_started"), said("user", "one"), answered("1"), event("task_complete")]
    session = only(
        read_lines(meta(), *told, said("user", "two"), answered("2"), event("thread_rolled_back", num_turns=1))
    )
    assert window(session) == ["one", "1"]


def test_a_rollback_over_a_compaction_restores_the_window_before_it() -> None:
    compacted = line(
        "compacted", message="m", replacement_history=[{"type": "message", "role": "user", "content": "S"}]
    )
    rows = [meta(), said("user", "one"), answered("1"), said("user", "two"), compacted, answered("2")]
    session = only(read_lines(*rows))
    assert window(session) == ["S"]
    session = only(read_lines(*rows, event("thread_rolled_back", num_turns=1), said("user", "again")))
    assert window(session) == ["one", "1", "again"]


def test_a_compaction_without_a_history_keeps_what_users_wrote_and_the_summary() -> None:
    surroundings = said("user", "# AGENTS.md instructions for /repo\nbe brief")
    rows = [meta(), surroundings, said("user", "one"), answered("1"), line("compacted", message="first summary")]
    session = only(read_lines(*rows))
    assert window(session) == ["# AGENTS.md instructions for /repo\nbe brief", "one", "first summary"]
    session = only(read_lines(*rows, said("user", "two"), line("compacted", message="second summary")))
    assert window(session) == ["# AGENTS.md instructions for /repo\nbe brief", "one", "two", "second summary"]


def test_an_early_rollout_without_envelopes_is_read() -> None:
    rows = [
        {"id": "old", "timestamp": "2025-05-01T00:00:00Z", "instructions": "be good"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"record_type": "state"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "function_call", "call_id": "c", "name": "shell", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "ok"},
    ]
    trace = read_lines(*rows)
    session = only(trace)
    assert (trace.format, session.session_id, trace.report.skipped) == ("codex", "old", ())
    assert kinds(session) == ["message", "llm_call", "tool_call"]
    assert session.system_prompts["main"]


def test_how_a_call_ended_is_told_by_its_output_or_by_its_event() -> None:
    rows = [
        meta(),
        *(called(name, name) for name in ("text", "unified", "metadata", "event", "mcp", "late", "fine", "refused")),
        event("exec_command_end", call_id="event", exit_code=2, duration={"secs": 1, "nanos": 500_000_000}),
        event("mcp_tool_call_end", call_id="mcp", result={"Err": "no such server"}),
        returned("text", "Exit code: 1\nWall time: 0.1 seconds\nOutput:\nboom"),
        returned("unified", "Chunk ID: 1\nProcess exited with code 3\nOutput:\nProcess exited with code 0"),
        returned("metadata", '{"output":"x","metadata":{"exit_code":4}}'),
        returned("event", "aborted"),
        returned("mcp", "err"),
        returned("late", "x"),
        event("patch_apply_end", call_id="late", success=False),
        returned("fine", "Exit code: 0\nOutput:\nExit code: 9\n"),
        returned("refused", {"content": "no", "success": False}),
    ]
    session = only(read_lines(*rows))
    errors = {step.tool: step.error for step in session.steps if step.kind == "tool_call"}
    assert errors.pop("fine") is None
    assert errors == {
        "text": "exit code 1",
        "unified": "exit code 3",
        "metadata": "exit code 4",
        "event": "exit code 2",
        "mcp": "no such server",
        "late": "the tool reported an error",
        "refused": "the tool reported an error",
    }
    assert calls(session, "event")[0].duration_ns == 1_500_000_000
    assert calls(session, "fine")[0].status == "ok"


def test_arguments_keep_their_own_place_beside_a_message_of_several_parts() -> None:
    two = [{"type": "output_text", "text": "a"}, {"type": "output_text", "text": "b"}]
    rows = [meta(), item(type="message", role="assistant", content=two), called("c1", "one"), called("c2", "two")]
    session = only(read_lines(*rows))
    assert [step.source.line for step in session.steps] == [2, 3, 4]


def test_a_count_of_tokens_that_did_not_grow_is_not_a_further_call() -> None:
    def count(total: int, shown: int) -> Line:
        info = {"last_token_usage": {"input_tokens": shown}, "total_token_usage": {"total_tokens": total}}
        return event("token_count", info=info)

    rows = [meta(), said("user", "x"), answered("a"), count(10, 9), said("user", "y"), answered("b"), count(10, 9)]
    session = only(read_lines(*rows, event("token_count", info=None), count(30, 18)))
    assert [s.usage.input_tokens for s in session.steps if s.kind == "llm_call" and s.usage] == [9, 18]


def test_tools_that_were_added_later_are_known_from_then_on() -> None:
    late = {"type": "function", "name": "find", "parameters": {"type": "object"}}
    space = {"type": "namespace", "name": "mcp__git", "tools": [{"type": "function", "name": "log"}]}
    rows = [
        meta(dynamic_tools=[{"name": "base", "description": "d"}]),
        said("user", "x"),
        answered("a"),
        item(type="tool_search_output", call_id="s", tools=[late, space]),
        called("c", "log", namespace="mcp__git__"),
    ]
    session = only(read_lines(*rows))
    first, last = [step for step in session.steps if step.kind == "llm_call"]
    assert [tool.name for tool in prompt_at(session, first.index).tools] == ["base"]
    assert [tool.name for tool in prompt_at(session, last.index).tools] == ["base", "find", "log"]
    assert session.steps[-1].tool == "mcp__git__log"


def test_what_is_no_step_is_kept_with_the_session_and_unknown_lines_are_listed() -> None:
    trace = read_lines(
        meta(), answered("a"), line("world_state", files=3), event("web_search_end", q=1), line("new", a=1)
    )
    records = only(trace).attributes["records"]
    assert records["world_state"] == [{"files": 3}]
    assert "event_msg/web_search_end" in records
    assert [skipped.reason for skipped in trace.report.skipped] == ["unknown type 'new'"]


def test_messages_of_other_agents_are_input() -> None:
    rows = [
        meta(),
        item(type="agent_message", author="/root/scout", recipient="/root", content="found it"),
        line("inter_agent_communication", author="/root/scout", content="done"),
        answered("good"),
    ]
    session = only(read_lines(*rows))
    assert kinds(session) == ["message", "message", "llm_call"]
    assert [step.message.name for step in session.steps[:2] if step.message] == ["/root/scout", "/root/scout"]


def test_a_fork_keeps_its_own_name_and_says_where_its_first_lines_ran() -> None:
    trace = read_lines(meta("fork", forked_from_id="t1"), meta("t1"), said("user", "x"), answered("a"))
    assert only(trace).session_id == "fork"
    assert any("copied from thread t1" in note for note in trace.report.notes)


@pytest.mark.parametrize(
    "origin",
    [
        {"forked_from_id": "t1"},
        {"parent_thread_id": "t1"},
        {"source": {"subagent": {"thread_spawn": {"parent_thread_id": "t1"}}}},
    ],
    ids=["fork", "sub-agent", "source"],
)
@pytest.mark.parametrize("headed", [True, False])
def test_what_a_fork_copied_with_its_times_counts_no_call(origin: dict[str, Any], headed: bool) -> None:
    def at(second: int, row: Line) -> Line:
        return row | {"timestamp": f"2026-02-03T10:00:{second:02}Z"}

    spent = {"input_tokens": 9, "output_tokens": 1, "total_tokens": 10}
    count = event("token_count", info={"last_token_usage": spent, "total_token_usage": spent})
    copied = [at(1, meta("t1"))] * headed + [at(2, said("user", "x")), at(9, called("c")), at(10, returned("c", "r"))]
    own = [at(20, said("user", "y")), at(21, answered("b")), at(22, count)]
    session = only(read_lines(at(20, meta("fork", **origin)), *copied, at(11, answered("a")), *own))
    assert kinds(session) == ["message"] * 5 + ["llm_call"]
    assert {step.attributes.get("copied_from") for step in session.steps[:4]} == {"t1"}
    assert (window(session, session.steps[-1])[-2:], session.steps[-1].usage is not None) == (["a", "y"], True)


def written(folder: Path, thread: str, *rows: Line, packed: bool = False) -> str:
    raw = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path = folder / f"rollout-2026-02-03T10-00-00-{thread}.jsonl"
    if packed:
        path = path.with_suffix(".jsonl.zst")
        raw = zstandard.ZstdCompressor().compress(raw)
    path.write_bytes(raw)
    return str(path)


def test_a_sub_agent_s_rollout_beside_is_a_scope_after_the_call_that_started_it(tmp_path: Path) -> None:
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": "t1", "depth": 1, "agent_nickname": "Scout"}}}
    rows = [meta(), said("user", "x"), called("c", "spawn_agent"), returned("c", '{"agent_id":"child"}'), answered("a")]
    path = written(tmp_path, "t1", *rows)
    child = [meta("child", source=spawned), said("user", "look"), answered("there")]
    written(tmp_path, "child", *child, packed=True)
    written(tmp_path, "grandchild", meta("grandchild", parent_thread_id="child"), said("user", "deep"), answered("er"))
    trace = open_trace(path)
    session = only(trace)
    assert [(scope.kind, scope.agent, scope.parent, scope.spawned_by) for scope in session.scopes] == [
        ("agent", None, None, None),
        ("sub_agent", "Scout", "main", 2),
        ("sub_agent", None, "agent child", None),
    ]
    depths = {scope.id: {step.depth for step in session.steps if step.scope == scope.id} for scope in session.scopes}
    assert depths == {"main": {0}, "agent child": {1}, "agent grandchild": {2}}
    assert window(session, next(step for step in session.steps if step.depth == 1)) == ["look"]
    assert trace.report.records == trace.report.read == len(rows) + 6
    traces, problems = open_folder(str(tmp_path))
    assert ([trace.path for trace in traces], problems) == ([path], [])


def test_a_thread_that_goes_on_from_another_starts_with_its_lines(tmp_path: Path) -> None:
    base = {"history_base": {"thread_id": "t1", "end_ordinal_exclusive": 3}}
    path = written(tmp_path, "t2", meta("t2", **base), said("user", "new"), answered("b"))
    alone = only(open_trace(path))
    assert "lines_not_recorded" in gap_kinds(alone)
    assert prompt_at(alone, alone.steps[-1].index).fidelity == "partial"
    written(tmp_path, "t1", meta("t1"), said("user", "old"), answered("a"), said("user", "not carried over"))
    whole = only(open_trace(path))
    assert window(whole) == ["old", "a", "new"]
    assert "lines_not_recorded" not in gap_kinds(whole)
    assert len(open_folder(str(tmp_path))[0]) == 2


def test_a_turn_that_was_stopped_is_a_step() -> None:
    session = only(read_lines(meta(), said("user", "x"), called("c"), event("turn_aborted", reason="interrupted")))
    assert session.steps[-1].summary == "the turn was stopped: interrupted"
