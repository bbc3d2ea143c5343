"""Times in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.ingest.test_decode import JSON
from tracetui.ingest.times import parse_time_ns

MOMENT = 1_762_174_800_000_000_000


@pytest.mark.parametrize(
    "written",
    [
        1762174800,
        1762174800.0,
        1762174800000,
        1762174800000000,
        1762174800000000000,
        "2025-11-03T13:00:00Z",
        "2025-11-03T14:00:00+01:00",
        "2025-11-03 13:00:00",
        "1762174800",
    ],
)
def test_a_moment_is_read_in_every_spelling(written: object) -> None:
    assert parse_time_ns(written) == MOMENT


def test_microseconds_are_kept() -> None:
    assert parse_time_ns("2025-11-03T13:00:00.123456Z") == MOMENT + 123_456_000


@pytest.mark.parametrize("written", ["2025-11-03T13:00:00.123456789Z", "2025-11-03 14:00:00.123456789+01:00"])
def test_nanoseconds_are_kept(written: str) -> None:
    assert parse_time_ns(written) == MOMENT + 123_456_789


@pytest.mark.parametrize("written", [None, True, "", "yesterday", -5, 0, float("nan"), float("inf"), 10**400, [], {}])
def test_what_is_no_time_is_none(written: object) -> None:
    assert parse_time_ns(written) is None


@given(JSON)
def test_nothing_breaks_it(value: object) -> None:
    assert isinstance(parse_time_ns(value), int | None)


def test_digits_are_an_epoch_number_and_keep_their_digits() -> None:
    assert parse_time_ns("1753091200123456790") == 1753091200123456790
    assert parse_time_ns("1753091200123") == 1753091200123000000
    assert parse_time_ns("1753091200") == 1753091200000000000
    assert parse_time_ns("1753091200.5") == 1753091200500000000
    assert parse_time_ns("20250721") == 1753056000000000000
