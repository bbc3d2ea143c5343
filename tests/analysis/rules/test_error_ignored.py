"""An error that the agent calls a success."""

from __future__ import annotations

import pytest

from tests.analysis.rules.flagging import flags, steps
from tests.analysis.runs import Event, call, run, say, user

REFUSED = "Error: order cannot be cancelled"


def told(*events: Event) -> list[int]:
    return steps("error_ignored", run(user("Cancel order #W1."), *events))


def cancel(result: object) -> Event:
    return call("cancel_order", result, order_id="#W1")


def test_a_failed_action_told_as_done_is_flagged_at_the_claim() -> None:
    session = run(user("Cancel order #W1."), cancel(REFUSED), say("Order #W1 has been cancelled."))
    (flag,) = flags("error_ignored", session)
    assert session.steps[flag.step].number == 4
    assert flag.message == "says it was done, but cancel_order failed at step 3"
    assert [evidence.quote for evidence in flag.evidence] == [REFUSED, "Order #W1 has been cancelled."]


def test_an_error_in_a_structured_answer_counts() -> None:
    assert told(cancel({"error": "too late"}), say("I have successfully canceled it.")) == [4]


def test_an_error_that_is_spoken_of_is_not_ignored() -> None:
    assert told(cancel(REFUSED), say("Sorry, it could not be done."), say("Nothing has been cancelled.")) == []


def test_a_retry_that_succeeds_is_spared() -> None:
    assert told(cancel(REFUSED), cancel("ok"), say("It has been cancelled.")) == []


def test_another_act_than_the_failed_one_may_be_claimed() -> None:
    assert told(cancel(REFUSED), call("refund_order", "ok", order_id="#W1"), say("It has been refunded.")) == []


def test_a_failed_look_up_and_what_will_be_done_are_no_claims() -> None:
    assert told(call("get_order", "Error: none", id="#W1"), say("I have found it.")) == []
    assert told(cancel(REFUSED), say("Once it has been cancelled, I will write to you.")) == []


NOTHING: tuple[object, ...] = ("Error: no such order", [], {}, "", "No results found")


@pytest.mark.parametrize("answer", NOTHING)
def test_what_a_barren_look_up_is_said_to_have_brought_is_flagged(answer: object) -> None:
    look = call("get_order", answer, order_id="#W1")
    assert told(look, say("I have found your order: it is on its way.")) == [4]
    assert told(look, say("Here are the details of your order: it is on its way.")) == [4]


@pytest.mark.parametrize(
    "text",
    [
        "I looked up your order and found nothing.",
        "I have checked, and there is no such order.",
        "Sorry, I could not find the order.",
        "Which order do you mean?",
    ],
)
def test_a_barren_look_up_that_is_spoken_of_is_not(text: str) -> None:
    assert told(call("get_order", [], order_id="#W1"), say(text)) == []


def test_another_look_up_that_brought_something_supports_the_tale() -> None:
    brought = call("get_order", {"id": "#W1", "state": "open"}, order_id="#W1")
    assert told(call("get_order", [], order_id="W1"), brought, say("I have found your order.")) == []
