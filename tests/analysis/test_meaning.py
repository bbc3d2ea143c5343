"""Arguments and texts compared in meaning."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.runs import order_run
from tracetui.analysis.meaning import At, changes, ids_in_place, text_changes
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import Roster

GOOD = order_run("cust_456", ["ord_127", "ord_119"], "ord_127", name="Bob")
BAD = order_run("cust_789", ["ord_341", "ord_298"], "ord_341", name="Alice")
AT = At(99, 99, "confirm_order")


def other_customer() -> Roles:
    return Roles(Roster(BAD), Roster(GOOD))


def same_customer() -> Roles:
    return Roles(Roster(GOOD), Roster(GOOD))


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ({"ids": ["b", "a"]}, {"ids": ["a", "b"]}),
        ({"sum": "158+141"}, {"sum": "(158 + 141)"}),
        ({"order": "ord_127", "note": None}, {"order": "ord_127"}),
        (
            {"summary": "Bob asks for ord_127 to be sent"},
            {"summary": "The customer wishes that ord_127 be sent at once"},
        ),
    ],
)
def test_what_means_the_same_has_no_change(bad: Any, good: Any) -> None:
    assert changes(bad, good, same_customer(), AT) == []


def test_a_changed_value_is_told_with_its_pointer() -> None:
    (change,) = changes({"to": {"zip": 1}}, {"to": {"zip": 2}}, same_customer(), AT)
    assert (change.path, change.bad, change.good) == ("/to/zip", "1", "2")


def test_a_value_left_out_or_added_is_a_change() -> None:
    assert [c.bad for c in changes({}, {"id": "ord_127"}, same_customer(), AT)] == [None]
    assert [c.good for c in changes({"id": "ord_127"}, {}, same_customer(), AT)] == [None]
    assert len(changes(["ord_127", "x"], ["ord_127"], same_customer(), AT)) == 1


def test_ids_of_another_customer_change_nothing_in_lists_either() -> None:
    bad, good = (
        {"customer": "cust_789", "orders": ["ord_298", "ord_341"]},
        {
            "customer": "cust_456",
            "orders": ["ord_127", "ord_119"],
        },
    )
    assert changes(bad, good, other_customer(), AT) == []


def test_trying_a_comparison_binds_nothing() -> None:
    roles = other_customer()
    changes({"id": "ord_341"}, {"id": "ord_127"}, roles, AT, bind=False)
    assert roles.named == {}


def test_a_program_is_compared_word_for_word_a_message_is_not() -> None:
    bad, good = "please remove all of the old files now", "could you delete every old file at once please"
    assert changes({"body": bad}, {"body": good}, same_customer(), AT) == []
    assert len(changes({"command": bad}, {"command": good}, same_customer(), AT)) == 1


def test_a_fact_in_a_text_is_a_change_where_another_one_takes_its_place() -> None:
    (change,) = text_changes("Your order ord_119 is here", "Your order ord_127 is here", same_customer(), AT)
    assert (change.bad, change.good) == ("ord_119", "ord_127")
    assert text_changes("Your order ord_127 is here", "Your order is here", same_customer(), AT) == []
    assert text_changes("Your order is here", "Your order ord_127 is here", same_customer(), AT) == []


def test_an_invented_id_in_a_text_is_a_change_of_its_own() -> None:
    (change,) = text_changes("Your order ord_999 is here", "Your order is here", same_customer(), AT)
    assert change.relation == "nowhere_bad"


def test_a_command_with_the_ids_of_another_customer_is_the_same_command() -> None:
    bad = {"command": "curl -s /orders/ord_341 --user cust_789 | head -5"}
    good = {"command": "curl -s /orders/ord_127 --user cust_456 | head -5"}
    assert changes(bad, good, other_customer(), AT) == []
    assert changes({"url": "https://x.io/o/ord_341"}, {"url": "https://x.io/o/ord_127"}, other_customer(), AT) == []


def test_a_command_on_another_thing_or_with_another_number_is_a_change() -> None:
    good = {"command": "curl -s /orders/ord_127 | head -5"}
    assert changes({"command": "curl -s /orders/ord_999 | head -5"}, good, other_customer(), AT)
    assert changes({"command": "curl -s /orders/ord_341 | head -9"}, good, other_customer(), AT)
    assert changes({"command": "curl -s /orders/ord_119 | head -5"}, good, same_customer(), AT)


def test_ids_stand_in_one_place_only_where_the_rest_is_equal() -> None:
    assert ids_in_place("started job_1182 now", "started job_2291 now") == [("job_1182", "job_2291")]
    assert ids_in_place("started job_1182 now", "started job_2291 then") is None
    assert ids_in_place("3 of job_1182", "4 of job_1182") is None
    assert ids_in_place("same", "same") == []
