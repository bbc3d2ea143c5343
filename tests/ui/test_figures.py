"""Numbers as people read them."""

from __future__ import annotations

import pytest

from tracetui.ui import figures


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (847, "847"), (1000, "1k"), (12_412, "12.4k"), (99_960, "100k"), (3_140_000, "3.1M")]
)
def test_tokens(count: int, shown: str) -> None:
    assert figures.tokens(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.34, "340 ms"), (4.66, "4.7 s"), (200, "3 m 20 s"), (7500, "2 h 05 m"), (-3, "-3.0 s")],
)
def test_duration(seconds: float, shown: str) -> None:
    assert figures.duration(int(seconds * 1e9)) == shown


@pytest.mark.parametrize(("usd", "shown"), [(0, "$0.00"), (0.0042, "$0.0042"), (0.02, "$0.02"), (1234.5, "$1,234.50")])
def test_cost(usd: float, shown: str) -> None:
    assert figures.cost(usd) == shown


@pytest.mark.parametrize(
    ("count", "noun", "shown"), [(1, "step", "1 step"), (2000, "step", "2,000 steps"), (2, "entry", "2 entries")]
)
def test_plural(count: int, noun: str, shown: str) -> None:
    assert figures.plural(count, noun) == shown
