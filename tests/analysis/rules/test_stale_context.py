"""What is out of date and used all the same."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.analysis.rules.flagging import flags
from tests.analysis.runs import Event, call, run, say, user
from tracetui.model import Session


def look(price: float, **more: Any) -> Event:
    return call("get_quote", {"quote_id": "Q-77", "price": price, **more}, quote_id="Q-77")


def used(*events: Event) -> list[str]:
    return [flag.evidence[-1].quote for flag in flags("stale_context", run(user("Order what Q-77 offers."), *events))]


def test_an_action_on_the_older_value_is_flagged_where_it_was_written() -> None:
    session = run(user("Order it."), look(118.4), look(131.9), call("place_order", "ok", quote_id="Q-77", price=118.4))
    (flag,) = flags("stale_context", session)
    assert session.steps[flag.step].number == 6
    assert flag.message == "uses “118.4” of step 3, but step 5 gave “131.9”"
    assert [evidence.quote for evidence in flag.evidence] == ["118.4", "131.9", "118.4"]


def test_an_answer_with_the_older_value_is_flagged() -> None:
    assert used(look(118.4), look(131.9), say("It costs $118.40 in all.")) != []


@pytest.mark.parametrize(
    "events",
    [
        (look(118.4), look(131.9), say("It went from 118.40 to 131.90.")),
        (look(118.4), look(131.9), say("The price was 118.40 when you asked.")),
        (look(118.4), look(131.9), call("place_order", "ok", price=131.9)),
        (look(118.4), look(118.4), call("place_order", "ok", price=118.4)),
        (look(118.4), user("118.40 is what I pay."), look(131.9), call("place_order", "ok", price=118.4)),
        (look(118.4), call("update_quote", "ok", quote_id="Q-77"), look(131.9), call("place_order", "ok", price=118.4)),
    ],
)
def test_changes_that_are_told_made_or_asked_for_are_spared(events: tuple[Event, ...]) -> None:
    assert used(*events) == []


def test_two_records_of_one_name_in_lists_are_not_one() -> None:
    found = [
        call("search_trains", [{"train_no": "X1", "price": price}], day=day)
        for day, price in (("mo", 93.5), ("tu", 81.5))
    ]
    assert used(*found, say("On Monday it costs $93.50.")) == []


def test_a_record_that_says_it_is_superseded_is_not_to_be_used() -> None:
    policy = {"id": "pol_3", "status": "superseded", "rate": 117.25}
    assert used(call("get_policy", policy, id="pol_3"), say("Your rate is $117.25 a month.")) != []
    assert used(call("get_policy", policy, id="pol_3"), say("Policy pol_3 is superseded; its rate was $117.25.")) == []


def test_the_end_of_a_validity_counts_from_the_day_of_the_run() -> None:
    def told(year: int) -> int:
        offer = {"id": "off_3", "valid_until": "2025-03-01", "rate": 117.25}
        session = run(user("What do I pay?"), call("get_offer", offer, id="off_3"), say("You pay $117.25 a month."))
        return len(flags("stale_context", _in(session, year)))

    assert (told(2024), told(2026)) == (0, 1)


def _in(session: Session, year: int) -> Session:
    start = (year - 1970) * 31_557_600 * 10**9 + 10**16
    return replace(session, steps=tuple(replace(step, start_ns=start) for step in session.steps))
