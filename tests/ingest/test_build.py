"""A session built step by step."""

from __future__ import annotations

from typing import Any

from tracetui.context import prompt_at
from tracetui.ingest.build import SessionBuilder
from tracetui.model import ContextEdit, Message, SourceRef, TextPart, ToolCallPart, ToolCallResponsePart, Usage


def place(number: int) -> SourceRef:
    return SourceRef("t", number, 1, number)


def asks(*call_ids: str | None) -> Message:
    return Message("assistant", tuple(ToolCallPart(call_id, "f", {"n": n}) for n, call_id in enumerate(call_ids)))


def answers(call_id: str | None, text: str, name: str | None = None) -> Message:
    return Message("tool", (ToolCallResponsePart(call_id, text),), name)


def test_a_call_and_its_answer_are_one_step_with_both_places() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(asks("a"), place(1), call_sources=[place(2)])
    assert builder.tool_result(answers("a", "A"), place(3), status="ok") == 1
    step = builder.build().steps[1]
    assert (step.source, step.arguments_source, step.also) == (place(3), place(2), (place(2),))
    assert (step.parent, step.result, step.has_result, step.status) == (0, "A", True, "ok")
    assert builder.call_step("a") == 1


def test_answers_without_an_id_are_taken_in_order_or_by_name() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(
        Message("assistant", (ToolCallPart(None, "f", 1), ToolCallPart(None, "g", 2), ToolCallPart(None, "f", 3))),
        place(1),
    )
    found = [builder.tool_result(answers(None, "x", name), place(2)) for name in ("g", "f", None, "h")]
    assert found == [2, 1, 3, 4]
    (gap,) = builder.build().gaps
    assert (gap.kind, gap.steps) == ("call_not_recorded", (5,))


def test_an_answer_given_twice_is_a_step_of_its_own() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(asks("a"), place(1))
    builder.tool_result(answers("a", "one"), place(2))
    assert builder.tool_result(answers("a", "two"), place(3)) == 2
    assert [step.result for step in builder.build().steps[1:]] == ["one", "two"]


def test_an_answer_that_comes_after_the_next_call_enters_the_window_then() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(asks("a"), place(1))
    builder.llm_call(Message("assistant", (TextPart("meanwhile"),)), place(2))
    builder.tool_result(answers("a", "late"), place(3))
    builder.llm_call(Message("assistant", (TextPart("then"),)), place(4))
    session = builder.build()
    assert [entry.message.role for entry in prompt_at(session, 2).messages] == ["assistant"]
    last = prompt_at(session, 3).messages
    assert [entry.message.role for entry in last] == ["assistant", "assistant", "tool"]
    assert last[2].from_step == 1


def test_windows_of_two_scopes_do_not_mix() -> None:
    builder = SessionBuilder("s")
    builder.message(Message("user", (TextPart("main"),)), place(1))
    builder.message(Message("user", (TextPart("other"),)), place(2), scope="other")
    builder.llm_call(asks("a"), place(3), scope="other")
    builder.tool_result(answers("a", "A"), place(4))
    session = builder.build()
    assert session.steps[3].scope == "other"
    assert len(prompt_at(session, 3).messages) == 3
    assert len(prompt_at(session, 0).messages) == 1


def test_calls_without_an_answer_are_a_gap_that_names_their_steps() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(asks("a", "b"), place(1))
    builder.tool_result(answers("b", "B"), place(2))
    (gap,) = builder.build().gaps
    assert (gap.kind, gap.steps) == ("result_not_recorded", (2,))


def test_many_unmatched_answers_are_joined_quickly() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(asks(*["same"] * 2000), place(1))
    for _ in range(4000):
        builder.tool_result(answers("same", "x"), place(2))
    assert len(builder.build().steps) == 4001


def test_a_step_has_only_values_that_fit_whatever_a_trace_holds() -> None:
    builder = SessionBuilder("s")
    odd: Any = {"call_id": ["a"], "agent": {"b": 1}, "error": 5, "start_ns": "x", "cost_usd": "7", "duration_ns": 1.5}
    counts: Any = ([None], "", -1.5, 10, True)
    builder.step("llm_call", place(1), usage=Usage(*counts), **odd)
    step = builder.build().steps[0]
    assert (step.call_id, step.agent, step.error) == ('["a"]', '{"b":1}', "5")
    assert (step.start_ns, step.cost_usd, step.duration_ns) == (None, None, None)
    assert step.usage == Usage(None, None, None, 10)


def test_a_change_for_a_call_that_never_came_is_left_out() -> None:
    builder = SessionBuilder("s")
    builder.llm_call(Message("assistant", (TextPart("yes"),)), place(1))
    before = builder.build().edits
    system = (Message("system", (TextPart("be brief"),)),)
    builder.edit(ContextEdit(at=len(builder.steps), phase="input", kind="system", messages=system))
    assert builder.build().edits == before
