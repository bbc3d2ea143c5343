from __future__ import annotations

import pytest

from tracetui.postmortem.vague import why_vague

VAGUE = [
    "improve the agent",
    "Improve prompt",
    "be more careful",
    "We should be careful with refunds",
    "Investigate",
    "look into the logs",
    "make sure it does not happen again",
    "better testing",
    "More evals",
    "monitor the situation",
    "training for everyone",
    "Fix the prompt",
    "Review process",
    "do better",
    "Ensure quality",
    "the agent",
]
SPECIFIC = [
    "add error handling for SMTP_AUTH_INVALID in send_email with a credential refresh fallback",
    "Add an eval case: lookup of an order of another customer must be refused",
    "Reject get_order when the returned customer_id differs from the session's customer",
    "Improve retrieval recall@5 on the orders set from 0.71 to 0.90",
    "Require human approval for refunds over 200 EUR",
    "Alert when the same tool is called more than three times in a session",
    "Pin the model version in production and run the regression suite before a change",
    "Return the owner in the result of get_order",
    "Ensure that send_email refuses addresses that are not in the session",
    "Open a circuit breaker after 3 wrong refunds in 24 h",
    "Rewrite the description of get_order so that it names its owner check",
    "Delete the 14 confirmation mails from the outbox queue",
    "We need to validate order ids against list_orders before use",
    "Monitor guardrail_blocks and page at 5 an hour",
]


@pytest.mark.parametrize("text", VAGUE)
def test_vague_actions_are_named(text: str) -> None:
    assert why_vague(text), text


@pytest.mark.parametrize("text", SPECIFIC)
def test_specific_actions_are_left_alone(text: str) -> None:
    assert why_vague(text) == "", text


def test_an_action_without_text_is_named() -> None:
    assert why_vague("  ") == "no text"
