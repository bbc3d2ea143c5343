"""Numbers that an answer gives without writing them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.runs import call, run
from tracetui.analysis.tallies import Tallies

CART = {"items": [{"price": 2.5, "count": 4, "name": "a"}, {"price": 1.25, "count": 2, "name": "b"}]}


@pytest.mark.parametrize(
    ("kind", "key", "told"),
    [
        ("number", "2", "as many as the answer of step 2 has"),
        ("amount", "2", ""),
        ("amount", "3.75", "price of the answer of step 2, added up"),
        ("number", "6", "count of the answer of step 2, added up"),
        ("amount", "12.5", "price × count of the answer of step 2, added up"),
        ("amount", "12.51", ""),
    ],
)
def test_sizes_columns_and_products_are_told_with_their_step(kind: str, key: str, told: str) -> None:
    assert Tallies(run(call("get_cart", CART))).of(kind, key, 9) == told


def test_what_comes_later_gives_nothing() -> None:
    assert Tallies(run(call("get_cart", CART))).of("amount", "12.5", 1) == ""


@pytest.mark.parametrize(
    "odd", [[{"p": float("nan")}, {"p": 1}], [{"p": True}, {"p": 1}], [{"p": 1}, {}], [1, 2], "x\ny", None]
)
def test_odd_answers_add_up_to_nothing(odd: Any) -> None:
    assert Tallies(run(call("look", odd))).of("amount", "1", 9) == ""
