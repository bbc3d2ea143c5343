"""Times of traces as nanoseconds since the epoch, UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_NANOSECONDS = re.compile(r"[.,](\d{7,9})(?!\d)")
"""Digits that a `datetime` has no room for."""
_MICROSECONDS = len("20260102T030405.123456")
"""A shorter text holds no such digits."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"(?!\d{8}$)[0-9]{1,25}(\.[0-9]*)?")
"""An epoch number as text. Eight digits are a date; `fromisoformat` would take longer ones for a date too."""


def parse_time_ns(value: object) -> int | None:
    """ISO 8601 text (naive means UTC) or an epoch number in s, ms, µs or ns, told apart by its size. None if neither."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and (digits := _NUMBER.fullmatch(value)):
        return parse_time_ns(float(value) if digits[1] else int(value))
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        since = moment - _EPOCH
        whole = (since.days * 86_400 + since.seconds) * 1_000_000_000
        finer = _NANOSECONDS.search(value) if len(value) > _MICROSECONDS else None
        return whole + (int(finer[1].ljust(9, "0")) if finer else moment.microsecond * 1000)
    if isinstance(value, (int, float)) and value == value and 0 < value < 1e19:
        for limit, factor in ((1e11, 1_000_000_000), (1e14, 1_000_000), (1e17, 1000)):
            if value < limit:
                return round(value * factor) if isinstance(value, float) else value * factor
        return int(value)
    return None
