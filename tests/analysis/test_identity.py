"""One key for all spellings of a value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.entities import identity
from tracetui.analysis.identity import KEYS, number_of, plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#W1234567", "w1234567"),
        ("ORD-555", "ord_555"),
        ("$1,200.00", "1200"),
        ("$5M", "5,000,000"),
        ("12.50 USD", "$12.5"),
        ("May 15, 2024", "2024-05-15"),
        ("15 May 2024", "05/15/2024"),
        ("15/05/2024", "2024/05/15"),
        ("May 15th", "15 May"),
        ("3:15 pm", "15:15"),
        ("12 am", "00:00"),
        ("https://www.example.org/a/", "http://example.org/a"),
        ("Bob@Example.com", "bob@example.com"),
        ("(555) 123-4567", "555-123-4567"),
        ("Alice  Chen", "alice chen"),
    ],
)
def test_two_spellings_of_one_value_have_one_key(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ord_555", "ord_556"), ("00501", "501"), ("2024-05-15", "2024-05-16"), ("https://a.org/x", "https://a.org/y")],
)
def test_two_values_have_two_keys(one: str, other: str) -> None:
    assert identity(one) != identity(other)


@given(st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False, allow_infinity=False))
def test_the_key_of_a_number_is_the_number(value: Decimal) -> None:
    assert number_of(plain(value)) == value


@given(st.sampled_from(sorted(KEYS)), st.text(max_size=60))
def test_no_key_raises_for_odd_text(kind: str, text: str) -> None:
    assert isinstance(KEYS[kind](text), str)
