"""By what words an id is told to be one."""

from __future__ import annotations

import pytest

from tracetui.analysis.id_words import is_asked_for, is_sql, is_told_as_code, is_told_as_id


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("Your order number is ", "4XKQ9P"),
        ("see ", "#4711"),
        ("The transaction id is ", "f636f14a-6dc5-4774-b8ea-cc62eacebaa2"),
        ("its code: ", "1dc5c17a422f4d4b"),
        ("Ihre Bestellnummer lautet ", "B-99311"),
        ("su número de pedido es ", "P-99311"),
        ("您的订单号是", "20240519999"),
        ("ご注文番号は", "20240519999"),
        ("paid to account ", "DE12 5001 0517 0648 4898 90"),
    ],
)
def test_an_id_with_its_noun_is_one(before: str, text: str) -> None:
    assert is_told_as_id(text, before)


@pytest.mark.parametrize(
    ("before", "text"), [("made with ", "GPT-4"), ("in the ", "1993-2001"), ("order ", "tomorrow")]
)
def test_other_words_are_none(before: str, text: str) -> None:
    assert not is_told_as_id(text, before)


def test_a_short_code_is_told_by_the_noun_right_before_it() -> None:
    assert is_told_as_code("K7WTCA", "Your confirmation code is ")
    assert is_told_as_code("K7WTCA", "Reservation: **")
    assert not is_told_as_code("K7WTCA", "your reservation was made with ")
    assert not is_told_as_code("BASIC", "Your booking is ")


def test_what_a_query_asks_for_is_told_from_its_columns() -> None:
    query = "SELECT line_2 FROM orders o WHERE o.customer_id = 99314 AND total > 20"
    assert is_sql(query)
    assert not is_sql("Select a seat, please.")
    assert is_asked_for(query, query.index("99314"))
    assert not is_asked_for(query, query.index("20"))
