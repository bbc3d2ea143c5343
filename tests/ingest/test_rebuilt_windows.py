"""Formats that log events: the window is rebuilt by the rules of the program that wrote them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ingest.reading import gap_kinds, kinds, only, read, read_document, read_lines
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.langchain import with_written
from tracetui.ingest.open import open_folder, open_trace
from tracetui.model import Session, Step, TextPart
from tracetui.parts import text_of


def sample(name: str) -> Session:
    return only(open_trace(str(SAMPLES / name)))


def calls(session: Session) -> list[Step]:
    return [step for step in session.steps if step.kind == "llm_call"]


def shown(session: Session, step: Step) -> list[str]:
    """The prompt of a step as role and text."""
    entries = prompt_at(session, step.index).messages
    return [f"{e.message.role}: {' '.join(text_of(part) for part in e.message.parts)}" for e in entries]


# OpenHands


@pytest.mark.parametrize(
    ("name", "gone"), [("openhands_v0.json", "cat read_rain.py"), ("openhands_v1.jsonl", "rye 500 g")]
)
def test_a_condensation_puts_its_summary_in_place_of_what_it_forgets(name: str, gone: str) -> None:
    session = sample(name)
    compaction = next(step for step in session.steps if step.kind == "compaction")
    prompt = shown(session, calls(session)[-1])
    assert prompt[1] == f"user: {compaction.summary}"
    assert not [text for text in prompt if gone in text]
    assert prompt_at(session, calls(session)[-1].index).fidelity == "rebuilt"
    assert not {"system_prompt_not_recorded", "tools_not_recorded"} & gap_kinds(session)


def test_actions_of_one_response_are_one_answer_and_each_has_its_result() -> None:
    session = sample("openhands_v1.jsonl")
    first = calls(session)[0]
    tools = [step for step in session.steps if step.kind == "tool_call"]
    assert [(step.call_id, step.parent, step.status) for step in tools] == [
        ("c1", first.index, "ok"),
        ("c2", first.index, "error"),
    ]


def test_usage_and_cost_of_an_openhands_call_are_those_of_its_response() -> None:
    session = sample("openhands_v0.json")
    assert [(step.usage.input_tokens, step.cost_usd) for step in calls(session) if step.usage] == [
        (120, 0.0012),
        (190, 0.0015),
        (150, 0.0014),
    ]


def test_event_files_of_a_folder_are_one_session(tmp_path: Path) -> None:
    for number, line in enumerate((SAMPLES / "openhands_v1.jsonl").read_text().splitlines()):
        (tmp_path / f"event-{number:05d}-abc.json").write_text(line)
    traces, problems = open_folder(str(tmp_path))
    assert not problems
    (trace,) = traces
    assert kinds(only(trace)) == kinds(sample("openhands_v1.jsonl"))
    assert trace.report.read == 8


def test_a_delegate_works_in_a_window_of_its_own() -> None:
    def event(number: int, **fields: Any) -> dict[str, Any]:
        return {"id": number, "timestamp": f"2026-02-03T10:00:0{number}", "source": "agent"} | fields

    session = only(
        read_document(
            [
                event(1, action="message", args={"content": "Count the boats."}, source="user"),
                event(2, action="delegate", args={"agent": "Counter", "inputs": {"task": "count"}, "thought": ""}),
                event(3, action="run", args={"command": "ls", "thought": ""}),
                event(4, observation="run", content="a b", cause=3, extras={}),
                event(5, observation="delegate", content="two", cause=2, extras={}),
                event(6, action="finish", args={"final_thought": "two", "thought": "Two boats."}),
            ]
        )
    )
    assert [scope.kind for scope in session.scopes] == ["agent", "sub_agent"]
    assert [step.scope for step in calls(session)] == ["main", "delegate 2", "main"]
    assert session.steps[2].result == "two"


# Gemini CLI


def test_a_checkpoint_sets_the_window_and_a_rewind_takes_messages_back() -> None:
    session = sample("gemini_cli.jsonl")
    prompts = [shown(session, step) for step in calls(session)]
    summary = "user: Summary: tram 5 leaves at 13:10, 13:25 and 13:40."
    assert prompts[2] == [summary, "user: And after that?"]
    assert prompts[3] == [summary, "user: Which is the last one?"]


def test_a_record_with_a_known_id_replaces_it() -> None:
    session = sample("gemini_cli.jsonl")
    (tool,) = [step for step in session.steps if step.kind == "tool_call"]
    assert (tool.status, tool.result) == ("ok", "5: 13:10 13:25 13:40")
    first = calls(session)[0]
    assert first.usage is not None
    assert (first.usage.input_tokens, first.usage.output_tokens, first.usage.cache_read_input_tokens) == (900, 31, 600)


def test_the_older_single_document_of_gemini_cli_is_read() -> None:
    rows = [json.loads(line) for line in (SAMPLES / "gemini_cli.jsonl").read_text().splitlines()]
    document = rows[0] | {"messages": rows[3:5]}
    trace = read_document(document)
    assert trace.format == "gemini-cli"
    assert kinds(only(trace)) == ["llm_call", "tool_call", "llm_call"]


def test_a_gemini_sub_agents_chat_beside_is_a_window_of_the_session(tmp_path: Path) -> None:
    head = {"sessionId": "main-1", "projectHash": "x"}
    call = {"id": "c", "name": "agent", "args": {}, "status": "success", "agentId": "sub-1", "result": [{"text": "ok"}]}
    rows = [
        head,
        {"id": "m1", "type": "gemini", "content": "", "toolCalls": [call], "timestamp": "2026-02-03T10:00:00Z"},
    ]
    (tmp_path / "session-a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "main-1").mkdir()
    inner = [head | {"sessionId": "sub-1"}, {"id": "s1", "type": "gemini", "content": "done"}]
    (tmp_path / "main-1" / "sub-1.jsonl").write_text("\n".join(map(json.dumps, inner)))
    session = sample_of(tmp_path / "session-a.jsonl")
    assert [(scope.kind, scope.spawned_by) for scope in session.scopes] == [("agent", None), ("sub_agent", 1)]
    assert session.session_id == "main-1"


def test_the_messages_a_gemini_chat_starts_with_are_messages() -> None:
    head = {"sessionId": "s", "projectHash": "x"}
    opening = {"$set": {"messages": [{"id": "0", "type": "user", "content": [{"text": "where we are"}]}]}}
    rows = [{"id": "1", "type": "user", "content": "a"}, {"id": "2", "type": "gemini", "content": "b"}]
    session = only(read_lines(head, opening, *rows))
    assert kinds(session) == ["message", "message", "llm_call"]
    assert shown(session, session.steps[2]) == ["user: where we are", "user: a"]


def _gemini_tool(call_id: str, *responses: str) -> dict[str, Any]:
    result = [_gemini_response(name) for name in responses or (call_id,)]
    return {"id": call_id, "name": "read", "args": {}, "status": "success", "result": result}


def _gemini_response(call_id: str) -> dict[str, Any]:
    return {"functionResponse": {"id": call_id, "name": "read", "response": {"output": f"result of {call_id}"}}}


def test_results_that_gemini_cli_repeats_as_a_users_record_are_sent_once() -> None:
    head = {"sessionId": "s", "projectHash": "x"}
    rows = [
        {"id": "1", "type": "user", "content": "a"},
        {"id": "2", "type": "gemini", "content": "b", "toolCalls": [_gemini_tool("c1"), _gemini_tool("c2")]},
        {"id": "3", "type": "user", "content": [*map(_gemini_response, ("c1", "c2")), {"text": "and hurry"}]},
        {"id": "4", "type": "gemini", "content": "done"},
    ]
    session = only(read_lines(head, *rows))
    assert kinds(session) == ["message", "llm_call", "tool_call", "tool_call", "message", "llm_call"]
    assert shown(session, session.steps[-1])[2:] == ["tool: result of c1", "tool: result of c2", "user: and hurry"]
    again = only(read_lines(head, *rows, {"$rewindTo": "3"}, {"id": "5", "type": "gemini", "content": "x"}))
    assert len(shown(again, again.steps[-1])) == 2


def test_a_gemini_chat_that_was_resumed_holds_what_its_checkpoint_says() -> None:
    head = {"sessionId": "s", "projectHash": "x"}
    calls_in_content = [{"text": "t", "thought": True}, {"functionCall": {"id": "c1", "name": "read", "args": {}}}]
    answered = {"id": "2", "type": "gemini", "content": calls_in_content, "toolCalls": [_gemini_tool("c1", "c0", "c1")]}
    told = {"id": "2", "type": "user", "content": [_gemini_response("c1")]}
    checkpoint = {"$set": {"messages": [{"id": "1", "type": "user", "content": "a"}, answered, told]}}
    rows = [{"id": "1", "type": "user", "content": "a"}, checkpoint, {"id": "9", "type": "gemini", "content": "x"}]
    session = only(read_lines(head, *rows))
    prompt = prompt_at(session, session.steps[-1].index)
    parts = [type(part).__name__ for entry in prompt.messages for part in entry.message.parts]
    assert parts == ["TextPart", "ToolCallPart", "ToolCallResponsePart"]
    untold = only(read_lines(head, rows[0], {"$set": {"messages": [answered]}}, rows[2]))
    assert shown(untold, untold.steps[-1])[-1] == "tool: result of c1"


def test_what_gemini_thought_is_not_sent_on() -> None:
    thought = {"id": "1", "type": "gemini", "content": "b", "thoughts": [{"subject": "S", "description": "D"}]}
    session = only(
        read_lines({"sessionId": "s", "projectHash": "x"}, thought, {"id": "2", "type": "gemini", "content": "c"})
    )
    assert shown(session, session.steps[1]) == ["assistant: b"]
    assert session.steps[0].message is not None
    assert len(session.steps[0].message.parts) == 2


def sample_of(path: Path) -> Session:
    return only(open_trace(str(path)))


# opencode


def test_a_cleared_result_is_a_placeholder_from_its_time_on() -> None:
    session = sample("opencode.json")
    before, after = calls(session)[1], calls(session)[2]
    assert "tool: north: 4\nsouth: 7\n" in shown(session, before)
    assert "tool: [Old tool result content cleared]" in shown(session, after)
    assert not [text for text in shown(session, before) if "note for the screen" in text]


def test_each_step_of_an_opencode_message_is_a_call_with_its_own_usage_and_cost() -> None:
    session = sample("opencode.json")
    assert [(s.usage.input_tokens, s.usage.output_tokens, s.cost_usd) for s in calls(session) if s.usage] == [
        (120, 15, 0.002),
        (140, 12, 0.002),
        (70, 10, 0.001),
        (75, 9, 0.001),
    ]


def test_an_opencode_compaction_drops_what_stood_before_its_summary() -> None:
    def user(name: str, *parts: dict[str, Any]) -> dict[str, Any]:
        return {"info": {"id": name, "role": "user", "time": {"created": 1770000000000}}, "parts": list(parts)}

    def answer(name: str, text: str, **info: Any) -> dict[str, Any]:
        parts = [{"type": "step-start"}, {"type": "text", "text": text}]
        return {"info": {"id": name, "role": "assistant", "time": {"created": 1770000000001}} | info, "parts": parts}

    text = {"type": "text", "text": "hello"}
    session = only(
        read_document(
            {
                "info": {"id": "s", "projectID": "p"},
                "messages": [
                    user("u1", text),
                    answer("a1", "hi"),
                    user("u2", {"type": "compaction", "auto": True}),
                    answer("a2", "We said hello.", summary=True),
                    user("u3", {"type": "text", "text": "go on"}),
                    answer("a3", "yes"),
                ],
            }
        )
    )
    assert shown(session, calls(session)[-1]) == ["assistant: We said hello.", "user: go on"]


# Pydantic AI


def test_only_the_last_instructions_are_sent() -> None:
    def ask(instructions: str | None, text: str) -> dict[str, Any]:
        part = {"part_kind": "user-prompt", "content": text, "timestamp": "2026-02-03T10:00:00Z"}
        return {"kind": "request", "instructions": instructions, "parts": [part]}

    answer = {"kind": "response", "parts": [{"part_kind": "text", "content": "ok"}], "usage": {"requests": 1}}
    session = only(read_document([ask("Be brief.", "a"), answer, ask("Be long.", "b"), answer, ask(None, "c"), answer]))
    systems = [[text_of(part) for part in prompt_at(session, step.index).system] for step in calls(session)]
    assert systems == [["Be brief."], ["Be long."], []]


def test_a_retry_is_the_tools_error() -> None:
    call = {"part_kind": "tool-call", "tool_name": "f", "args": {"x": 1}, "tool_call_id": "1"}
    retry = {"part_kind": "retry-prompt", "tool_name": "f", "content": "x must be even", "tool_call_id": "1"}
    rows = [{"kind": "response", "parts": [call]}, {"kind": "request", "parts": [retry]}]
    tool = only(read_document(rows)).steps[1]
    assert (tool.status, tool.error, tool.result) == ("error", "x must be even", "x must be even")


def test_instructions_as_parts_and_a_compaction_by_the_provider() -> None:
    told = {"part_kind": "instruction", "content": "Be brief."}
    asked = {"part_kind": "user-prompt", "content": "a"}
    compacted = {
        "kind": "response",
        "parts": [{"part_kind": "compaction", "content": "x"}, {"part_kind": "text", "content": "b"}],
    }
    later = {"kind": "request", "parts": [asked]}
    session = only(read_document([{"kind": "request", "parts": [told, asked]}, compacted, later, compacted]))
    first, last = calls(session)
    assert [text_of(part) for part in prompt_at(session, first.index).system] == ["Be brief."]
    assert [prompt_at(session, call.index).fidelity for call in (first, last)] == ["partial", "partial"]


# Google ADK


def test_a_compaction_of_events_by_time_and_a_failed_call() -> None:
    session = sample("adk_session.json")
    last = calls(session)[-1]
    assert shown(session, last) == ["user: The user asked for plums: 3.20 EUR a kilogram.", "user: And pears?"]
    assert (last.status, last.error) == ("error", "The model is overloaded.")
    first = calls(session)[0]
    assert first.usage is not None
    assert (first.usage.output_tokens, first.usage.reasoning_output_tokens, first.usage.origin) == (15, 5, "derived")


def test_a_rewind_takes_an_invocation_back() -> None:
    def event(key: str, invocation: str, text: str, **fields: Any) -> dict[str, Any]:
        content = {"role": "user", "parts": [{"text": text}]}
        return {
            "id": key,
            "invocation_id": invocation,
            "author": "user",
            "timestamp": 1.77e9,
            "content": content,
        } | fields

    rewind = {"id": "r", "timestamp": 1.77e9, "actions": {"rewind_before_invocation_id": "i2"}}
    answer = {"id": "z", "author": "a", "timestamp": 1.77e9, "content": {"role": "model", "parts": [{"text": "ok"}]}}
    events = [event("1", "i1", "one"), event("2", "i2", "two"), rewind, event("3", "i3", "three"), answer]
    session = only(read_document({"app_name": "x", "id": "s", "events": events}))
    assert shown(session, calls(session)[-1]) == ["user: one", "user: three"]


# AutoGen


def test_the_prompt_of_an_autogen_call_is_the_one_logged_and_each_agent_has_a_window() -> None:
    session = sample("autogen_log.jsonl")
    assert [step.agent for step in calls(session)] == ["forecaster", "forecaster", "checker"]
    assert [prompt_at(session, step.index).fidelity for step in calls(session)] == ["recorded"] * 3
    rows = [json.loads(line[line.index("{") :]) for line in (SAMPLES / "autogen_log.jsonl").read_text().splitlines()]
    logged = [row["messages"] for row in rows if row["type"] == "LLMCall"]
    for step, messages in zip(calls(session), logged, strict=True):
        assert [e.message.role for e in prompt_at(session, step.index).messages] == [m["role"] for m in messages]
    (tool,) = [step for step in session.steps if step.kind == "tool_call"]
    assert (tool.tool, tool.result) == ("get_weather", "rain from 15:00")


def test_words_before_a_logged_object_do_not_shift_its_place() -> None:
    data = (SAMPLES / "autogen_log.jsonl").read_bytes()
    step = calls(sample("autogen_log.jsonl"))[0]
    place = step.also[-1]
    assert json.loads(data[place.offset : place.offset + place.length])["type"] == "LLMCall"


def test_agentchat_messages_become_calls_tools_and_a_handoff() -> None:
    session = sample("autogen_agentchat.json")
    assert kinds(session) == ["message", "llm_call", "tool_call", "llm_call", "handoff", "llm_call"]
    assert [step.usage.input_tokens for step in calls(session) if step.usage] == [40, 70, 60]
    assert session.steps[2].result == "open until 18:00"
    assert "audience_not_recorded" in gap_kinds(session)


def test_a_tool_of_adk_that_answers_with_an_error_failed() -> None:
    def event(author: str, *parts: dict[str, Any]) -> dict[str, Any]:
        return {"id": author, "author": author, "content": {"role": "model", "parts": list(parts)}}

    def answer(**response: Any) -> dict[str, Any]:
        return {"functionResponse": {"id": "c", "name": "f", "response": response}}

    call = {"functionCall": {"id": "c", "name": "f", "args": {}}}
    for response, status, error in (({"error": "no"}, "error", "no"), ({"error": None, "result": 1}, "ok", None)):
        events = [event("clerk", call), event("user", answer(**response)), event("clerk", {"text": "x"})]
        session = only(read_document({"appName": "a", "id": "s", "events": events}))
        assert (session.steps[1].status, session.steps[1].error) == (status, error)
        assert prompt_at(session, 2).fidelity == "rebuilt"


# CrewAI, MCP


def test_crewai_events_are_paired_and_prompts_are_recorded() -> None:
    session = sample("crewai_events.jsonl")
    first, second = calls(session)
    assert prompt_at(session, first.index).fidelity == "recorded"
    assert shown(session, first) == ["system: You are Gardener.", "user: Which beds need water?"]
    assert (first.duration_ns, second.usage and second.usage.input_tokens) == (2_000_000_000, 110)
    (tool,) = [step for step in session.steps if step.kind == "tool_call"]
    assert (tool.arguments, tool.result, tool.duration_ns) == ({"bed": "east"}, "12 percent: dry", 1_000_000_000)
    assert session.goal == "Find the beds that need water."


def test_a_crewai_call_that_never_ended_or_failed_is_shown() -> None:
    start = {"event_id": "1", "type": "llm_call_started", "messages": "hello", "timestamp": "2026-02-03T10:00:00"}
    other = start | {"event_id": "2"}
    failed = {"event_id": "3", "type": "llm_call_failed", "started_event_id": "2", "error": "timeout"}
    session = only(read_lines(start, other, failed))
    assert sorted((step.status, step.error) for step in calls(session)) == [("error", "timeout"), ("unknown", None)]


def test_mcp_answers_are_joined_by_id_and_definitions_are_kept() -> None:
    session = sample("mcp_log.jsonl")
    north, south = [step for step in session.steps if step.kind == "tool_call"]
    assert (north.result, north.status, north.duration_ns) == ({"tower": "north", "time": "17:00"}, "ok", 3_000_000_000)
    assert (south.status, south.error) == ("error", "the south tower is locked")
    (tool,) = session.tools["main"]
    assert tool.parameters is not None
    assert tool.parameters["required"] == ["tower", "time"]


# LangGraph


def test_differences_of_states_are_steps_and_a_fork_is_a_branch() -> None:
    session = sample("langgraph_checkpoints.sqlite")
    last = calls(session)[-1]
    assert [scope.kind for scope in session.scopes] == ["agent", "branch"]
    assert last.scope != "main"
    assert len(shown(session, last)) == 3
    (tool,) = [step for step in session.steps if step.kind == "tool_call"]
    assert (tool.tool, tool.arguments, tool.result) == ("stock", {"item": "lantern"}, "6")
    assert calls(session)[0].usage.cache_read_input_tokens == 10  # type: ignore[union-attr]
    (error,) = [step for step in session.steps if step.kind == "error"]
    assert error.error == "TimeoutError('lamp')"


def database(path: Path, rows: list[tuple[str, str, Any]]) -> bytes:
    """A database of checkpoints: (id, type, blob)."""
    with sqlite3.connect(path) as opened:
        opened.executescript(
            "CREATE TABLE checkpoints (thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, parent_checkpoint_id TEXT,"
            " type TEXT, checkpoint BLOB, metadata BLOB); CREATE TABLE writes (thread_id TEXT, checkpoint_id TEXT)"
        )
        for number, (name, kind, blob) in enumerate(rows):
            parent = rows[number - 1][0] if number else None
            opened.execute("INSERT INTO checkpoints VALUES ('t', '', ?, ?, ?, ?, '{}')", (name, parent, kind, blob))
    opened.close()
    return path.read_bytes()


def state(*messages: dict[str, Any]) -> bytes:
    return json.dumps({"v": 1, "ts": "2026-02-03T10:00:00Z", "channel_values": {"messages": messages}}).encode()


def test_a_message_that_leaves_the_state_leaves_the_window(tmp_path: Path) -> None:
    one, two = {"type": "human", "content": "one", "id": "1"}, {"type": "human", "content": "two", "id": "2"}
    answer = {"type": "ai", "content": "ok", "id": "3"}
    rows = [("a", "json", state(one, two)), ("b", "json", state(two)), ("c", "json", state(two, answer))]
    session = only(read(database(tmp_path / "x.db", rows), path="x.bin"))
    assert shown(session, calls(session)[0]) == ["user: two"]


def test_constructors_and_pickles_are_never_called(tmp_path: Path) -> None:
    marker = tmp_path / "called"
    touch = msgspec.msgpack.Ext(0, msgspec.msgpack.encode(("os", "system", f"touch {marker}")))
    held = {"v": 1, "channel_values": {"danger": touch, "messages": []}, "ts": "2026-02-03T10:00:00Z"}
    pickled = b"cos\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR."
    rows = [("a", "msgpack", msgspec.msgpack.encode(held)), ("b", "pickle", pickled)]
    trace = read(database(tmp_path / "x.db", rows), path="x.bin")
    assert not marker.exists()
    assert [skipped.reason for skipped in trace.report.skipped] == ["pickled: never read"]
    opaque = only(trace).steps[0].attributes["channel_values"]["danger"]
    assert opaque["id"] == ["os", "system"]


def test_a_database_in_write_ahead_mode_or_damaged_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    blob = state({"type": "human", "content": "one", "id": "1"})
    data = database(tmp_path / "x.db", [(f"{n:03d}", "json", blob) for n in range(400)])
    ahead = data[:18] + b"\x02\x02" + data[20:]
    assert read(ahead, path="x.bin").report.read == 400
    trace = read(data[:-4096] + b"\xff" * 4096, path="x.bin")
    assert 0 < trace.report.read < 400
    assert "damaged" in trace.report.skipped[-1].reason


def test_views_that_pose_as_tables_are_not_run(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as opened:
        opened.executescript(
            "CREATE TABLE writes (x TEXT); CREATE VIEW checkpoints AS WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS thread_id FROM n"
        )
    opened.close()
    from tracetui.ingest.sqlite import tables

    assert tables(path.read_bytes()) == {"writes"}


def test_a_crewai_tool_that_never_came_back_is_shown() -> None:
    row = {"event_id": "1", "type": "tool_usage_started", "tool_name": "f", "tool_args": "{}", "agent_role": "r"}
    session = only(read_lines(row, row | {"event_id": "2"}))
    assert [(step.kind, step.has_result) for step in session.steps] == [("tool_call", False), ("tool_call", False)]


def test_messages_written_since_the_last_state_are_added_as_the_reducer_adds_them() -> None:
    held = [{"type": "human", "id": "1", "content": "a"}, {"type": "ai", "id": "2", "content": "b"}]
    written = [
        {"type": "ai", "id": "2", "content": "better"},
        {"type": "human", "id": "3", "content": "c"},
        {"type": "remove", "id": "1", "content": ""},
    ]
    assert [message["content"] for message in with_written(held, written)] == ["better", "c"]
    everything = {"lc": 1, "type": "constructor", "id": ["m", "RemoveMessage"], "kwargs": {"id": "__remove_all__"}}
    assert with_written(held, [everything, held[1]]) == [held[1]]


def test_mcp_messages_at_the_end_of_log_lines_are_read_with_their_time() -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "read", "arguments": {"path": "a"}}}
    answer = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "A"}]}}
    lines = [
        f"2026-02-03T10:00:00.000Z [info] [files] Message from client: {json.dumps(call)}",
        "2026-02-03T10:00:00.100Z [info] [files] Server started",
        f"2026-02-03T10:00:01.500Z [info] [files] Message from server: {json.dumps(answer)}",
    ]
    trace = read("\n".join(lines), path="mcp-server-files.log")
    (step,) = only(trace).steps
    assert (trace.format, step.tool, step.result, step.duration_ns) == ("mcp-log", "read", "A", 1_500_000_000)
    assert [skipped.line for skipped in trace.report.skipped] == [2]


def test_a_completion_that_openhands_logged_is_the_prompt_of_its_call() -> None:
    def event(kind: str, key: str, **more: Any) -> dict[str, Any]:
        return {"id": key, "kind": kind, "timestamp": "2026-02-03T10:00:00", "source": "agent", **more}

    sent = [{"role": "system", "content": "S"}, {"role": "user", "content": "as it was sent"}]
    response = {"id": "r1", "model": "m", "usage": {"prompt_tokens": 9, "completion_tokens": 2}}
    log = json.dumps({"messages": sent, "response": response, "cost": 0.25})
    action = {"tool_name": "f", "tool_call_id": "c", "action": {"x": 1}, "llm_response_id": "r1"}
    session = only(
        read_document(
            [
                event("MessageEvent", "1", llm_message={"role": "user", "content": "hi"}),
                event("ActionEvent", "2", **action),
                event("LLMCompletionLogEvent", "3", filename="x.json", log_data=log),
            ]
        )
    )
    (call,) = calls(session)
    assert prompt_at(session, call.index).fidelity == "recorded"
    assert shown(session, call) == ["system: S", "user: as it was sent"]
    assert (call.model, call.cost_usd, call.usage and call.usage.input_tokens) == ("m", 0.25, 9)


def test_events_that_go_on_from_an_earlier_one_are_a_branch_with_the_window_it_left() -> None:
    def message(key: str, parent: str | None, said: str, role: str = "user") -> dict[str, Any]:
        row = {
            "id": key,
            "kind": "MessageEvent",
            "timestamp": "2026-02-03T10:00:00",
            "source": role,
            "parent_id": parent,
        }
        return row | {"llm_message": {"role": role, "content": said}}

    session = only(
        read_document(
            [
                message("1", None, "go"),
                message("2", "1", "first try", "assistant"),
                message("3", "2", "wrong"),
                message("4", "2", "better ask this"),
                message("5", "4", "second try", "assistant"),
                message("6", "3", "answer to wrong", "assistant"),
            ]
        )
    )
    assert [(scope.kind, scope.parent, scope.spawned_by) for scope in session.scopes[1:]] == [("branch", "main", 1)]
    branch, main = session.steps[4], session.steps[5]
    assert shown(session, branch) == ["user: go", "assistant: first try", "user: better ask this"]
    assert shown(session, main) == ["user: go", "assistant: first try", "user: wrong"]


def test_a_result_in_a_branch_joins_the_branchs_window_and_knows_what_was_called() -> None:
    def event(key: str, parent: str | None, kind: str, **told: Any) -> dict[str, Any]:
        row = {"id": key, "kind": kind, "timestamp": "2026-02-03T10:00:00", "source": "agent", "parent_id": parent}
        return row | told

    def result(key: str, parent: str, said: str) -> dict[str, Any]:
        told = {"content": [{"type": "text", "text": said}]}
        return event(key, parent, "ObservationEvent", tool_call_id="c", tool_name="look", observation=told)

    def message(key: str, parent: str | None, said: str, role: str = "user") -> dict[str, Any]:
        return event(key, parent, "MessageEvent", llm_message={"role": role, "content": said})

    call = {"id": "c", "function": {"name": "look", "arguments": '{"at": 1}'}}
    action = event("2", "1", "ActionEvent", tool_call=call, tool_name="look", tool_call_id="c", llm_response_id="r")
    for first in (result("3", "2", "old"), message("3", "2", "never mind")):
        rows = [
            message("1", None, "go"),
            action,
            first,
            result("4", "2", "new"),
            message("5", "4", "done", "assistant"),
        ]
        session = only(read_document(rows))
        assert shown(session, session.steps[-1])[-1] == "tool: new"
        assert not any("new" in said for said in shown(session, session.steps[-2]) if session.steps[-2].scope == "main")
        answered = next(step for step in reversed(session.steps) if step.kind == "tool_call")
        assert (answered.tool, answered.arguments, answered.result) == ("look", {"at": 1}, "new")
        assert "call_not_recorded" not in gap_kinds(session)


def test_a_gemini_rewind_to_a_message_that_nobody_knows_empties_the_window() -> None:
    head = {"sessionId": "s", "projectHash": "p"}
    rows = [head, {"id": "1", "type": "user", "content": "a"}, {"id": "2", "type": "gemini", "content": "b"}]
    rows += [
        {"$rewindTo": "gone"},
        {"id": "3", "type": "user", "content": "c"},
        {"id": "4", "type": "gemini", "content": "d"},
    ]
    session = only(read_lines(*rows))
    assert shown(session, calls(session)[-1]) == ["user: c"]


def test_an_adk_summary_of_summaries_takes_the_place_of_both() -> None:
    def event(key: str, at: float, text: str, **more: Any) -> dict[str, Any]:
        content = {"role": "user", "parts": [{"text": text}]}
        return {"id": key, "invocationId": key, "author": "user", "timestamp": at, "content": content, **more}

    def summary(key: str, start: float, end: float, text: str) -> dict[str, Any]:
        held = {"startTimestamp": start, "endTimestamp": end, "compactedContent": {"parts": [{"text": text}]}}
        return {"id": key, "author": "user", "timestamp": end + 1, "actions": {"compaction": held}}

    base = 1.77e9
    events = [
        event("1", base, "a"),
        event("2", base + 1, "half said", partial=True),
        summary("3", base, base + 5, "first"),
        event("4", base + 20, "b"),
        summary("5", base, base + 30, "second"),
        event("6", base + 60, "c"),
    ]
    session = only(read_document({"appName": "x", "id": "s", "events": events}))
    assert shown(session, session.steps[-1]) == ["user: second", "user: c"]


def test_pydantic_ais_outcomes_other_than_success_are_errors_and_feedback_is_said() -> None:
    call = {"part_kind": "tool-call", "tool_name": "look", "args": {"x": 1}, "tool_call_id": "c"}
    back = {
        "part_kind": "tool-return",
        "tool_name": "look",
        "content": "try x=2",
        "tool_call_id": "c",
        "outcome": "retried",
    }
    feedback = {"part_kind": "retry-feedback", "content": "not a number"}
    history = [
        {"kind": "response", "parts": [call]},
        {"kind": "request", "parts": [back]},
        {"kind": "response", "parts": [{"part_kind": "text", "content": "twelve"}]},
        {"kind": "request", "parts": [feedback]},
    ]
    for trace in (read_document(history), read_document({"messages": history, "cost": 1})):
        assert trace.format == "pydantic-ai"
        _, tool, _, told = only(trace).steps
        assert (tool.status, tool.error) == ("error", "try x=2")
        assert told.message is not None
        assert (told.message.role, str(told.message.parts)) == ("user", "(TextPart(content='not a number'),)")


def test_a_list_called_messages_that_holds_none_is_no_chat() -> None:
    assert read_document({"messages": [{"text": "x"}, {"text": "y"}]}).format == "raw"


def in_a_team(thread: list[Any]) -> dict[str, Any]:
    manager = {"type": "RoundRobinManagerState", "version": "1.0.0", "message_thread": thread, "current_turn": 1}
    context = {"type": "AssistantAgentState", "version": "1.0.0", "llm_context": {"messages": []}}
    agent = {"type": "ChatAgentContainerState", "version": "1.0.0", "agent_state": context, "message_buffer": []}
    return {"type": "TeamState", "version": "1.0.0", "agent_states": {"writer/1": agent, "RoundRobin/1": manager}}


def test_the_saved_state_of_a_team_is_read_as_its_managers_messages() -> None:
    thread = [
        {"source": "user", "content": "Book it", "type": "TextMessage"},
        {"source": "writer", "content": "Booked.", "type": "TextMessage", "models_usage": {"prompt_tokens": 9}},
    ]
    trace = read_document(in_a_team(thread))
    assert trace.format == "autogen-agentchat"
    session = only(trace)
    assert kinds(session) == ["message", "llm_call"]
    assert session.steps[1].source.pointer == "/agent_states/RoundRobin~11/message_thread/1"
    assert "writer/1" in repr(session.attributes)


def test_the_saved_state_of_one_agent_is_read_as_what_its_model_was_given() -> None:
    call = {"id": "c1", "name": "look", "arguments": '{"at": 1}'}
    result = {"content": "seen", "name": "look", "call_id": "c1", "is_error": False}
    messages = [
        {"content": "Look.", "source": "user", "type": "UserMessage"},
        {"content": [call], "thought": "hm", "source": "eye", "type": "AssistantMessage"},
        {"content": [result], "type": "FunctionExecutionResultMessage"},
        {"content": "Seen.", "thought": None, "source": "eye", "type": "AssistantMessage"},
    ]
    state = {"type": "AssistantAgentState", "version": "1.0.0", "llm_context": {"messages": messages}}
    session = only(read_document(state))
    assert kinds(session) == ["message", "llm_call", "tool_call", "llm_call"]
    assert (session.steps[2].tool, session.steps[2].result, session.steps[2].status) == ("look", "seen", "ok")


def test_what_an_mcp_server_asks_to_have_sampled_is_a_call_with_its_prompt() -> None:
    asked = [{"role": "user", "content": {"type": "text", "text": "sum it up"}}]
    params = {"messages": asked, "systemPrompt": "be brief", "maxTokens": 9}
    request = {"jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": params}
    said = {"role": "assistant", "content": {"type": "text", "text": "short"}, "model": "m-1", "stopReason": "endTurn"}
    answer = {"jsonrpc": "2.0", "id": 1, "result": said}
    session = only(read_lines(request, answer))
    (step,) = session.steps
    assert (step.kind, step.model, step.status, step.attributes["finish_reasons"]) == (
        "llm_call",
        "m-1",
        "ok",
        ["endTurn"],
    )
    assert step.message is not None
    assert step.message.parts == (TextPart("short"),)
    prompt = prompt_at(session, 0)
    assert (prompt.fidelity, prompt.system) == ("recorded", (TextPart("be brief"),))
    assert shown(session, step) == ["user: sum it up"]
    added = only(read_lines(request | {"params": params | {"includeContext": "allServers"}}, answer))
    assert prompt_at(added, 0).fidelity == "partial"


def test_what_a_sub_graph_hands_to_its_parent_was_said_once(tmp_path: Path) -> None:
    asked, said = {"type": "human", "content": "go", "id": "h"}, {"type": "ai", "content": "done", "id": "a"}
    path = tmp_path / "x.sqlite"
    more = {"type": "ai", "content": "more", "id": "b"}
    database(
        path, [("1", "json", state(asked)), ("4", "json", state(asked, said)), ("5", "json", state(asked, said, more))]
    )
    with sqlite3.connect(path) as opened:
        for name, inner, parent in (("2", "sub:u", None), ("3", "sub:u|leaf:w", None)):
            held = state(asked, said) if name == "3" else state(asked)
            opened.execute(
                "INSERT INTO checkpoints VALUES ('t', ?, ?, ?, 'json', ?, '{}')", (inner, name, parent, held)
            )
    opened.close()
    session = only(read(path.read_bytes(), path="x.sqlite"))
    assert [step.scope for step in session.steps if step.kind == "llm_call"] == ["sub:u|leaf:w", "main"]
    assert [(scope.agent, scope.parent) for scope in session.scopes[1:]] == [("sub", "main"), ("leaf", "sub:u")]
    shown_last = prompt_at(session, calls(session)[-1].index)
    assert [text_of(entry.message.parts[0]) for entry in shown_last.messages] == ["go", "done"]
