"""Rules of prompts and users that are broken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.rules.flagging import flags
from tests.analysis.runs import Event, call, run, say, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Part, Session, SourceRef, TextPart, ToolCallPart

REFUND = call("refund_order", "ok", order_id="ord_7", amount=250)


def told(rule: str, *events: Event) -> list[str]:
    return [flag.message for flag in flags("constraint_broken", run(user(rule), *events))]


@pytest.mark.parametrize(
    ("rule", "events", "message"),
    [
        (
            "Never call `delete_user` here.",
            [call("delete_user", "ok", id="u1")],
            "calls delete_user, which is ruled out",
        ),
        (
            "You may use search_web at most two times.",
            [call("search_web", "…", q=str(n)) for n in range(3)],
            "calls search_web 3 times, 2 allowed",
        ),
        ("You must always call verify_identity before refund_order.", [call("verify_identity"), REFUND], ""),
        (
            "You must always call verify_identity before refund_order.",
            [REFUND, call("verify_identity")],
            "calls refund_order before verify_identity",
        ),
        (
            "An order can only be refunded if its status is 'delivered', so look first.",
            [call("get_order", {"order_id": "ord_7", "status": "pending"}, order_id="ord_7"), REFUND],
            "refund_order although its status is “pending” (step 3), not “delivered”",
        ),
        ("Do not refund more than $200.", [REFUND], "refund_order over 250, the limit is 200"),
        (
            "Each reservation can have at most two passengers.",
            [call("book_trip", "ok", passengers=["a", "b", "c"])],
            "book_trip with 3 passengers, 2 allowed",
        ),
        (
            "Reply in at most 5 words.",
            [say("This is a rather long answer to it.")],
            "the answer has 8 words, 5 allowed",
        ),
        (
            "Do not mention “Project Heron”.",
            [say("That is Project Heron.")],
            "says “Project Heron”, which is ruled out",
        ),
        (
            "Never re-do a tool call that you did before with the exact same parameters.",
            [call("search_web", "…", q="a"), call("search_web", "…", q="a")],
            "makes the same call of search_web as in step 3",
        ),
    ],
)
def test_a_rule_that_is_broken_is_flagged_with_its_words(rule: str, events: list[Event], message: str) -> None:
    found = flags("constraint_broken", run(user(rule), *events))
    assert [flag.message for flag in found] == ([message] if message else [])
    assert all(flag.evidence[0].quote in rule for flag in found)


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("Never call delete_user unless the user asks for it.", [call("delete_user", "ok", id="u1")]),
        ("You may use search_web at most two times.", [call("search_web", "…", q=str(n)) for n in range(2)]),
        (
            "An order can only be refunded if its status is 'delivered'.",
            [call("get_order", {"order_id": "ord_7", "status": "delivered"}, order_id="ord_7"), REFUND],
        ),
        (
            "An order can only be refunded if its status is 'delivered'.",
            [
                call("get_order", {"order_id": "ord_7", "status": "pending"}, order_id="ord_7"),
                call("refund_order", "Error: not delivered", order_id="ord_7"),
            ],
        ),
        ("Do not refund more than $300.", [REFUND]),
        ("I earn more than $200 a day.", [REFUND]),
        ("Reply in at most 50 words.", [say("Short.")]),
        ("Each reservation can have at most two passengers.", [call("book_trip", "ok", passengers=["a", "b"])]),
        ("In one word, it was great, thank you.", [say("You are welcome, any time.")]),
    ],
)
def test_rules_that_are_kept_and_sentences_that_are_none_are_spared(rule: str, events: list[Event]) -> None:
    assert told(rule, *events) == []


def test_what_was_done_before_the_rule_was_laid_down_does_not_break_it() -> None:
    assert (
        flags(
            "constraint_broken", run(user("Go."), call("delete_user", "ok", id="u1"), user("Never call delete_user."))
        )
        == []
    )


def at_once(count: int) -> Session:
    builder, place = SessionBuilder("s"), SourceRef("t.json", 0, 1)
    builder.set_system((TextPart("You should only make one tool call at a time."),))
    builder.message(Message("user", (TextPart("Go."),)), place)
    calls: tuple[Part, ...] = tuple(ToolCallPart(f"c{n}", "get_order", _order(n)) for n in range(count))
    builder.llm_call(Message("assistant", calls), place)
    return builder.build()


def _order(n: int) -> dict[str, Any]:
    return {"id": f"ord_{n}"}


def test_several_calls_at_a_time_are_counted() -> None:
    assert flags("constraint_broken", at_once(1)) == []
    assert [flag.message for flag in flags("constraint_broken", at_once(3))] == ["makes 3 calls at a time"]
