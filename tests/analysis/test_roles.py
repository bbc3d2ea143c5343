"""Roles: what plays the same part in two runs is one thing, what nothing brought in is none."""

from __future__ import annotations

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import GIVEN, Roster, general_path, noun_of, value_key
from tracetui.model import Session

GOOD = order_run("cust_456", ["ord_127", "ord_119"], "ord_127", name="Bob")
LAST = 99


def roles(bad: Session, good: Session = GOOD) -> Roles:
    return Roles(Roster(bad), Roster(good))


def test_an_id_that_a_user_gave_and_one_that_a_tool_answered_are_told_apart() -> None:
    roster = Roster(GOOD)
    given, answered = roster.entry("cust_456", LAST), roster.entry("ord_119", LAST)
    assert given is not None
    assert given.way == GIVEN
    assert answered is not None
    assert answered.place == ("list_orders", "/orders/*/id")


def test_nothing_is_grounded_before_it_came_in() -> None:
    assert Roster(GOOD).entry("ord_119", 3) is None


def test_a_tool_that_echoes_the_id_it_was_asked_for_grounds_nothing() -> None:
    bad = order_run("cust_789", [], "ord_555", listed=False)
    assert Roster(bad).entry("ord_555", LAST) is None


def test_another_customer_plays_the_same_role() -> None:
    bad = order_run("cust_789", ["ord_341"], "ord_341", name="Alice")
    table = roles(bad)
    assert table.relate("cust_789", "cust_456", 1, 1, path="/id", tool="get_customer") == "role"
    assert table.relate("ord_341", "ord_127", 5, 5, path="/id", tool="get_order") == "role"
    assert table.named == {"CUSTOMER#1": ("cust_789", "cust_456"), "ORDER#1": ("ord_341", "ord_127")}


def test_an_order_from_nowhere_plays_no_role() -> None:
    bad = order_run("cust_789", [], "ord_555", listed=False)
    assert roles(bad).relate("ord_555", "ord_127", 3, 5, path="/id", tool="get_order") == "nowhere_bad"


def test_a_role_once_played_is_not_played_by_another_value() -> None:
    bad = order_run("cust_789", ["ord_341", "ord_298"], "ord_341", name="Alice")
    table = roles(bad)
    table.relate("ord_341", "ord_127", 5, 5)
    assert table.relate("ord_298", "ord_127", 7, 7) == "unbound"
    assert table.relate("ord_341", "ord_127", 7, 7) == "role"


def test_with_the_same_customer_another_order_is_another_choice() -> None:
    bad = order_run("cust_456", ["ord_127", "ord_119"], "ord_119", name="Bob")
    table = roles(bad)
    assert table.same_world
    assert table.relate("ord_119", "ord_127", 5, 5) == "other"


def test_ids_that_a_tool_made_up_in_like_calls_are_one_thing() -> None:
    bad = run(user("book for cust_456"), call("book", {"id": "bkg_11"}, customer="cust_456"), say("booked"))
    good = run(user("book for cust_456"), call("book", {"id": "bkg_29"}, customer="cust_456"), say("booked"))
    table = roles(bad, good)
    assert table.bind_answers({"/id": "bkg_11"}, {"/id": "bkg_29"}, "book") == []
    assert table.relate("bkg_11", "bkg_29", 4, 4) == "role"


def test_an_answer_about_another_customer_breaks_the_pair() -> None:
    bad = order_run("cust_789", ["ord_341"], "ord_341")
    table = roles(bad)
    table.relate("cust_789", "cust_456", 1, 1)
    broken = table.bind_answers({"/customer_id": "cust_012"}, {"/customer_id": "cust_456"}, "get_order")
    assert broken == [("/customer_id", "cust_012", "cust_456")]


def test_a_run_that_records_no_content_has_nothing_from_nowhere() -> None:
    bad = Session(session_id="bare", steps=())
    assert not Roster(bad).records_content


def test_words_that_users_said_are_found_as_words() -> None:
    roster = Roster(run(user("Upgrade me to business class please"), say("ok")))
    assert roster.entry("business", LAST) is not None
    assert roster.entry("busin", LAST) is None


def test_values_are_one_whatever_their_spelling() -> None:
    assert value_key("3120.0") == value_key("3120") == value_key("$3,120.00")
    assert value_key("ORD-555") == value_key("ord_555")


def test_names_of_roles_come_from_keys_lists_and_tools() -> None:
    assert noun_of("/customer_id", "get_order") == "CUSTOMER"
    assert noun_of("/id", "get_order_details") == "ORDER"
    assert noun_of("/reservations/3", None) == "RESERVATION"
    assert general_path("/orders/0/items/12/sku") == "/orders/*/items/*/sku"
