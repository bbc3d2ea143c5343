"""The registry of rules."""

from __future__ import annotations

import time

import pytest

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules import LETTERS, RULES, letter_of, rules_page
from tracetui.errors import UnknownNameError


def test_every_rule_says_what_it_finds_and_cannot_see() -> None:
    assert len({rule.KIND for rule in RULES.values()}) == len(RULES)
    assert len({rule.LETTER for rule in RULES.values()}) == len(RULES)
    for rule in RULES.values():
        assert "Cannot see" in rule.EXPLAIN
        assert rule.EXPLAIN in rules_page()


def test_letters_are_known_without_a_rule() -> None:
    assert {rule.KIND: rule.LETTER for rule in RULES.values()} == LETTERS
    assert letter_of("NOT_OURS") == "?"


def test_an_unknown_rule_names_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="no rule"):
        RULES["entity_hallucinations"]


@pytest.mark.parametrize("name", list(RULES))
def test_a_rule_takes_time_linear_in_the_session(name: str) -> None:
    def seconds(turns: int) -> float:
        events = [
            call("get_order", {"order_id": f"ord_{n}", "user_id": "u_1", "total": n * 1.37}, order_id=f"ord_{n}")
            for n in range(turns)
        ]
        provenance = Provenance.of(run(user("I am u_1."), *events, say("Done.")))
        start = time.perf_counter()
        list(RULES[name].find(provenance))
        return time.perf_counter() - start

    assert seconds(1200) < 12 * min(seconds(300) for _ in range(2)) + 0.5
