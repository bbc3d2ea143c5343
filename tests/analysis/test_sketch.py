"""A step reduced to the action it is."""

from __future__ import annotations

import pytest

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.roster import Roster
from tracetui.analysis.sketch import canonical, is_empty, said_text, sketches

EMPTY: list[object] = [None, "", [], {}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [2, 3]}, {"b": [3, 2.0], "a": 1.0}),
        ({"a": "x", "note": ""}, {"a": "x"}),
        ({"a": "two  words"}, {"a": "two words"}),
        ({"n": 5}, {"n": "5"}),
    ],
)
def test_order_spelling_and_empty_values_do_not_count(one: object, other: object) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), [({"a": False}, {}), ({"a": 1}, {"a": 2}), ({"a": "x"}, {"b": "x"})])
def test_values_and_keys_count(one: object, other: object) -> None:
    assert canonical(one) != canonical(other)


def test_false_and_zero_say_something() -> None:
    assert all(is_empty(value) for value in EMPTY)
    assert not is_empty(0)
    assert not is_empty(False)


def test_another_id_is_another_action_of_the_same_shape() -> None:
    one, other = (sketches(run(call("get_order", {}, id=order)))[1] for order in ("ord_1234", "ord_9876"))
    assert one.exact != other.exact
    assert one.shape == other.shape


def test_an_answer_is_what_it_asked_for_not_how_it_was_worded() -> None:
    session = run(user("go"), call("get_order", {}, id="ord_1"), say("done"))
    asks = sketches(session)[1]
    assert asks.anchors
    assert "get_order" in asks.exact
    assert not sketches(session)[3].anchors


def test_with_places_the_first_order_of_one_customer_is_the_first_order_of_another() -> None:
    runs = (order_run("cust_789", ["ord_341", "ord_2"], "ord_341"), order_run("cust_456", ["ord_127"], "ord_127"))
    one, other = ([s.exact for s in sketches(r, Roster(r).place_of) if "tool" in s.exact] for r in runs)
    assert one == other


def test_what_was_said_is_words_else_the_summary() -> None:
    session = run(say("hello"), call("get", {}, id="x_1"))
    assert said_text(session.steps[0]) == "hello"
    assert said_text(session.steps[1]) == ""
