"""Prompts rebuilt from what coding agents keep are what they sent: each talked to a local server, which kept every request.

A summary in the place of a conversation, a chat that was resumed, an answer that was refused, sub-agents, parallel calls.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.test_codex_requests import only, opened
from tracetui.context import prompt_at
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import source_of
from tracetui.model import Message, Session, TextPart, ToolCallPart, ToolCallResponsePart

RECORDED = Path(__file__).parent / "recorded"
GEMINI = next((RECORDED / "gemini_cli").glob("session-*.jsonl"))
OPENHANDS = next((RECORDED / "openhands").glob("*/events/event-00000-*.json"))
FILES = {
    "opencode export": RECORDED / "opencode/export.json.gz",
    "opencode database": RECORDED / "opencode/opencode.db.gz",
    "Gemini CLI": GEMINI,
    "OpenHands": OPENHANDS,
    "mini-swe-agent": RECORDED / "mini_swe_agent/mini.traj.json.gz",
    "AG2": next((RECORDED / "ag2").glob("*-*.jsonl.gz")),
    "RunState in Python": RECORDED / "agents_state/python.json.gz",
    "RunState in JavaScript": RECORDED / "agents_state/javascript.json.gz",
}
WITHOUT_COST = ("Gemini CLI", "AG2", "RunState in Python", "RunState in JavaScript")
ADK = {name: RECORDED / "adk" / name for name in ("session.json.gz", "sessions.db.gz")}
RECORDING = {
    "AutoGen": RECORDED / "autogen/events.log.gz",
    "CrewAI": RECORDED / "crewai/events.jsonl.gz",
}
"""Of programs that keep whole prompts."""
Said = tuple[str, ...]


def sent_chat(message: dict[str, Any]) -> list[Said]:
    """A message of Chat Completions."""
    content = message.get("content") or ""
    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
    if message["role"] == "tool":
        return [("result", text)]
    calls = [one["function"] for one in message.get("tool_calls") or []]
    return [(message["role"], text)] * bool(text) + [
        ("call", c["name"], plain(json.loads(c["arguments"]))) for c in calls
    ]


def sent_content(content: dict[str, Any]) -> list[Said]:
    """A `Content` of Gemini."""
    found: list[Said] = []
    for part in content["parts"]:
        if "functionCall" in part:
            found.append(("call", part["functionCall"]["name"], plain(part["functionCall"]["args"])))
        elif "functionResponse" in part:
            found.append(("result", plain(part["functionResponse"]["response"])))
        else:
            found.append(("assistant" if content["role"] == "model" else "user", part["text"]))
    return found


def plain(value: Any) -> str:
    """An answer as its text, whether it stands alone or as `output`."""
    if isinstance(value, dict) and value.keys() == {"output"}:
        value = value["output"]
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def joined(items: list[Said]) -> tuple[Said, ...]:
    """Texts of one role that follow each other are one: programs put them into one message."""
    found: list[Said] = []
    for item in items:
        if found and item[0] in ("user", "assistant") and found[-1][0] == item[0]:
            found[-1] = (item[0], found[-1][1] + item[1])
        else:
            found.append(item)
    return tuple(found)


@cache
def sent(folder: Path) -> list[tuple[Said, ...]]:
    rows = [json.loads(line) for line in gzip.decompress((folder / "requests.jsonl.gz").read_bytes()).splitlines()]
    as_said = [
        [item for content in row["contents"] for item in sent_content(content)]
        if "contents" in row
        else [item for message in row["messages"] for item in sent_chat(message)]
        for row in rows
    ]
    return [joined(items) for items in as_said]


def told(message: Message) -> list[Said]:
    found: list[Said] = []
    for part in message.parts:
        match part:
            case TextPart(text):
                found.append((message.role, text))
            case ToolCallPart(_, name, arguments):
                found.append(("call", name, plain(arguments)))
            case ToolCallResponsePart(_, response):
                found.append(("result", plain(response)))
    return found


def rebuilt(session: Session) -> list[tuple[Said, ...]]:
    prompts = [prompt_at(session, step.index) for step in session.steps if step.kind == "llm_call"]
    assert {prompt.fidelity for prompt in prompts} == {"rebuilt"}
    return [joined([item for entry in prompt.messages for item in told(entry.message)]) for prompt in prompts]


def folder_of(path: Path) -> Path:
    return RECORDED / path.relative_to(RECORDED).parts[0]


@pytest.mark.parametrize("path", FILES.values(), ids=FILES.keys())
def test_every_rebuilt_prompt_is_a_request_that_was_sent(path: Path) -> None:
    requests, prompts = sent(folder_of(path)), rebuilt(only(path))
    assert [prompt for prompt in prompts if prompt not in requests] == []
    whole = path.name != "export.json.gz"  # which holds no sub-agent's session
    assert len(prompts) == len(set(prompts)) == (len(requests) if whole else len(requests) - 2)


@pytest.mark.parametrize("name", FILES)
def test_every_call_has_its_model_tokens_and_every_record_is_read(name: str) -> None:
    path = FILES[name]
    trace = opened(path)
    assert (trace.report.records, trace.report.skipped) == (trace.report.read, ())
    for step in only(path).steps:
        if step.kind == "llm_call":
            assert name == "RunState in JavaScript" or step.model in (
                "test-model",
                "gemini-2.5-pro",
                "openai/gpt-4o",
                "gpt-4o",
            )
            assert step.usage is not None
            assert (step.usage.cache_read_input_tokens, step.usage.output_tokens) in ((300, 20), (300, 27))
            assert (step.cost_usd is None) == (name in WITHOUT_COST)


@pytest.mark.parametrize("path", RECORDING.values(), ids=RECORDING.keys())
def test_every_recorded_prompt_is_the_request_that_was_sent(path: Path) -> None:
    session = only(path)
    calls = [step for step in session.steps if step.kind == "llm_call"]
    prompts = [prompt_at(session, step.index) for step in calls]
    assert {prompt.fidelity for prompt in prompts} == {"recorded"}
    shown = [joined([item for one in prompt.messages for item in told(one.message)]) for prompt in prompts]
    assert shown == sent(folder_of(path))
    assert [tool.name for tool in prompts[0].tools] == ["look_up"]
    assert [(step.usage and step.usage.input_tokens, step.start_ns is not None) for step in calls] == [
        (1100, True),
        (1200, True),
        (1300, True),
    ]


@pytest.mark.parametrize(
    "path", [*RECORDING.values(), RECORDED / "autogen/stream.jsonl.gz"], ids=lambda path: path.name
)
def test_parallel_calls_have_their_own_results(path: Path) -> None:
    tools = [step for step in only(path).steps if step.kind == "tool_call"]
    assert [step.call_id for step in tools] == ["call_1_0", "call_1_1"]
    assert len({step.parent for step in tools} - {None}) == 1
    assert [(step.arguments["invoice"], "declined" in str(step.result)) for step in tools] == [
        ("INV-7", True),
        ("INV-9", False),
    ]


@pytest.mark.parametrize("path", ADK.values(), ids=ADK.keys())
def test_a_prompt_of_adk_is_what_was_sent_or_says_that_other_agents_turns_were_quoted(path: Path) -> None:
    session, requests = only(path), sent(RECORDED / "adk")
    calls = [step for step in session.steps if step.kind == "llm_call"]
    prompts = [prompt_at(session, step.index) for step in calls]
    assert [(step.agent, prompt.fidelity) for step, prompt in zip(calls, prompts, strict=True)] == [
        ("clerk", "rebuilt"),
        ("clerk", "rebuilt"),
        ("checker", "partial"),
        ("checker", "partial"),
    ]
    for prompt, request in zip(prompts[:2], requests, strict=False):
        without_thoughts = [item for item in request if item[1] != "I should look it up"]
        assert [item for one in prompt.messages for item in told(one.message)] == [
            ("assistant", "I will look.") if item[0] == "assistant" else item for item in without_thoughts
        ]
    assert [step.usage and step.usage.input_tokens for step in calls] == [1100, 1200, 1300, 1400]


def test_a_tool_of_crewai_that_failed_is_an_error_and_events_without_a_step_are_read() -> None:
    report = opened(RECORDING["CrewAI"]).report
    assert (report.read, report.skipped) == (report.records, ())
    errors = [step.error for step in only(RECORDING["CrewAI"]).steps if step.kind == "tool_call"]
    assert errors == [None, "ValueError('no such invoice')"]


def test_the_stream_of_a_run_of_opencode_has_the_steps_of_its_export() -> None:
    streamed, exported = only(RECORDED / "opencode/run.jsonl.gz"), only(FILES["opencode export"])
    assert [step.kind for step in streamed.steps] == [step.kind for step in exported.steps if step.kind != "message"]
    started = [step.start_ns for step in streamed.steps if step.start_ns is not None]
    assert (len(started), started) == (len(streamed.steps), sorted(started))


@pytest.mark.parametrize("name", ["RunState in Python", "RunState in JavaScript"])
def test_each_response_of_a_run_state_has_its_own_usage_though_ids_are_made_up(name: str) -> None:
    calls = [step for step in only(FILES[name]).steps if step.kind == "llm_call"]
    assert [step.usage and step.usage.input_tokens for step in calls] == [1100, 1200, 1300]


def test_a_sub_agent_is_a_scope_after_the_call_that_started_it() -> None:
    for path, tool in ((FILES["opencode database"], "task"), (GEMINI, "invoke_agent")):
        session = only(path)
        (scope,) = (one for one in session.scopes if one.kind == "sub_agent")
        assert scope.spawned_by is not None
        assert session.steps[scope.spawned_by].tool == tool
        assert {step.kind for step in session.steps if step.scope == scope.id} == {"message", "llm_call", "tool_call"}


def test_openhands_names_the_conversation_and_counts_the_summary_with_its_compaction() -> None:
    session = only(OPENHANDS)
    assert session.session_id.replace("-", "") == OPENHANDS.parts[-3]
    (compaction,) = (step for step in session.steps if step.kind == "compaction")
    assert compaction.usage is not None
    assert compaction.cost_usd is not None
    failed = [step.error for step in session.steps if step.status == "error"]
    assert [error and error.split()[0] for error in failed] == ["exit", "Invalid", "Error"]
    tools = [step for step in session.steps if step.kind == "tool_call"]
    assert all(step.start_ns is not None and step.duration_ns is not None for step in tools)
    assert [tool.name for tool in session.tools["main"]] == ["terminal", "file_editor", "finish", "think"]


def test_openhands_events_without_their_state_lack_tokens_alone() -> None:
    one_by_one = sorted(OPENHANDS.parent.glob("*.json"))
    raw = b"[" + b",".join(path.read_bytes() for path in one_by_one) + b"]"
    (session,) = read_trace(source_of("events.json", raw)).sessions
    assert rebuilt(session) == rebuilt(only(OPENHANDS))
    assert {step.usage for step in session.steps} == {None}
