"""The door from the model to the screen."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tracetui.model import Message, SourceRef, Step, TextPart, ToolCallPart, ToolCallResponsePart
from tracetui.ui import present

HERE = SourceRef("run.jsonl", 0, 1)


def tool(**fields: object) -> Step:
    return Step(index=0, number=1, kind="tool_call", source=HERE, tool="get_order", **fields)  # type: ignore[arg-type]


def shown(step: Step) -> str:
    return present.content(*present.happened(step)).plain


@given(st.text())
def test_content_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    made = present.content(text, (text, "bold")).plain
    assert not [c for c in made if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


@given(st.text(max_size=80), st.integers(0, 40))
def test_elided_content_fits(text: str, cells: int) -> None:
    assert present.elide(present.content(text), cells).cell_length <= cells


@given(st.text(max_size=80), st.integers(0, 40))
def test_what_is_cut_in_the_middle_fits(text: str, cells: int) -> None:
    assert present.elide_middle(present.content(text), cells).cell_length <= cells


def test_names_that_begin_alike_are_told_apart_by_their_ends() -> None:
    first, second = (present.elide_middle(present.content(f"7acd37a8-2745-4b58/agent-{end}"), 20) for end in "ab")
    assert (str(first), str(second)) == ("7acd37a8-2745…gent-a", "7acd37a8-2745…gent-b")


@given(st.text(max_size=60), st.text(max_size=60), st.integers(1, 80))
def test_both_ends_of_a_line_fit(left: str, right: str, cells: int) -> None:
    assert present.spread(present.content(left), present.content(right), cells).cell_length <= max(cells, 0)


def test_a_tool_call_shows_arguments_and_answer() -> None:
    step = tool(arguments={"id": "ord_555"}, result={"owner": "cust_012", "lines": [1, 2]}, has_result=True)
    assert shown(step) == "id=ord_555 → owner=cust_012 lines=[1,2]"


def test_an_error_stands_for_the_answer() -> None:
    assert shown(tool(arguments={"id": 1}, error="HTTP 500")) == "id=1 → HTTP 500"


def test_an_answer_that_only_calls_tools_names_them() -> None:
    message = Message("assistant", (ToolCallPart("1", "get_order", {}), ToolCallPart("2", "get_customer", {})))
    step = Step(index=0, number=1, kind="llm_call", source=HERE, message=message)
    assert shown(step) == "→ get_order, get_customer"


def test_what_was_said_comes_before_the_writers_summary() -> None:
    message = Message("assistant", (TextPart("\n  I will look.\nNow."),))
    step = Step(index=0, number=1, kind="llm_call", source=HERE, message=message, summary="Looked")
    assert shown(step) == "I will look. Now."


def test_a_row_is_moved_so_that_the_wrong_value_is_seen() -> None:
    text = present.content("The account belongs to Alice Chen and her latest order is ord_555 placed on 2 Nov")
    made = present.around(text, [("ord_555", "bold")], 30)
    assert "ord_555" in made.plain
    assert made.plain.startswith("…")
    assert made.cell_length <= 30
    assert [made.plain[span.start : span.end] for span in made.spans] == ["ord_555"]


def test_a_row_that_shows_the_wrong_value_anyway_starts_at_its_start() -> None:
    assert present.around(Content("id=ord_555 and more words to come"), [("ord_555", "")], 20).plain.startswith("id=")


def test_a_value_is_marked_wherever_it_stands() -> None:
    made = present.highlight(Content("a ord_1 b ord_1"), [("ord_1", "bold")])
    assert [(span.start, span.end) for span in made.spans] == [(2, 7), (10, 15)]


def test_a_tools_answer_in_a_message_of_its_own_is_what_happened() -> None:
    message = Message("tool", (ToolCallResponsePart("c1", "7 bottles"),))
    step = Step(index=0, number=1, kind="message", source=HERE, message=message, attributes={"copied_from": "t1"})
    assert shown(step).endswith("7 bottles")
