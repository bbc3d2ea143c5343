"""Fields of the wrong type are no fields; token counts mean the same whoever counted."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.ingest.test_decode import JSON
from tracetui.ingest.fields import (
    count_field,
    list_field,
    milliseconds_field,
    number_field,
    object_field,
    text_field,
)
from tracetui.ingest.usage import anthropic_usage, openai_usage
from tracetui.model import Usage


@given(JSON)
def test_any_value_is_taken_or_left(value: object) -> None:
    assert isinstance(text_field(value), str | None)
    assert isinstance(number_field(value), int | float | None)
    assert isinstance(count_field(value), int | None)
    assert isinstance(milliseconds_field(value), int | None)
    assert isinstance(object_field(value), dict)
    assert isinstance(list_field(value), list)
    openai_usage(value)
    anthropic_usage(value)


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), 10**400, "7", None])
def test_what_is_no_finite_number_is_left(value: object) -> None:
    assert number_field(value) is None
    assert count_field(value) is None


def test_milliseconds_become_nanoseconds() -> None:
    assert milliseconds_field(1.5) == 1_500_000
    assert milliseconds_field(-1) is None
    assert milliseconds_field(1e300) is None


def test_openai_counts_include_what_came_from_a_cache() -> None:
    chat = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "prompt_tokens_details": {"cached_tokens": 60},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    assert openai_usage(chat) == Usage(100, 20, 60, None, 5)
    responses = {"input_tokens": 100, "output_tokens": 20, "input_tokens_details": {"cached_tokens": 60}}
    assert openai_usage(responses) == Usage(100, 20, 60)


def test_anthropic_counts_are_added_up_and_said_to_be_derived() -> None:
    cached = {
        "input_tokens": 10,
        "output_tokens": 5,
        "cache_read_input_tokens": 80,
        "cache_creation_input_tokens": 10,
    }
    assert anthropic_usage(cached) == Usage(100, 5, 80, 10, origin="derived")
    assert anthropic_usage({"input_tokens": 10, "output_tokens": 5}) == Usage(10, 5)


@pytest.mark.parametrize("value", [None, {}, {"total_tokens": "many"}, [1]])
def test_no_counts_are_no_usage(value: object) -> None:
    assert openai_usage(value) is None
    assert anthropic_usage(value) is None
