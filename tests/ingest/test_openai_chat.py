"""OpenAI chat: documents, lists and logs; steps, places, prompts and what is missing."""

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
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.model import ReasoningPart, TextPart, Usage

TOOLS = [{"type": "function", "function": {"name": "look", "description": "d", "parameters": {"type": "object"}}}]


def system(text: str = "be good") -> dict[str, Any]:
    return {"role": "system", "content": text}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str | None, *calls: tuple[str, str]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = [
            {"id": call_id, "type": "function", "function": {"name": "look", "arguments": json.dumps({"q": query})}}
            for call_id, query in calls
        ]
    return message


def tool(call_id: str | None, text: str) -> dict[str, Any]:
    return {"role": "tool", "content": text} | ({"tool_call_id": call_id} if call_id else {})


CONVERSATION = [
    system(),
    user("héllo"),
    assistant(None, ("c1", "ä"), ("c2", "b")),
    tool("c2", "B"),
    tool("c1", "A"),
    assistant("done"),
]


@pytest.mark.parametrize("as_request", [True, False])
def test_every_message_is_a_step_at_its_own_place(as_request: bool) -> None:
    value = {"model": "m", "messages": CONVERSATION, "tools": TOOLS} if as_request else CONVERSATION
    data = json.dumps(value, ensure_ascii=False, indent=1).encode()
    trace = read(data)
    session = only(trace)
    root = "/messages" if as_request else ""
    assert kinds(session) == ["message", "message", "llm_call", "tool_call", "tool_call", "llm_call"]
    assert pointers(session) == [f"{root}/{n}" for n in (0, 1, 2, 4, 3, 5)]
    asked = [step.arguments_source.pointer for step in session.steps if step.arguments_source]
    assert asked == [f"{root}/2/tool_calls/0", f"{root}/2/tool_calls/1"]
    assert_places_hold_what_they_point_at(trace, data)
    assert trace.report.records == len(CONVERSATION)


def test_results_join_their_calls_whatever_their_order() -> None:
    steps = only(read_document(CONVERSATION)).steps
    assert [(step.arguments, step.result, step.parent) for step in steps if step.kind == "tool_call"] == [
        ({"q": "ä"}, "A", 2),
        ({"q": "b"}, "B", 2),
    ]


def test_the_prompt_of_an_answer_is_the_messages_before_it() -> None:
    session = only(read_document({"model": "m", "messages": CONVERSATION, "tools": TOOLS}))
    prompt = prompt_at(session, 5)
    assert prompt.fidelity == "rebuilt"
    assert [entry.message.role for entry in prompt.messages] == [m["role"] for m in CONVERSATION[:-1]]
    assert [tool.name for tool in prompt.tools] == ["look"]
    assert session.gaps == ()


def test_a_bare_list_says_that_system_prompt_and_tools_are_not_recorded() -> None:
    assert gap_kinds(only(read_document(CONVERSATION[1:]))) == {"system_prompt_not_recorded", "tools_not_recorded"}
    assert gap_kinds(only(read_document(CONVERSATION))) == {"tools_not_recorded"}


def test_a_request_without_a_system_message_had_none() -> None:
    assert only(read_document({"model": "m", "messages": [user("a"), assistant("b")]})).gaps == ()


def test_a_response_beside_its_request_is_a_call_with_a_recorded_prompt() -> None:
    value = {
        "model": "asked",
        "temperature": 0,
        "messages": CONVERSATION[:-1],
        "tools": TOOLS,
        "response": {
            "id": "r1",
            "model": "served",
            "choices": [{"message": assistant("done"), "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 3},
        },
    }
    data = json.dumps(value, ensure_ascii=False).encode()
    trace = read(data)
    session = only(trace)
    last = session.steps[-1]
    assert last.source.pointer == "/response/choices/0/message"
    assert (last.model, last.usage, last.attributes["finish_reasons"]) == ("served", Usage(9, 3), ["stop"])
    assert session.attributes == {"temperature": 0}
    assert prompt_at(session, last.index).fidelity == "recorded"
    assert_places_hold_what_they_point_at(trace, data)
    assert trace.report.records == len(CONVERSATION)


def log(*, with_answers: bool) -> list[dict[str, Any]]:
    """Three requests of one conversation, as a gateway writes them."""
    answers = [assistant(None, ("c1", "x")), assistant("first"), assistant("second")]
    prompts = [[system(), user("one")]]
    prompts.append([*prompts[0], answers[0], tool("c1", "X")])
    prompts.append([*prompts[1], answers[1], user("two")])
    rows: list[dict[str, Any]] = []
    for prompt, answer in zip(prompts, answers, strict=True):
        row: dict[str, Any] = {"model": "m", "messages": prompt, "tools": TOOLS}
        if with_answers:
            row["response"] = {"choices": [{"message": answer | {"refusal": None, "annotations": []}}]}
        rows.append(row)
    return rows


@pytest.mark.parametrize("with_answers", [True, False])
def test_a_log_of_requests_gives_only_what_is_new_as_steps(with_answers: bool) -> None:
    rows = log(with_answers=with_answers)
    trace = read_lines(*rows)
    session = only(trace)
    assert kinds(session) == ["message", "message", "llm_call", "tool_call", "llm_call", "message", "llm_call"]
    assert trace.report.records == 3
    calls = [step for step in session.steps if step.kind == "llm_call"]
    for row, call in zip(rows, calls, strict=True):
        prompt = prompt_at(session, call.index)
        assert prompt.fidelity == "recorded"
        assert [entry.message.role for entry in prompt.messages] == [m["role"] for m in row["messages"]]
        derived = prompt_at(session, call.index, derive=True)
        assert [m.message.parts for m in derived.messages] == [m.message.parts for m in prompt.messages]
    assert_places_hold_what_they_point_at(
        trace, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode()
    )
    assert ("answer_not_recorded" in gap_kinds(session)) is not with_answers


def test_the_answer_may_stand_in_the_next_request() -> None:
    session = only(read_lines(*log(with_answers=False)))
    assert [(step.source.line, step.source.pointer) for step in session.steps if step.kind == "llm_call"] == [
        (2, "/messages/2"),
        (3, "/messages/4"),
        (3, ""),
    ]


def test_a_prompt_whose_history_was_rewritten_is_told_as_edits() -> None:
    rows = log(with_answers=True)
    rows[2]["messages"] = [*rows[2]["messages"][:3], tool("c1", "(cut)"), *rows[2]["messages"][4:]]
    session = only(read_lines(*rows))
    assert kinds(session) == ["message", "message", "llm_call", "tool_call", "llm_call", "message", "llm_call"]
    splices = [edit for edit in session.edits if edit.kind == "splice"]
    assert [(edit.start, edit.delete, len(edit.messages), edit.evidence) for edit in splices] == [(3, 1, 1, "diffed")]
    recorded, derived = prompt_at(session, 6), prompt_at(session, 6, derive=True)
    assert [m.message.parts for m in derived.messages] == [m.message.parts for m in recorded.messages]


def test_interleaved_conversations_are_sessions_of_their_own() -> None:
    one = log(with_answers=True)
    other = json.loads(json.dumps(one).replace('"one"', '"uno"').replace('"two"', '"due"'))
    trace = read_lines(*(row for pair in zip(one, other, strict=True) for row in pair))
    assert [kinds(session) for session in trace.sessions] == [kinds(only(read_lines(*one)))] * 2


def test_a_second_run_of_the_same_request_is_another_session() -> None:
    assert len(read_lines(*log(with_answers=True), *log(with_answers=True)).sessions) == 2


def test_a_request_sent_again_is_another_call_of_the_same_session() -> None:
    first = log(with_answers=True)[0]
    session = only(read_lines(first, first))
    assert kinds(session).count("llm_call") == 2
    assert kinds(session).count("message") == 2
    assert len(prompt_at(session, session.steps[-2].index, derive=True).messages) == 2


def test_requests_that_name_their_session_stay_in_it() -> None:
    rows = [row | {"session_id": "s1"} for row in log(with_answers=True)]
    title = {
        "model": "small",
        "messages": [user("Make a title")],
        "session_id": "s1",
        "response": {"choices": [{"message": assistant("T")}]},
    }
    session = only(read_lines(rows[0], title, *rows[1:]))
    assert session.session_id == "s1"
    assert [scope.kind for scope in session.scopes] == ["agent", "side_call"]
    side = [step for step in session.steps if step.scope != "main"]
    assert [step.kind for step in side] == ["message", "llm_call"]
    assert len(prompt_at(session, session.steps[-1].index).messages) == 6


def test_an_error_in_place_of_a_response_is_a_failed_call() -> None:
    row = log(with_answers=False)[0] | {"response": {"error": {"message": "rate limited", "type": "x"}}}
    steps = only(read_lines(row, row)).steps
    assert [(step.status, step.error) for step in steps if step.kind == "llm_call"] == [("error", "rate limited")] * 2


def test_finished_conversations_a_line_are_sessions() -> None:
    rows = [{"messages": [system(), user(f"q{i % 2}"), assistant(f"a{i}")]} for i in range(4)]
    trace = read_lines(*rows)
    assert [kinds(session) for session in trace.sessions] == [["message", "message", "llm_call"]] * 4


def test_messages_a_line_are_one_conversation() -> None:
    trace = read_lines(*CONVERSATION)
    session = only(trace)
    assert [step.source.line for step in session.steps] == [1, 2, 3, 5, 4, 6]
    assert session.steps[3].arguments_source is not None
    assert session.steps[3].arguments_source.pointer == "/tool_calls/0"


def test_a_result_without_an_id_joins_the_call_that_waits() -> None:
    legacy = [
        user("a"),
        {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}},
        {"role": "function", "name": "look", "content": "R"},
    ]
    session = only(read_document(legacy))
    assert [(step.tool, step.result) for step in session.steps if step.kind == "tool_call"] == [("look", "R")]
    assert "call_not_recorded" not in gap_kinds(session)


def test_ids_that_recur_from_turn_to_turn_join_the_latest_call() -> None:
    messages = [user("a"), assistant(None, ("c", "1")), tool("c", "one"), assistant(None, ("c", "2")), tool("c", "two")]
    session = only(read_document(messages))
    assert [(s.arguments, s.result) for s in session.steps if s.kind == "tool_call"] == [
        ({"q": "1"}, "one"),
        ({"q": "2"}, "two"),
    ]


def test_calls_with_one_id_in_one_message_are_answered_in_order() -> None:
    messages = [user("a"), assistant(None, ("c", "1"), ("c", "2")), tool("c", "one"), tool("c", "two")]
    session = only(read_document(messages))
    assert [s.result for s in session.steps if s.kind == "tool_call"] == ["one", "two"]


def test_an_answer_without_a_call_and_a_call_without_an_answer_are_gaps() -> None:
    session = only(read_document([user("a"), tool("zzz", "lost"), assistant(None, ("c1", "q"))]))
    assert {gap.kind: gap.steps for gap in session.gaps if gap.steps} == {
        "call_not_recorded": (2,),
        "result_not_recorded": (4,),
    }


def test_arguments_that_are_no_json_stay_text() -> None:
    message = {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{oops"}}]}
    assert only(read_document([user("a"), message])).steps[2].arguments == "{oops"


def test_reasoning_refusal_and_odd_blocks_are_kept() -> None:
    message = {
        "role": "assistant",
        "content": [{"type": "text", "text": "t"}, {"type": "audio", "id": 1}],
        "reasoning_content": "r",
        "refusal": "no",
    }
    parts = only(read_document([user("a"), message])).steps[1].message.parts  # type: ignore[union-attr]
    assert parts[0] == ReasoningPart("r")
    assert TextPart("t") in parts
    assert TextPart("no") in parts
    assert any(getattr(part, "kind", "") == "audio" for part in parts)


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": 7},
        {"role": "assistant", "content": {"text": "x"}},
        {"role": "assistant", "content": [None, 3, ["x"]]},
        {"role": "assistant", "content": "x", "tool_calls": "c1"},
        {"role": "assistant", "content": "x", "tool_calls": [None, 4, {"id": {}, "function": "f"}]},
        {"role": "tool", "content": "x", "tool_call_id": ["c"]},
        {"role": "user", "content": "x", "name": {"a": 1}},
        {"role": "", "content": "x"},
    ],
)
def test_a_message_with_fields_of_the_wrong_type_is_still_a_step(message: dict[str, Any]) -> None:
    session = only(read_document({"model": [1], "messages": [user("a"), message], "tools": "none"}))
    assert [pointer.split("/")[2] for pointer in pointers(session)][:2] == ["0", "1"]


def test_the_incident_is_written_by_message_four() -> None:
    session = only(read((SAMPLES / "incident_openai.json").read_bytes()))
    first = next(step for step in session.steps if step.message and "ord_555" in repr(step.message.parts))
    assert (first.kind, first.source.pointer) == ("llm_call", "/messages/4")
    assert session.gaps == ()


def test_a_line_of_litellms_log_has_cost_times_tools_and_what_failed() -> None:
    tools = [{"type": "function", "function": {"name": "look"}}]
    done = {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "response": {"choices": [{"message": {"role": "assistant", "content": "yo"}}]},
        "response_cost": 0.25,
        "startTime": 1.7e9,
        "endTime": 1.7e9 + 2,
        "model_parameters": {"tools": tools},
        "error_str": None,
    }
    failed = done | {"response": {}, "status": "failure", "error_str": "RateLimitError: slow down"}
    first, second = [step for s in read_lines(done, failed).sessions for step in s.steps if step.kind == "llm_call"]
    assert (first.cost_usd, first.duration_ns, first.error) == (0.25, 2_000_000_000, None)
    assert (second.status, second.error) == ("error", "RateLimitError: slow down")
    assert [definition.name for definition in prompt_at(read_lines(done).sessions[0], 1).tools] == ["look"]
    counted = failed | {"error_str": None, "error_information": {"error_message": "busy"}, "prompt_tokens": 7}
    (call,) = [step for step in only(read_lines(counted)).steps if step.kind == "llm_call"]
    assert (call.error, call.usage) == ("busy", Usage(7))
