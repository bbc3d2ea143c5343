"""Which actions decided: done otherwise, done beside, left out; failed tries and other orders of equal actions are none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.runs import Event, call, run, say, user
from tracetui.analysis import decisive, meaning
from tracetui.analysis.divergence import contrast

START = user("cancel ord_1 and ord_2, then tell ann@example.com")
CANCEL_1 = call("cancel_order", {"ok": True}, order_id="ord_1")
CANCEL_2 = call("cancel_order", {"ok": True}, order_id="ord_2")
TELL = call("send_email", {"ok": True}, to="ann@example.com", body="Both of your orders are cancelled now.")
LOOK = call("get_order", {"id": "ord_1"}, order_id="ord_1")


def kinds(bad: list[Event], good: list[Event]) -> list[tuple[str, int | None]]:
    found = contrast(run(START, *bad, say("done")), run(START, *good, say("done"))).decisive
    return [(decisive.kind, decisive.bad) for decisive in found]


def test_equal_actions_decide_nothing_whatever_their_order_and_lookups() -> None:
    assert kinds([CANCEL_2, LOOK, CANCEL_1, TELL], [CANCEL_1, CANCEL_2, TELL]) == []


def test_an_action_on_another_thing_is_wrong_at_the_step_that_asked_for_it() -> None:
    wrong = call("cancel_order", {"ok": True}, order_id="ord_9")
    assert kinds([LOOK, wrong, TELL], [LOOK, CANCEL_1, TELL]) == [("wrong_action", 3)]


def test_an_action_of_another_kind_in_the_place_of_one_is_wrong() -> None:
    refund = call("refund_order", {"ok": True}, order_id="ord_1")
    assert kinds([refund, TELL], [CANCEL_1, TELL]) == [("wrong_action", 1)]


def test_what_is_left_out_is_missing_before_the_next_action() -> None:
    assert kinds([LOOK, TELL], [LOOK, CANCEL_1, TELL]) == [("missing_action", 3)]


def test_what_is_left_out_at_the_end_is_missing_at_the_answer() -> None:
    assert kinds([CANCEL_1], [CANCEL_1, TELL]) == [("missing_action", 3)]


def test_an_action_beside_the_good_ones_is_extra() -> None:
    refund = call("refund_order", {"ok": True}, order_id="ord_1")
    assert kinds([CANCEL_1, TELL, refund], [CANCEL_1, TELL]) == [("extra_action", 5)]


def test_an_action_done_twice_is_extra_unless_the_first_failed() -> None:
    failed = call("cancel_order", "Error: locked", order_id="ord_1")
    assert kinds([CANCEL_1, CANCEL_1, TELL], [CANCEL_1, TELL]) == [("extra_action", 3)]
    assert kinds([failed, CANCEL_1, TELL], [CANCEL_1, TELL]) == []
    assert kinds([failed, failed, CANCEL_1, TELL], [CANCEL_1, TELL]) == []


def test_a_failed_try_of_the_good_run_is_not_missed() -> None:
    failed = call("refund_order", "Error: not refundable", order_id="ord_1")
    assert kinds([CANCEL_1, TELL], [failed, CANCEL_1, TELL]) == []


def test_what_was_done_wrong_weighs_before_what_was_left_out_at_the_same_step() -> None:
    wrong = call("cancel_order", {"ok": True}, order_id="ord_9")
    refund = call("refund_order", {"ok": True}, order_id="ord_1")
    assert kinds([wrong], [refund, CANCEL_1]) == [("wrong_action", 1), ("missing_action", 1)]


def test_mail_in_other_words_is_the_same_action() -> None:
    other = call(
        "send_email", {"ok": True}, to="ann@example.com", body="Hello Ann, we have cancelled both orders today."
    )
    assert kinds([CANCEL_1, other], [CANCEL_1, TELL]) == []


def cancelled(first: int, count: int) -> list[Event]:
    return [call("cancel_order", {"ok": True}, order_id=f"ord_{n}") for n in range(first, first + count)]


def test_runs_that_share_no_action_are_compared_in_bounded_work(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    counted = meaning.changes

    def count(*values: Any, **options: Any) -> Any:
        nonlocal compared
        compared += 1
        return counted(*values, **options)

    monkeypatch.setattr(decisive, "changes", count)
    monkeypatch.setattr(decisive, "_COMPARISONS", 400)
    assert len(kinds(cancelled(1_000, 200), cancelled(5_000, 200))) == 200
    # Once for what is the same under the roles, once for what stands in its place, twice to word it.
    assert compared <= 2 * 400 + 3 * 200


def test_of_many_actions_each_stands_in_the_place_of_one_near_it() -> None:
    bad, good = cancelled(1_000, 100), cancelled(5_000, 100)
    told = contrast(run(START, *bad, say("done")), run(START, *good, say("done"))).decisive
    assert [abs(one.bad - one.good) <= 60 for one in told if one.bad is not None and one.good is not None] == [
        True
    ] * 100
