"""The texts of a session, with who wrote them."""

from __future__ import annotations

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.passages import BEFORE, asking_step, asking_steps, leaves, passages, telling_keys
from tracetui.ingest.build import SessionBuilder
from tracetui.model import (
    ContextEdit,
    Message,
    OtherPart,
    RecordedPrompt,
    SourceRef,
    TextPart,
    ToolCallResponsePart,
    ToolDefinition,
)

PLACE = SourceRef("run.json", 0, 1)


def test_arguments_are_written_by_the_call_that_asked() -> None:
    session = run(user("Look up ord_1."), call("get_order", {"id": "ord_1"}, id="ord_1"), say("Done."))
    told = [(p.step, p.author, p.kind, p.path, p.text) for p in passages(session)]
    assert told == [
        (0, 0, "given", "", "Look up ord_1."),
        (2, 1, "argument", "/id", "ord_1"),
        (2, 2, "result", "/id", "ord_1"),
        (3, 3, "said", "", "Done."),
    ]


def test_the_asking_steps_are_those_told_one_by_one() -> None:
    session = run(user("a"), call("x", "1", id="1"), say("b"), call("y", "2", id="2"))
    assert asking_steps(session) == [asking_step(session, step) for step in session.steps]


def test_keys_that_are_data_are_passages_too() -> None:
    assert list(telling_keys({"cards": {"card_1": {"brand": "visa"}}, "total": 3})) == [("/cards/card_1", "card_1")]
    session = run(call("get_user", {"cards": {"card_1": {"brand": "visa"}}}, id="u"))
    assert ("result", "card_1") in [(p.kind, p.text) for p in passages(session)]


def test_a_prompt_adds_only_what_no_step_holds() -> None:
    builder = SessionBuilder("s")
    builder.message(Message("user", (TextPart("Hello ord_1"),)), PLACE)
    index = builder.llm_call(Message("assistant", (TextPart("Hi"),)), PLACE)
    prompt = (Message("user", (TextPart("Hello ord_1"),)), Message("user", (TextPart("Context: ord_2"),)))
    builder.prompt(index, RecordedPrompt(messages=prompt, system=(TextPart("Be kind"),), source=PLACE))
    told = [(p.step, p.author, p.kind, p.text) for p in passages(builder.build())]
    assert told == [
        (0, 0, "given", "Hello ord_1"),
        (1, -1, "system", "Be kind"),
        (1, -1, "given", "Context: ord_2"),
        (1, 1, "said", "Hi"),
    ]


def test_tool_results_known_only_from_a_delta_are_results() -> None:
    builder = SessionBuilder("s")
    builder.step("llm_call", PLACE)
    answer = Message("tool", (ToolCallResponsePart("c", {"id": "ord_9"}),))
    builder.edit(ContextEdit(at=0, phase="input", messages=(answer,)))
    assert [(p.kind, p.author, p.text) for p in passages(builder.build())] == [("result", -1, "ord_9")]


def test_system_prompt_and_tools_stand_before_the_first_step() -> None:
    builder = SessionBuilder("s")
    builder.set_system((TextPart("Use the tools."),))
    builder.set_tools((ToolDefinition("get_order", "One order.", {"type": "object"}),))
    builder.message(Message("user", (TextPart("Hi"),)), PLACE)
    told = [(p.step, p.kind, p.text) for p in passages(builder.build())]
    assert told == [
        (BEFORE, "system", "Use the tools."),
        (BEFORE, "system", "get_order: One order."),
        (BEFORE, "system", '{"type":"object"}'),
        (0, "given", "Hi"),
    ]


def test_pictures_hold_no_text() -> None:
    builder = SessionBuilder("s")
    builder.message(Message("user", (OtherPart("image_url", {"url": "data:image/png;base64,AA1"}),)), PLACE)
    assert passages(builder.build()) == ()


def test_leaves_point_to_where_they_stand() -> None:
    assert list(leaves({"a/b": [1, None, {"c": True}]})) == [("/a~1b/0", "1"), ("/a~1b/2/c", "true")]
