"""Group chats: who speaks, for which model, and with which system prompt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.reading import (
    assert_places_hold_what_they_point_at,
    gap_kinds,
    kinds,
    only,
    pointers,
    read,
    read_document,
    read_lines,
)
from tracetui.context import prompt_at
from tracetui.ingest.formats.autogen_chat import code_run, speaker
from tracetui.model import TextPart


def said(name: str, content: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "name": name, "content": content}


CHAT = {
    "question": "How many?",
    "level": 2,
    "system_prompt": {"Coder": "You code.", "Checker": "You check."},
    "history": [
        said("Coder", "print(3) — é", "assistant"),
        said("Shell", "exitcode: 0 (execution succeeded)\nCode output: 3"),
        said("Checker", "3 it is"),
        said("Shell", "There is no code from the last message."),
        said("Coder", "TERMINATE", "assistant"),
    ],
}
GROUP = [
    {"role": "human", "content": "Which one?"},
    {"role": "Planner (thought)", "content": "Ask Finder."},
    {"role": "Planner (-> Finder)", "content": "Find it."},
    {"role": "Finder", "content": "It is B."},
    {"role": "ComputerTerminal", "content": "The script ran, then exited with Unix exit code: 1\nIts output was:\nno"},
]


def test_every_message_is_one_step_at_its_own_place() -> None:
    data = json.dumps(CHAT, ensure_ascii=False, indent=1).encode()
    trace = read(data)
    session = only(trace)
    assert trace.format == "autogen-chat"
    assert kinds(session) == ["llm_call", "message", "llm_call", "message", "llm_call"]
    assert pointers(session) == [f"/history/{index}" for index in range(5)]
    assert [step.agent for step in session.steps] == ["Coder", "Shell", "Checker", "Shell", "Coder"]
    assert (session.goal, session.attributes) == ("How many?", {"level": 2})
    assert_places_hold_what_they_point_at(trace, data)


def test_each_agent_sees_its_own_system_prompt_and_all_messages_before() -> None:
    session = only(read_document(CHAT))
    for index, text in ((0, "You code."), (2, "You check."), (4, "You code.")):
        prompt = prompt_at(session, index)
        assert prompt.system == (TextPart(text),)
        assert len(prompt.messages) == index
    assert gap_kinds(session) == {"audience_not_recorded"}


def test_one_system_prompt_for_all_holds_from_the_start() -> None:
    session = only(read_document(CHAT | {"system_prompt": "Be good."}))
    assert prompt_at(session, 2).system == (TextPart("Be good."),)
    assert "system_prompt_not_recorded" not in gap_kinds(session)


def test_agents_without_a_system_prompt_are_named_by_their_steps() -> None:
    session = only(read_document(CHAT | {"system_prompt": {"Checker": "You check."}}))
    (gap,) = [gap for gap in session.gaps if gap.kind == "system_prompt_not_recorded"]
    assert gap.steps == (1, 5)


@pytest.mark.parametrize("lines", [True, False])
def test_roles_may_be_the_names_of_agents(lines: bool) -> None:
    trace = read_lines(*GROUP) if lines else read_document(GROUP)
    session = only(trace)
    assert trace.format == "autogen-chat"
    assert [(step.kind, step.agent) for step in session.steps] == [
        ("message", "human"),
        ("llm_call", "Planner"),
        ("llm_call", "Planner"),
        ("llm_call", "Finder"),
        ("message", "ComputerTerminal"),
    ]
    assert session.steps[4].status == "error"
    assert session.steps[4].error == "exit code 1"
    if not lines:
        assert pointers(session) == [f"/{index}" for index in range(5)]


def test_whoever_reports_a_code_run_once_is_no_model() -> None:
    chat = [
        said("A", "run it"),
        said("Box", "no code found"),
        said("A", "again"),
        said("Box", "exitcode: 0 (execution succeeded)"),
    ]
    assert kinds(only(read_document({"history": chat}))) == ["llm_call", "message", "llm_call", "message"]


def test_an_agent_that_talks_about_an_exit_code_is_still_an_agent() -> None:
    chat = [said("human", "run it"), said("A", "The last run gave exitcode: 0, all is well.")]
    assert kinds(only(read_document({"history": chat}))) == ["message", "llm_call"]


@pytest.mark.parametrize(
    "name", ["human", "User", "user_proxy", "UserProxyAgent", "Computer_terminal", "code_executor"]
)
def test_usual_names_of_people_and_terminals_are_no_models(name: str) -> None:
    assert kinds(only(read_document({"history": [said(name, "hello")]}))) == ["message"]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ({"role": "user", "name": "Bob"}, "Bob"),
        ({"role": "Planner (-> Web (old))"}, "Planner"),
        ({"role": "assistant"}, "assistant"),
        ({"role": "user", "name": ""}, "user"),
        ({"role": "(x)"}, "(x)"),
        ({"role": "user", "name": 7}, "user"),
    ],
)
def test_the_speaker_is_the_name_or_the_role_without_its_parentheses(message: dict[str, Any], name: str) -> None:
    assert speaker(message) == name


def test_a_code_run_is_told_by_how_its_report_begins() -> None:
    assert code_run({"content": "exitcode: 124 (execution failed)"}) == 124
    assert code_run({"content": "The script ran but produced no output to console. The Unix exit code was: 0. If"}) == 0
    assert code_run({"content": "see exitcode: 1"}) is None
    assert code_run({"content": ["exitcode: 1"]}) is None


def test_a_list_with_tool_calls_is_no_group_chat() -> None:
    value = [
        {"role": "user", "content": "q"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "Somebody", "content": "x"},
    ]
    assert read_document(value).format == "openai-chat"


def test_chats_a_line_are_sessions() -> None:
    assert len(read_lines(CHAT, CHAT).sessions) == 2
