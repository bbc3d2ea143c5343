"""The agent says that it did what it never did."""

from __future__ import annotations

import pytest

from tests.analysis.rules.flagging import flags, steps
from tests.analysis.runs import Event, call, run, say, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, Session, SourceRef, TextPart, ToolDefinition

OFFERED = (ToolDefinition("cancel_order"), ToolDefinition("send_email"), ToolDefinition("get_order"))


def offered(text: str) -> Session:
    """A run whose tools are defined and never called."""
    place = SourceRef("run.json", 0, 1, None, "/messages/0")
    builder = SessionBuilder("run")
    builder.set_tools(OFFERED)
    builder.message(Message("user", (TextPart("Cancel order #W1."),)), place)
    builder.llm_call(Message("assistant", (TextPart(text),)), place)
    return builder.build()


@pytest.mark.parametrize(
    ("claim", "verb"),
    [
        ("I have cancelled order #W1.", "cancel"),
        ("Your order has been successfully canceled!", "cancel"),
        ("Done. I've sent you a note.", "send"),
    ],
)
def test_an_act_without_a_call_is_flagged(claim: str, verb: str) -> None:
    (flag,) = flags("claim_unsupported", offered(claim))
    assert flag.message.endswith(f"but no {verb} tool was called")
    assert flag.evidence[0].quote in claim


@pytest.mark.parametrize(
    "text",
    [
        "I will cancel the order.",
        "If it has been cancelled, you will get a note.",
        "Has it been cancelled?",
        "It has not been cancelled.",
        "I have looked at the order.",
    ],
)
def test_what_is_asked_denied_or_still_to_come_is_no_claim(text: str) -> None:
    assert steps("claim_unsupported", offered(text)) == []


def test_a_call_before_supports_the_claim_whether_or_not_it_worked() -> None:
    for result in ("ok", "Error: no"):
        session = run(user("Go."), call("cancel_order", result, id="#W1"), say("It has been cancelled."))
        assert steps("claim_unsupported", session) == []


def test_a_claim_before_the_call_is_flagged() -> None:
    session = run(user("Go."), say("It has been cancelled."), call("cancel_order", "ok", id="#W1"))
    assert steps("claim_unsupported", session) == [2]


def test_a_result_that_says_so_supports_the_claim() -> None:
    session = run(
        user("Go."),
        call("get_order", {"status": "cancelled"}, id="#W1"),
        say("It has been cancelled already."),
        call("cancel_order", "ok", id="#W2"),
    )
    assert steps("claim_unsupported", session) == []


def test_a_session_without_tools_that_act_has_nothing_to_check() -> None:
    assert steps("claim_unsupported", run(user("Hi."), say("I have cancelled my trip."))) == []


ORDER = call("get_order", {"order_id": "#W17", "status": "pending", "total": 412.5, "parts": 3}, order_id="#W17")


def stated(*events: Event) -> list[str]:
    return [flag.message for flag in flags("claim_unsupported", run(user("What about #W17?"), ORDER, *events))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Order #W17 is delivered.", "says “delivered” of #W17, step 3 shows “pending”"),
        ("Your order #W17 has been shipped today.", "says “shipped” of #W17, step 3 shows “pending”"),
        ("For #W17 the total is $512.50.", "says “$512.50” of #W17, step 3 shows “412.5”"),
    ],
)
def test_a_status_or_sum_that_the_record_contradicts_is_flagged(text: str, message: str) -> None:
    assert stated(say(text)) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "Order #W17 is pending.",
        "Order #W17 is currently pending.",
        "Once #W17 is delivered, you can return it.",
        "Is #W17 delivered?",
        "#W17 is not shipped yet.",
        "The change of #W17 has been completed.",
        "For #W17 the total is $412.50.",
        "The refund request for your #W17 has been approved.",
        "#W18 is delivered.",
    ],
)
def test_what_the_record_bears_out_or_what_is_said_of_something_else_is_spared(text: str) -> None:
    assert stated(say(text)) == []


def test_an_action_in_between_makes_the_record_old() -> None:
    assert stated(call("ship_order", "ok", order_id="#W17"), say("Order #W17 is shipped.")) == []


def test_a_count_that_the_list_does_not_give_is_flagged() -> None:
    items = [{"name": f"shirt {n}", "colour": "red" if n % 2 else "blue"} for n in range(10)]
    listed = call("list_shirts", items)
    assert stated(listed, say("There are 9 options in all.")) != []
    assert stated(listed, say("There are 10 options, 5 of them red.")) == []
