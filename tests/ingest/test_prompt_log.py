"""Windows that are told by the prompts of consecutive calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared_data
from tracetui.context import prompt_at
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.open import open_trace
from tracetui.ingest.prompt_log import PromptLog
from tracetui.model import (
    Message,
    Part,
    RecordedPrompt,
    Session,
    SourceRef,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
)
from tracetui.parts import identity

HERE = SourceRef("log.json", 0, 1)
MESSAGES = st.builds(
    lambda role, text: said(role, text), st.sampled_from(["user", "assistant"]), st.sampled_from("abcd")
)
SYSTEMS = st.sampled_from([(), (TextPart("be brief"),), (TextPart("be kind"),)])


def said(role: Any, text: str) -> Message:
    return Message(role, (TextPart(text),))


class Log:
    """Calls given as prompt and answer."""

    def __init__(self) -> None:
        self.builder = SessionBuilder("one")
        self.log = PromptLog(self.builder)

    def call(
        self,
        messages: list[Message],
        answer: Message | None,
        system: tuple[Part, ...] = (),
        tools: tuple[ToolDefinition, ...] = (),
    ) -> int:
        prompt = RecordedPrompt(messages=tuple(messages), system=system, tools=tools, source=HERE)
        return self.log.llm_call(prompt, answer, HERE, call_steps=True)

    def session(self) -> Session:
        self.log.finish()
        return self.builder.build()


def derived(session: Session, index: int) -> list[tuple[str, str]]:
    found = prompt_at(session, index, derive=True).messages
    return [(entry.message.role, getattr(entry.message.parts[0], "content", "")) for entry in found]


def test_an_answer_that_comes_back_in_other_words_stands_in_the_window_once() -> None:
    log = Log()
    log.call([said("user", "fix it")], said("assistant", "I look at the file"))
    second = log.call(
        [said("user", "fix it"), said("assistant", "Thought: I look at the file"), said("user", "done?")], None
    )
    expected = [("user", "fix it"), ("assistant", "Thought: I look at the file"), ("user", "done?")]
    assert derived(log.session(), second) == expected


def test_an_answer_that_no_later_prompt_shows_left_the_window() -> None:
    log = Log()
    log.call([said("user", "list the facts")], said("assistant", "the facts"))
    second = log.call([said("user", "make a plan")], said("assistant", "the plan"))
    session = log.session()
    assert derived(session, second) == [("user", "make a plan")]
    last = session.edits[-1]
    assert (last.at, last.evidence) == (second, "assumed")


def test_an_answer_that_comes_back_only_later_is_not_in_the_prompts_between() -> None:
    log = Log()
    log.call([said("user", "ask")], said("assistant", "answered"))
    between = log.call([said("user", "ask")], said("assistant", "again"))
    later = log.call([said("user", "ask"), said("assistant", "answered"), said("user", "go on")], None)
    session = log.session()
    assert derived(session, between) == [("user", "ask")]
    assert [entry.from_step for entry in prompt_at(session, later, derive=True).messages] == [0, 1, later - 1]


def test_a_system_prompt_and_tools_that_change_are_edits() -> None:
    log = Log()
    search, send = ToolDefinition("search"), ToolDefinition("send")
    first = log.call([said("user", "ask")], None, (TextPart("be brief"),), (search,))
    second = log.call([said("user", "ask")], None, (TextPart("be kind"),), (search, send))
    third = log.call([said("user", "ask")], None)
    session = log.session()
    seen = [prompt_at(session, index, derive=True) for index in (first, second, third)]
    assert [prompt.system for prompt in seen] == [(TextPart("be brief"),), (TextPart("be kind"),), ()]
    assert [prompt.tools for prompt in seen] == [(search,), (search, send), ()]


@given(st.lists(st.tuples(st.lists(MESSAGES, max_size=6), st.none() | MESSAGES, SYSTEMS), max_size=6))
def test_the_edits_lead_to_every_prompt(calls: list[tuple[list[Message], Message | None, tuple[Part, ...]]]) -> None:
    log = Log()
    indices = [log.call(messages, answer, system) for messages, answer, system in calls]
    session = log.session()
    for index, (messages, _, system) in zip(indices, calls, strict=True):
        prompt = prompt_at(session, index, derive=True)
        assert [entry.message for entry in prompt.messages] == messages
        assert prompt.system == system


@pytest.mark.parametrize("folder", ["trail/swe_bench", "trail/gaia", "formats/jaeger_json"])
def test_rebuilt_prompts_of_real_runs_are_the_recorded_ones(folder: str) -> None:
    paths = [p for p in (shared_data() / folder).rglob("*.json*") if ".labels." not in p.name]
    compared = 0
    for path in sorted(paths)[:6]:
        for session in open_trace(str(path)).sessions:
            for index, recorded in session.prompts.items():
                prompt = prompt_at(session, index, derive=True)
                assert [identity(entry.message) for entry in prompt.messages] == [
                    identity(message) for message in recorded.messages
                ]
                assert prompt.system == recorded.system
                compared += 1
    assert compared


def test_of_parallel_calls_each_has_the_run_with_its_arguments_whichever_ended_first() -> None:
    log = PromptLog(builder := SessionBuilder("one"))
    calls = [ToolCallPart(f"c{n}", "look_up", {"invoice": n}) for n in (1, 2)]
    asked = Message("assistant", tuple(calls))
    first = RecordedPrompt(messages=(said("user", "why"),), source=HERE)
    log.llm_call(first, asked, HERE, call_steps=False)
    for number in (2, 1):
        builder.step("tool_call", HERE, tool="look_up", arguments={"invoice": number})
    results = [Message("tool", (ToolCallResponsePart(f"c{n}", f"answer {n}"),)) for n in (1, 2)]
    log.llm_call(
        RecordedPrompt(messages=(said("user", "why"), asked, *results), source=HERE), None, HERE, call_steps=False
    )
    runs = [(step.call_id, step.arguments, step.result) for step in builder.steps if step.kind == "tool_call"]
    assert runs == [("c2", {"invoice": 2}, "answer 2"), ("c1", {"invoice": 1}, "answer 1")]
