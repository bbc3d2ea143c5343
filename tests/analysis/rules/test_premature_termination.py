"""Runs that end before they are done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.rules.flagging import flags
from tests.analysis.runs import Event, call, run, say, user
from tracetui.ingest.build import SessionBuilder
from tracetui.model import Message, SourceRef, TextPart

LOOK = call("get_order", {"id": "ord_7", "status": "open"}, id="ord_7")


def told(*events: Event) -> list[str]:
    return [flag.message for flag in flags("premature_termination", run(user("Cancel ord_7."), LOOK, *events))]


@pytest.mark.parametrize(
    "text",
    [
        "The order is open. I will now proceed to cancel it.",
        "Found it. Let me check the refund rules.",
        "Next, I'll run the tests.",
        "I'm going to get the order again",
    ],
)
def test_an_announcement_at_the_end_is_flagged(text: str) -> None:
    (message,) = told(say(text))
    assert message.startswith("ends with “")


@pytest.mark.parametrize(
    "text",
    [
        "The order is cancelled.",
        "I will now cancel it. Is that all right?",
        "Let me know what else you need.",
        "I will cancel it once you confirm.",
        "I will be here for you.",
        "The clerk will now check it.",
    ],
)
def test_what_waits_for_a_person_or_is_done_is_spared(text: str) -> None:
    assert told(say(text)) == []


def test_an_announcement_that_is_followed_is_none() -> None:
    assert told(say("I will now cancel it."), call("cancel_order", "ok", id="ord_7")) == []
    assert told(say("I will now cancel it."), user("No, wait.")) == []


def test_a_chat_without_tools_may_announce() -> None:
    assert flags("premature_termination", run(user("Tell me a tale."), say("Let me begin."))) == []


def todo(*states: str) -> Event:
    return call("write_todos", "ok", todos=[{"content": f"Write part {n}", "status": s} for n, s in enumerate(states)])


def test_open_items_of_the_list_at_the_end_are_flagged() -> None:
    assert told(todo("pending", "pending"), todo("completed", "in_progress"), say("All is written.")) == [
        "ends with “Write part 1” open on its list"
    ]
    assert told(todo("pending", "pending"), todo("completed", "completed"), say("All is written.")) == []


@pytest.mark.parametrize(("reason", "count"), [("length", 1), ("max_tokens", 1), ("stop", 0)])
def test_an_answer_that_was_cut_off_is_flagged(reason: str, count: int) -> None:
    builder, place = SessionBuilder("s"), SourceRef("t.json", 0, 1)
    fields: dict[str, Any] = {"attributes": {"finish_reasons": [reason]}}
    builder.message(Message("user", (TextPart("Write it down."),)), place)
    builder.llm_call(Message("assistant", (TextPart("First of all, the"),)), place, **fields)
    assert len(flags("premature_termination", builder.build())) == count
