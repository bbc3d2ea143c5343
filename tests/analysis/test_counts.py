"""Stated counts against what there is to count."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.counts import miscount

SHIRTS = {"variants": {f"v{i}": {"color": "red" if i % 2 else "blue", "available": i < 10} for i in range(12)}}


@pytest.mark.parametrize(
    "text", ["There are 12 variants.", "We have 10 options available", "6 items in red", "no numbers"]
)
def test_a_count_that_some_way_of_counting_gives_is_right(text: str) -> None:
    assert miscount(text, [SHIRTS]) is None


def test_a_count_that_no_way_of_counting_gives_is_told() -> None:
    found = miscount("Currently, there are 11 available T-shirt options in our store.", [SHIRTS])
    assert found is not None
    assert found.stated == 11
    assert 10 in found.possible


def test_numbers_of_other_things_are_left_alone() -> None:
    for text in ("within 11 days", "11 and more items", "order 11", "11 dollars"):
        assert miscount(text, [SHIRTS]) is None
    assert miscount("11 options", [{"a": 1}, "text", None, []]) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    st.text(),
)
def test_any_result_and_any_text_give_an_answer(result: Any, text: str) -> None:
    miscount(text + " 7 items", [result])
