"""Fields of a record, taken only where they are of the type that they should have: a trace may hold anything."""

from __future__ import annotations

import math
from typing import Any

_MOST = 10**15
"""Beyond any count or time in milliseconds: a larger number is damage."""


def text_field(value: object) -> str | None:
    """Text as it is, a number as text, anything else as None."""
    if isinstance(value, bool):
        return None
    return value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else None


def number_field(value: object) -> float | None:
    """A finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def count_field(value: object) -> int | None:
    """A count from 0 to 10^15, else None."""
    number = number_field(value)
    return int(number) if number is not None and 0 <= number <= _MOST else None


def object_field(value: object) -> dict[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def list_field(value: object) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def value_below(value: object, path: tuple[str, ...]) -> Any:
    """The value below these keys, one inside another; None where one of them is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def milliseconds_field(value: object) -> int | None:
    """A duration in milliseconds as nanoseconds, else None."""
    number = number_field(value)
    return round(number * 1_000_000) if number is not None and 0 <= number <= _MOST else None


def seconds_field(value: object) -> int | None:
    """A duration in seconds as nanoseconds, else None."""
    number = number_field(value)
    return round(number * 1_000_000_000) if number is not None and 0 <= number <= _MOST else None
