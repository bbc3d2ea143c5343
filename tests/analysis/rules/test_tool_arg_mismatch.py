"""Arguments that break the schema, or the habit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.rules.flagging import flags, steps
from tests.analysis.runs import call, run, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Session, SourceRef, ToolCallPart, ToolDefinition

GET_ORDER = ToolDefinition(
    "get_order",
    "One order.",
    {
        "type": "object",
        "properties": {"id": {"type": "string"}, "detail": {"type": "string", "enum": ["short", "long"]}},
        "required": ["id"],
        "additionalProperties": False,
    },
)
OTHER = ToolDefinition("list_orders", "All orders.", {"type": "object", "properties": {}})


def defined(tool: str, arguments: Any) -> Session:
    builder = SessionBuilder("s")
    builder.set_tools((GET_ORDER, OTHER))
    place = SourceRef("t.json", 0, 1, None, "/messages/0")
    message = Message("assistant", (ToolCallPart("c", tool, arguments),))
    builder.llm_call(message, place, call_sources=[SourceRef("t.json", 0, 1, None, "/messages/0/tool_calls/0")])
    return builder.build()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "get_order: required argument “id” is missing"),
        (None, "get_order: required argument “id” is missing"),
        ({"id": 7}, "get_order: “id” is integer, not string"),
        ({"id": {"unexpected": "x"}}, "get_order: “id” is object, not string"),
        ({"id": "a", "idd": 1}, "get_order has no argument “idd”"),
        ({"id": "a", "detail": "huge"}, "get_order: “huge” is no allowed value of “detail”"),
        ('{"id": "a"', "get_order: the arguments are no JSON object"),
    ],
)
def test_a_call_that_breaks_the_schema_is_flagged_at_the_call(arguments: Any, told: str) -> None:
    session = defined("get_order", arguments)
    (flag,) = flags("tool_arg_mismatch", session)
    assert flag.message == told
    assert flag.confidence >= 0.7
    assert flag.step == 1
    assert flag.source.pointer == "/messages/0/tool_calls/0"


def test_a_call_of_an_undefined_tool_names_the_nearest() -> None:
    (flag,) = flags("tool_arg_mismatch", defined("get_order_v2", {"id": "a"}))
    assert flag.message == "no tool “get_order_v2” is defined; the nearest is “get_order”"


@pytest.mark.parametrize("arguments", [{"id": "a"}, {"id": "a", "detail": "long"}, {"id": "a", "detail": None}])
def test_good_arguments_are_not_flagged(arguments: Any) -> None:
    assert flags("tool_arg_mismatch", defined("get_order", arguments)) == []


def test_a_python_call_as_a_tracer_records_it_is_read_by_name() -> None:
    wrapped = {"args": ["ord_7"], "kwargs": {"detail": "long"}, "log_calls": True}
    assert flags("tool_arg_mismatch", defined("get_order", wrapped)) == []
    (flag,) = flags("tool_arg_mismatch", defined("get_order", wrapped | {"kwargs": {"idd": 1}}))
    assert flag.message == "get_order has no argument “idd”"


def test_without_definitions_an_odd_call_stands_out_from_three_others() -> None:
    good = [call("get", "ok", id=f"o_{n}") for n in range(3)]
    odd = run(user("Go."), *good, call("get", "ok", idd=12, force="yes"))
    (flag,) = flags("tool_arg_mismatch", odd)
    assert flag.confidence <= 0.5
    assert "all other 3 calls" in flag.message
    typed = run(user("Go."), *good, call("get", "ok", id={"x": 1}))
    assert steps("tool_arg_mismatch", typed) == [9]


def test_an_optional_argument_or_few_calls_make_no_habit() -> None:
    good = [call("get", "ok", id=f"o_{n}") for n in range(3)]
    assert flags("tool_arg_mismatch", run(*good, call("get", "ok", id="o_9", detail="long"))) == []
    assert flags("tool_arg_mismatch", run(*good[:2], call("get", "ok", idd=12))) == []


def test_arguments_that_are_broken_json_are_flagged_without_a_definition() -> None:
    builder = SessionBuilder("s")
    place = SourceRef("t.json", 0, 1)
    for text in ('{"id": ', "plain words for a tool that takes text"):
        builder.llm_call(Message("assistant", (ToolCallPart(text, "get", text),)), place)
    assert steps("tool_arg_mismatch", builder.build()) == [2]
