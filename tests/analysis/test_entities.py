"""Values in text."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.entities import SCAN_LIMIT, find_entities


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.text) for entity in find_entities(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("belongs to cust_012, not cust_789", [("id", "cust_012"), ("id", "cust_789")]),
        ("order #W1234567 of 4WQ150", [("id", "#W1234567"), ("id", "4WQ150")]),
        ("id 550e8400-e29b-41d4-a716-446655440000.", [("id", "550e8400-e29b-41d4-a716-446655440000")]),
        ("item 1008292230", [("id", "1008292230")]),
        ("mail a.b@c.co.uk. Now", [("email", "a.b@c.co.uk")]),
        ("(see https://a.org/b?x=1).", [("url", "https://a.org/b?x=1")]),
        ("total $1,234.50, was 1200 EUR", [("amount", "$1,234.50"), ("amount", "1200 EUR")]),
        ("on May 15, 2024 at 3:15 pm", [("date", "May 15, 2024"), ("time", "3:15 pm")]),
        ("2024-05-15T15:00:00Z", [("date", "2024-05-15"), ("time", "15:00:00Z")]),
        ("call +1 555 123 4567", [("phone", "+1 555 123 4567")]),
        ("src/a/b.py and /usr/lib/x.so", [("path", "src/a/b.py"), ("path", "/usr/lib/x.so")]),
        ("from JFK with 2 bags, GPT-4", [("code", "JFK"), ("number", "2"), ("code", "GPT-4")]),
        ("Ask Alice Chen", [("name", "Ask Alice Chen")]),
        ("the 'Street Address' column", [("name", "Street Address")]),
        ("‘Street Address’", [("name", "Street Address")]),
        ("Patrick D'angelo's Bar", [("name", "Patrick D'angelo's Bar")]),
    ],
)
def test_values_are_found_with_their_kind(text: str, values: list[tuple[str, str]]) -> None:
    assert found(text) == values


@pytest.mark.parametrize("text", ["yes and/or no", "nothing here", "", "e.g. this", "...", "@", "://"])
def test_plain_words_hold_no_value(text: str) -> None:
    assert found(text) == []


def test_a_measure_is_a_number_and_no_id() -> None:
    assert found("256GB, 3rd, 5-minute, 2x") == [
        ("number", "256GB"),
        ("number", "3rd"),
        ("number", "5-minute"),
        ("number", "2x"),
    ]


def test_words_in_quotes_stand_beside_the_values_in_them() -> None:
    assert found('"red ord_555 lamp"') == [("quoted", "red ord_555 lamp"), ("id", "ord_555")]


def test_the_keys_of_an_object_are_no_quotes() -> None:
    assert found('{"name": "blue"}') == [("quoted", "blue")]


@given(st.text(max_size=300))
def test_every_value_is_a_slice_of_the_text_in_order(text: str) -> None:
    values = find_entities(text)
    assert all(text[value.start : value.end] == value.text for value in values)
    assert [value.start for value in values] == sorted(value.start for value in values)


@given(
    st.lists(
        st.sampled_from(["1", "a", "-", "_", ".", "/", "@", "+", " ", "$", "#", "://", "Jan ", "A", "(", ")"]),
        max_size=60,
    )
)
def test_odd_tokens_never_overlap(pieces: list[str]) -> None:
    values = [value for value in find_entities("".join(pieces)) if value.kind != "quoted"]
    assert all(one.end <= other.start for one, other in pairwise(values))


@pytest.mark.parametrize(
    "piece", ["a", "a-", "1,", "1-1-", "+1", "a@", "a1@a.", "/a", "1/", "$", "(555) ", "Aa ", "1 ", '"a', "C:\\ "]
)
def test_a_long_hostile_line_takes_time_linear_in_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        start = time.perf_counter()
        find_entities(text)
        return time.perf_counter() - start

    assert seconds(40_000) < 20 * min(seconds(10_000) for _ in range(2)) + 0.5


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    assert found("x " * (SCAN_LIMIT // 2) + "ord_555") == []
