"""The filter language and the content search."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import Message, Session, SourceRef, Step, TextPart
from tracetui.search import FilterError, filter_steps, find_steps, parse_filter

HERE = SourceRef("run.jsonl", 0, 1)


def said(index: int, text: str, **fields: object) -> Step:
    message = Message("assistant", (TextPart(text),))
    return Step(index=index, number=index + 1, kind="llm_call", source=HERE, message=message, **fields)  # type: ignore[arg-type]


SESSION = Session(
    session_id="s",
    steps=(
        said(0, "I look up the Account", agent="planner", model="claude-sonnet"),
        Step(
            index=1,
            number=2,
            kind="tool_call",
            source=HERE,
            tool="get_order",
            arguments={"id": "ord_555"},
            result={"owner": "cust_012"},
            has_result=True,
            status="error",
            error="late",
        ),
        said(2, "Her order is ord_555", agent="writer"),
        Step(index=3, number=4, kind="message", source=HERE, message=Message("user", (TextPart("thanks"),))),
    ),
)
LETTERS = {1: "M!", 2: "E"}
KINDS = {1: ("ENTITY_MISMATCH",), 2: ("ENTITY_HALLUCINATION",)}


def passing(text: str, marked: set[int] | None = None) -> list[int]:
    return filter_steps(SESSION, parse_filter(text), letters=LETTERS, flags=KINDS, marked=marked or set())


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", [0, 1, 2, 3]),
        ("kind:tool", [1]),
        ("kind:tool_call", [1]),
        ("kind:llm,msg", [0, 2, 3]),
        ("kind:user", [3]),
        ("tool:order", [1]),
        ("agent:PLAN", [0]),
        ("model:sonnet", [0]),
        ("status:error", [1]),
        ("is:error", [1]),
        ("flag:E", [2]),
        ("flag:e", [2]),
        ("flag:mismatch", [1]),
        ("flag:any", [1, 2]),
        ("-flag:any", [0, 3]),
        ("step:2-3", [1, 2]),
        ("step:3-", [2, 3]),
        ("ord_555", [1, 2]),
        ("ord_555 -kind:tool", [2]),
        ('"the account"', [0]),
        ('-"the account" kind:llm', [2]),
    ],
)
def test_a_filter_lets_through_what_all_its_terms_hold_for(text: str, steps: list[int]) -> None:
    assert passing(text) == steps


def test_marked_steps_can_be_filtered() -> None:
    assert passing("is:marked", {3}) == [3]


@pytest.mark.parametrize(("text", "names"), [("colour:red", "kind, tool"), ("step:many", "12 or 10-20")])
def test_a_filter_that_cannot_be_understood_says_what_would_be(text: str, names: str) -> None:
    with pytest.raises(FilterError, match=names):
        parse_filter(text)


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_an_error_that_says_why(text: str) -> None:
    with suppress(FilterError):
        assert set(passing(text)) <= {0, 1, 2, 3}


def test_a_search_looks_at_arguments_results_errors_and_messages() -> None:
    assert find_steps(SESSION, "ord_555") == [1, 2]
    assert find_steps(SESSION, "cust_012") == [1]
    assert find_steps(SESSION, "late") == [1]


def test_case_matters_in_a_search_with_a_capital_only() -> None:
    assert find_steps(SESSION, "account") == [0]
    assert find_steps(SESSION, "Account") == [0]
    assert find_steps(SESSION, "ACCOUNT") == []


def test_a_search_that_is_no_longer_wanted_stops() -> None:
    assert find_steps(SESSION, "ord_555", is_cancelled=lambda: True) == []
