"""Free text: told from commands and names, reduced to the facts in it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.prose import arithmetic_of, facts_of, is_other_answer, is_prose, statements, unmatched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The customer wants to cancel order ord_5 today.", True),
        ("Ivan Smith", False),
        ("ls -la /srv/data | grep -c x", False),
        ("(158 + 141) * 2 - 30 + 4", False),
        ("", False),
    ],
)
def test_prose_is_text_of_several_words(text: str, expected: bool) -> None:
    assert is_prose(text) is expected


def test_facts_are_ids_amounts_dates_and_numbers_each_once() -> None:
    facts = [fact.text for fact in facts_of("Order ord_555 for $40.00, again ord_555, 3 pieces on 2025-11-01.")]
    assert facts == ["ord_555", "$40.00", "3", "2025-11-01"]


def test_an_amount_and_a_plain_number_of_one_value_are_one_fact() -> None:
    assert unmatched(facts_of("it costs $40.00"), facts_of("it costs 40 in all")) == []


def test_a_statement_is_known_again_with_another_fact_in_it() -> None:
    one, other = statements("Fine. Your order ord_1 is paid."), statements("Your order ord_2 is paid. Bye.")
    assert one.keys() == other.keys()
    assert [fact.text for (fact,) in one["Your order <id> is paid."]] == ["ord_1"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("158 + 141", Fraction(299)), ("(2 + 3) * 4", Fraction(20)), ("-1.5 / 3", Fraction(-1, 2))],
)
def test_written_sums_have_a_value(text: str, value: Fraction) -> None:
    assert arithmetic_of(text) == value


@pytest.mark.parametrize("text", ["2 ** 9", "1 / 0", "2024-05-01x", "(((", "9" * 300, "ord_5", ""])
def test_what_is_no_sum_has_none(text: str) -> None:
    assert arithmetic_of(text) is None


@given(st.text("0123456789.+-*/() ", max_size=60))
def test_any_text_of_digits_and_signs_is_read_or_left(text: str) -> None:
    value = arithmetic_of(text)
    assert value is None or isinstance(value, Fraction)


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Paris", "Rome", True),
        ("Paris", "It is Paris.", False),
        ("42", "42.", False),
        ("You are welcome!", "The order was refunded and will arrive on your card soon", False),
    ],
)
def test_short_answers_are_compared_as_values(text: str, other: str, expected: bool) -> None:
    assert is_other_answer(text, other) is expected
