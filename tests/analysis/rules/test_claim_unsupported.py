"""The agent says that it did what it never did."""

from __future__ import annotations

import pytest

from tests.analysis.rules.flagging import flags, steps
from tests.analysis.runs import call, run, say, user
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
