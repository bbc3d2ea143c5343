"""The backward walk from a wrong output to where its premise first appeared."""

from __future__ import annotations

from tests.analysis.runs import call, order_run, run, say, user
from tracetui.analysis.flags import all_flags
from tracetui.analysis.origin import find_origin, last_output, wrong_words
from tracetui.analysis.provenance import Provenance
from tracetui.model import Session


def incident() -> Session:
    """An order id that nothing holds is looked up, confirmed, mailed and reported."""
    return run(
        user("Please confirm the latest order of cust_789."),
        call("get_customer", {"id": "cust_789", "name": "Alice Chen", "email": "a@b.org"}, id="cust_789"),
        call("get_order", {"id": "ord_555", "customer_id": "cust_012", "total_usd": 1840.25}, id="ord_555"),
        call("confirm_order", {"status": "confirmed", "confirmation": "cnf_9021"}, order_id="ord_555"),
        say("Done: your order was confirmed under cnf_9021."),
    )


def test_the_origin_wrote_the_value_that_stands_in_nothing_before() -> None:
    provenance = Provenance.of(incident())
    origin = find_origin(provenance, all_flags(provenance))
    assert origin.found
    assert (origin.step, origin.value) == (3, "ord_555")
    assert origin.symptom == 7
    assert "ord_555" in origin.evidence[0].quote
    assert origin.evidence[0].role == "first appears here"


def test_the_cascade_holds_what_rests_on_it_through_what_its_calls_brought_back() -> None:
    """The last answer names only the confirmation, which the call with the wrong order brought in."""
    provenance = Provenance.of(incident())
    origin = find_origin(provenance, all_flags(provenance))
    assert origin.cascade == (3, 4, 5, 6, 7)
    assert (6, 7, "cnf_9021") in origin.links


def test_a_good_run_has_none_and_says_why() -> None:
    provenance = Provenance.of(order_run("cust_789", ["ord_341"], "ord_341"))
    origin = find_origin(provenance, all_flags(provenance))
    assert not origin.found
    assert origin.because.startswith("not found, because")


def test_a_session_without_output_has_nothing_to_walk_back_from() -> None:
    provenance = Provenance.of(run(user("hello")))
    assert last_output(provenance.session) is None
    assert "no output" in find_origin(provenance, ()).because


def test_a_symptom_before_the_origin_does_not_rest_on_it() -> None:
    provenance = Provenance.of(incident())
    assert not find_origin(provenance, all_flags(provenance), symptom=1).found


def test_words_of_a_person_are_followed_to_the_tool_that_brought_them() -> None:
    provenance = Provenance.of(incident())
    origin = find_origin(provenance, (), symptom=7, symptom_text="cnf_9021")
    assert origin.found
    assert (origin.step, origin.value) == (6, "cnf_9021")
    assert "came in with the result" in origin.because
    assert origin.cascade == (6, 7)


def test_words_of_a_person_that_a_model_invented_lead_to_the_model() -> None:
    provenance = Provenance.of(incident())
    origin = find_origin(provenance, (), symptom=5, symptom_text="ord_555")
    assert (origin.found, origin.step) == (True, 3)


def test_words_that_the_step_does_not_hold_are_said_to_be_missing() -> None:
    provenance = Provenance.of(incident())
    assert "does not hold these words" in find_origin(provenance, (), symptom=7, symptom_text="ord_000").because


def test_what_was_expected_points_at_the_value_that_stands_in_its_place() -> None:
    session = run(user("Which order is latest?"), call("list_orders", {"orders": ["ord_341"]}), say("It is ord_555."))
    provenance = Provenance.of(session)
    assert wrong_words(provenance, 3, "ord_341") == "ord_555"
    assert wrong_words(provenance, 3, "ord_555") is None
    assert wrong_words(provenance, 3, "something else") is None


def test_words_that_only_end_the_run_are_no_output() -> None:
    assert last_output(run(user("Go."), say("It is 42."), say("TERMINATE"))) == 1
    assert last_output(run(user("Go."), say("TERMINATE"))) == 1
    assert last_output(run(user("Go."))) is None
