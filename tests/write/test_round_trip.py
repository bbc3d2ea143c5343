"""Every writer's output opens again as the same run: steps, prompts and flags."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.test_span_conventions import otlp
from tests.shared import SAMPLES, sample_traces, shared_data
from tests.test_agent_requests import ADK, RECORDING
from tests.test_agent_requests import FILES as FILES_OF_AGENTS
from tests.write.same import Facts, converted, differences, facts_of, reopened, with_steps
from tracetui.context import prompt_at
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.build import SessionBuilder
from tracetui.model import (
    ContextEdit,
    Message,
    OtherPart,
    Part,
    ReasoningPart,
    RecordedPrompt,
    Scope,
    Session,
    SourceRef,
    StepKind,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
    Usage,
)
from tracetui.write import writer_names

FILES = sample_traces()
SUFFIXES = (".json", ".jsonl", ".eval", ".gz", ".traj")
AGENTS = [FILES_OF_AGENTS["Gemini CLI"], FILES_OF_AGENTS["OpenHands"], RECORDING["CrewAI"], ADK["session.json.gz"]]
"""A resumed chat with a sub-agent, a condensation, recorded prompts of two agents, and prompts that are partial."""
STEPS_WITH_FLAGS = 100
"""Longer runs are compared without flags: finding them takes seconds."""


def round_trips(sessions: tuple[Session, ...], flags_up_to: int = STEPS_WITH_FLAGS) -> list[str]:
    """What is not the same any more after a round trip through each format."""
    facts = [facts_of(session, flags=len(session.steps) <= flags_up_to) for session in sessions]
    return [f"{target}: {difference}" for target in writer_names() for difference in lost(sessions, facts, target)]


def lost(sessions: tuple[Session, ...], facts: list[Facts], target: str) -> Iterator[str]:
    trace = reopened(converted(sessions, target)[0], target)
    assert not trace.report.skipped
    assert not trace.report.notes
    assert trace.report.records == trace.report.read
    assert len(trace.sessions) == len(sessions)
    for first, again in zip(facts, trace.sessions, strict=True):
        yield from differences(first, facts_of(again, flags=first.found is not None))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_every_sample_comes_back(path: Path) -> None:
    assert not round_trips(with_steps(str(path)))


def test_real_runs_come_back() -> None:
    files = sorted(p for p in shared_data().rglob("*") if p.suffix in SUFFIXES and p.stat().st_size < 1 << 20)
    compared = 0
    for path in files[::20]:
        try:
            sessions = with_steps(str(path))[:3]
        except UnreadableSourceError:
            continue
        assert not round_trips(sessions), path
        compared += 1
    assert compared > 12


def test_what_agents_recorded_comes_back() -> None:
    for path in AGENTS:
        assert not round_trips(with_steps(str(path))), path


def test_a_record_of_a_prompt_that_is_not_all_of_it_stays_a_record() -> None:
    """Of a call that names an earlier answer the messages of that are not there; what is there was recorded."""
    said = [{"role": "user", "parts": [{"type": "text", "content": "go on"}]}]
    call = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": said}
    session = otlp(call | {"gen_ai.request.previous_response.id": "gone"})
    assert prompt_at(session, session.steps[-1].index).fidelity == "partial"
    assert not round_trips((session,))


def test_a_file_that_was_converted_converts_again() -> None:
    sessions = with_steps(str(SAMPLES / "claude_code.jsonl"))
    facts = [facts_of(session) for session in sessions]
    for through in writer_names():
        between = reopened(converted(sessions, through)[0], through).sessions
        for target in writer_names():
            assert not list(lost(between, facts, target)), (through, target)


@pytest.mark.parametrize("target", writer_names())
def test_the_same_trace_gives_the_same_bytes(target: str) -> None:
    path = str(SAMPLES / "incident_content.jsonl")
    assert converted(with_steps(path), target) == converted(with_steps(path), target)


TEXT = st.text(st.characters(codec=None), max_size=12)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ID = st.none() | TEXT
PART = st.one_of(
    st.builds(TextPart, TEXT),
    st.builds(ReasoningPart, TEXT),
    st.builds(ToolCallPart, ID, TEXT, VALUE),
    st.builds(ToolCallResponsePart, ID, VALUE),
    st.builds(OtherPart, TEXT, VALUE),
    st.sampled_from(["image", "refusal", "tool_use", "compaction"]).map(
        lambda t: OtherPart(t, {"type": t, "text": "x"})
    ),
)
PARTS: st.SearchStrategy[tuple[Part, ...]] = st.lists(PART, max_size=3).map(tuple)
ROLE = st.sampled_from(["user", "assistant", "system", "tool", "critic"])
MESSAGE = st.builds(Message, ROLE, PARTS, ID)
DEFINITION = st.builds(ToolDefinition, TEXT, TEXT, st.none() | st.dictionaries(TEXT, VALUE, max_size=2))
KIND: st.SearchStrategy[StepKind] = st.sampled_from(
    ("llm_call", "tool_call", "message", "agent", "other", "unreadable", "compaction")
)
COUNT = st.none() | st.integers(0, 10**9)
PLACE = SourceRef("anywhere", 0, 1)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Runs of every kind of step with windows that grow, are rewritten and branch."""
    builder = SessionBuilder(draw(st.text(min_size=1, max_size=8)))
    builder.scope(Scope("below", "sub_agent", "helper", "main", 0))
    builder.set_system(draw(PARTS), "main")
    builder.set_tools(tuple(draw(st.lists(DEFINITION, max_size=2))), "below")
    for index in range(draw(st.integers(1, 5))):
        kind = draw(KIND)
        fields: dict[str, Any] = {
            "scope": draw(st.sampled_from(["main", "below"])),
            "parent": draw(st.none() | st.integers(0, index - 1)) if index else None,
            "depth": draw(st.integers(0, 2)),
            "agent": draw(ID),
            "model": draw(ID),
            "tool": draw(ID),
            "call_id": draw(ID),
            "message": draw(st.none() | MESSAGE),
            "arguments": draw(VALUE),
            "arguments_source": draw(st.none() | st.just(PLACE)),
            "summary": draw(TEXT),
            "goal": draw(ID),
            "status": draw(st.sampled_from(["ok", "error", "unknown"])),
            "error": draw(ID),
            "usage": draw(st.none() | st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT)),
            "cost_usd": draw(st.none() | st.floats(0, 10)),
            "start_ns": draw(st.none() | st.integers(0, 2**63 - 1)),
            "duration_ns": draw(st.none() | st.integers(0, 10**13)),
            "recorded_flags": tuple(draw(st.lists(TEXT, max_size=2))),
            "attributes": draw(st.dictionaries(TEXT | st.sampled_from(["status", "context"]), VALUE, max_size=2)),
        }
        if draw(st.booleans()):
            fields |= {"result": draw(VALUE), "has_result": True}
        builder.step(kind, PLACE, **fields)
        if kind == "llm_call" and draw(st.booleans()):
            messages = tuple(draw(st.lists(MESSAGE, max_size=2)))
            tools = tuple(draw(st.lists(DEFINITION, max_size=1)))
            builder.prompt(index, RecordedPrompt(messages=messages, system=draw(PARTS), tools=tools, source=PLACE))
        builder.edit(
            ContextEdit(
                at=index,
                scope=fields["scope"],
                phase=draw(st.sampled_from(["input", "output"])),
                kind=draw(st.sampled_from(["append", "append", "splice", "compact", "reset", "system", "tools"])),
                messages=tuple(draw(st.lists(MESSAGE, max_size=2))),
                delete=draw(st.integers(0, 1)),
                keep=(0,) if draw(st.booleans()) else (),
                evidence=draw(st.sampled_from(["recorded", "replayed", "diffed", "assumed"])),
            )
        )
    return builder.build()


@given(session=sessions())
@settings(max_examples=40, deadline=None)
def test_any_session_comes_back(session: Session) -> None:
    assert not round_trips((session,), flags_up_to=0)
