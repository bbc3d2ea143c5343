"""What a run did: failures, retries, repetitions and notes to itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.runs import call, run, user
from tracetui.analysis.conduct import Run, failed
from tracetui.analysis.sketch import sketches
from tracetui.model import Session


def conduct(session: Session) -> Run:
    return Run(session, sketches(session))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("Error: not found", True),
        ({"error": "no such order"}, True),
        ("Traceback (most recent call last):", True),
        ({"error": None, "id": 1}, False),
        ("no error at all", False),
        (None, False),
    ],
)
def test_a_failure_is_told_by_the_answer(result: Any, expected: bool) -> None:
    assert failed(run(call("get", result, id="x_1")).steps[1]) is expected


def test_a_retry_follows_a_failure_of_the_same_call() -> None:
    found = conduct(
        run(call("get", "Error: busy", id="x_1"), call("get", {"a": 1}, id="x_2"), call("get", {"a": 1}, id="x_1"))
    )
    assert [found.is_retry(at) for at in (1, 3, 5)] == [False, False, True]
    assert [found.repeats(at) for at in (1, 3, 5)] == [0, 0, 1]


def test_a_note_is_free_text_that_changes_and_answers_nothing() -> None:
    thought = "I should check the policy before I refund this order."
    found = conduct(run(call("think", "", thought=thought), call("search", {"hits": 0}, query=thought)))
    assert [found.is_note(at) for at in (1, 3)] == [True, False]


def test_a_tool_that_also_answers_takes_no_notes() -> None:
    text = "I should check the order once more."
    session = run(call("get_order", {"id": 1}, id="ord_100"), call("get_order", "", thought=text))
    assert not Run(session, sketches(session)).is_note(3)


def test_a_difference_in_a_call_arose_in_the_step_that_asked_for_it() -> None:
    found = conduct(run(user("go"), call("get", {}, id="x_1")))
    assert (found.asking(2), found.asking(0)) == (1, 0)
    assert found.asked == {1}
