"""Blame is found, and innocent sentences of real postmortems are left alone."""

from __future__ import annotations

import pytest

from tracetui.postmortem.blame import find_blame

BLAMING = [
    "The engineer failed to check the owner.",
    "the on-call engineer forgot to revoke the key",
    "We should have caught this in review.",
    "I shouldn't have merged it on a Friday.",
    "The reviewer missed the mismatch.",
    "A developer broke the tool schema.",
    "This was caused by the operator.",
    "Dana forgot the migration.",
    "The bug was introduced by Dana Fox.",
    "It was Dana's mistake.",
    "Root cause: human error",
    "The support team ignored the alert.",
    "Nobody checked the returned owner.",
    "You could have noticed it in the dashboard.",
    "The manager was careless with the rollout.",
    "the annotator should’ve asked",
    "An intern carelessly deleted the index.",
    "The prompt author did not test it.",
    "someone messed up the config",
    "This is the engineer’s fault",
]
INNOCENT = [
    "The system allowed an order id without a source.",
    "The acceptance criterion should have caught it.",
    "The tool failed to return the owner.",
    "The validation step should have compared the customer with the owner.",
    "get_order could have refused the request.",
    "A human reviewer approved the refund because the screen did not show the owner.",
    "The customer forgot the order number and asked the agent for it.",
    "The user reported a wrong confirmation.",
    "We could have sent forty more mails had the queue not been paused.",
    "We were lucky: the warehouse was closed.",
    "The fault origin is step 3.",
    "The team was paged at 02:14 and restricted the agent to human review.",
    "The engineer on call stopped the session within nine minutes.",
    "Dana Fox restored the index from the nightly backup.",
    "The model ignored the tool result.",
    "The agent failed to ask for the order.",
    "Errors were ignored by the retry wrapper.",
    "We did not have an evaluation case with two customers.",
    "The circuit breaker should have opened after three refunds.",
    "The mail gateway failed to reject the message.",
    "Fault tolerance of the queue hid the error.",
    "The root cause is not human error: the form hides the owner.",
    "Reviewers see only the summary, so the mismatch was invisible to them.",
    "The on-call engineer had no access to the logs.",
    "Stripe failed to respond within 30 s.",
    "The developer documentation says nothing about owners.",
    "The operator console shows the last ten runs only.",
    "This was missed by the regression suite.",
    "Team dashboards did not include guardrail blocks.",
    "No alert existed for repeated lookups, so it ran for six hours.",
]


@pytest.mark.parametrize("sentence", BLAMING)
def test_people_as_causes_are_named(sentence: str) -> None:
    found = list(find_blame(sentence, {"Dana Fox"}))
    assert found, sentence
    assert all(blame.quote in sentence and blame.suggestion for blame in found)


@pytest.mark.parametrize("sentence", INNOCENT)
def test_innocent_sentences_are_left_alone(sentence: str) -> None:
    assert list(find_blame(sentence, {"Dana Fox", "platform team"})) == []


def test_a_name_is_only_known_where_the_document_knows_it() -> None:
    assert not list(find_blame("Ingress forgot the route.", set()))
    assert list(find_blame("Dana forgot the route.", {"Dana Fox"}))
