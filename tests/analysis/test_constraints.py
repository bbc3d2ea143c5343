"""Sentences that lay down a rule which a run can be held to, and those that do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.analysis.runs import run, user
from tracetui.analysis.constraints import constraints
from tracetui.analysis.provenance import Provenance

TOOLS = ("delete_user", "verify_identity", "refund_order", "search")


def laid_down(text: str) -> list[tuple[str, str, Decimal]]:
    found = constraints(Provenance.of(run(user(text))), TOOLS)
    return [(rule.kind, rule.subject, rule.limit) for rule in found]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Do not call the delete_user tool.", ("forbidden", "delete_user", Decimal(0))),
        ("Use refund_order at most twice.", ("times", "refund_order", Decimal(2))),
        ("Always call verify_identity before refund_order.", ("before", "refund_order", Decimal(0))),
        ("Only make one tool call at a time.", ("one_call", "", Decimal(1))),
        ("Answer in no more than 30 words.", ("length", "word", Decimal(30))),
        ("My budget is $1,200.", ("sum", "", Decimal(1200))),
        ("A booking has at most five passengers.", ("members", "passengers", Decimal(5))),
        ("A loan can only be extended if its status is 'active'.", ("status", "extended", Decimal(0))),
    ],
)
def test_a_rule_is_read_with_its_subject_and_limit(text: str, rule: tuple[str, str, Decimal]) -> None:
    assert laid_down(text) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "Do not call delete_user unless you are asked to.",
        "Never search without a reason.",
        "Call verify_identity, then refund_order.",
        "I paid more than $1,200.",
        "It was only one of many.",
    ],
)
def test_exceptions_common_words_and_tales_lay_down_nothing(text: str) -> None:
    assert laid_down(text) == []
