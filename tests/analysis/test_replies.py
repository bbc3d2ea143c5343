"""Answers: of tools to like calls, and of the agent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.meaning import At
from tracetui.analysis.replies import final_answer, is_alike, result_change, said_change
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import Roster

SESSION = order_run("cust_456", ["ord_127", "ord_119"], "ord_127", name="Bob")
AT = At(99, 99)


def roles() -> Roles:
    return Roles(Roster(SESSION), Roster(SESSION))


def change(bad: Any, good: Any) -> str | None:
    one, other = (run(call("get_job", result, id="job_1")).steps[1] for result in (bad, good))
    return result_change(one, other, roles())


def test_a_failure_on_one_side_is_a_change() -> None:
    assert (change("Error: down", {"a": 1}) or "").startswith("failed")
    assert (change({"a": 1}, "Error: down") or "").startswith("succeeded")


def test_another_state_is_a_change_another_time_is_not() -> None:
    assert "pending" in (change({"status": "pending"}, {"status": "done"}) or "")
    assert change({"at": "2025-11-01T10:00:00Z", "ms": 4}, {"at": "2025-11-02T11:00:00Z", "ms": 9}) is None


@pytest.mark.parametrize("final", [False, True])
def test_one_statement_with_another_fact_is_a_change(final: bool) -> None:
    found = said_change("Hi! Your order ord_119 is paid.", "Your order ord_127 is paid. Bye!", roles(), AT, final=final)
    assert found is not None
    assert (found.bad, found.good) == ("ord_119", "ord_127")


def test_facts_that_contradict_each_other_count_in_the_final_answer_only() -> None:
    bad, good = "I have paid for ord_119.", "We confirmed the order ord_127 for you."
    assert said_change(bad, good, roles(), AT, final=False) is None
    assert said_change(bad, good, roles(), AT, final=True) is not None


def test_the_final_answer_is_what_the_agent_said_last() -> None:
    assert final_answer(run(user("go"), say("one"), say("two"), user("thanks")).steps) == 2
    assert final_answer(run(user("go")).steps) is None


def test_answers_are_alike_in_their_words_or_in_what_they_are_about() -> None:
    assert is_alike("The order is on its way to you.", "Your order is on its way to you now.", roles(), AT)
    assert is_alike("All set with ord_127, enjoy!", "We have confirmed what you bought (ord_127).", roles(), AT)
    assert not is_alike("Expect rain in the west tonight.", "Nobody answers the phone in Paris.", roles(), AT)


def test_what_two_like_answers_name_as_made_stands_for_each_other() -> None:
    bad, good = (
        run(user("go"), call("start_job", "Started job_1182.")),
        run(user("go"), call("start_job", "Started job_2291.")),
    )
    both = Roles(Roster(bad), Roster(good))
    assert result_change(bad.steps[2], good.steps[2], both) is None
    assert both.relate("job_1182", "job_2291", 99, 99) == "role"


@pytest.mark.parametrize("final", [False, True])
def test_a_long_sentence_in_nearly_the_same_words_with_another_fact_is_a_change(final: bool) -> None:
    bad = "The highest price of a flat on the harbour in that year is indeed $7,836,636 as the register says."
    good = "Done: the highest price of a flat on the harbour in that year is indeed $5,200,000 as the register says."
    found = said_change(bad, good, roles(), AT, final=final)
    assert found is not None
    assert (found.bad, found.good) == ("$7,836,636", "$5,200,000")
    assert said_change("It costs $7.00 now.", "So it costs $5.00 now.", roles(), AT, final=False) is None
