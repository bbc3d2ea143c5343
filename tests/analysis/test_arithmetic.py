"""Numbers that follow from earlier ones."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tracetui.analysis.arithmetic import Numbers
from tracetui.analysis.entities import find_entities


def seen(text: str) -> Numbers:
    numbers = Numbers()
    for at, entity in enumerate(find_entities(text)):
        numbers.add(entity, at)
    return numbers


@pytest.mark.parametrize(
    ("text", "value", "why"),
    [
        ("412 and 655", "1067", "412 + 655"),
        ("1283 and 655", "628", "1283 - 655"),
        ("3 at 115.25", "345.75", "3 × 115.25"),
        ("1284.3549", "1284.35", "1284.3549, rounded"),
        ("412 plus 19% of it", "490.28", "a part of 412"),
    ],
)
def test_a_number_is_told_with_what_it_follows_from(text: str, value: str, why: str) -> None:
    found = seen(text).computed(Decimal(value), 99)
    assert found is not None
    assert sorted(found.why.split()) == sorted(why.split())


def test_a_number_of_its_own_follows_from_nothing_and_what_comes_later_does_not_count() -> None:
    assert seen("412 and 655").computed(Decimal("977.13"), 99) is None
    assert seen("412 and 655").computed(Decimal("1067"), 1) is None


def test_spans_are_days_weeks_and_years() -> None:
    assert {90, 630} <= seen("in 90 days").spans(99)
    assert 730 in seen("for 2 years").spans(99)
