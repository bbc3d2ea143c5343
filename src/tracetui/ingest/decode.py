"""JSON as real files hold it: strict and fast where it is clean, lenient where it is not, and never too deep.

msgspec refuses NaN, numbers beyond its range, lone surrogates, raw control characters and bytes that are not UTF-8;
the standard library reads those. Numbers that Python cannot hold stay as they are written.
"""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import msgspec

MAX_NESTING = 200
"""Values nested deeper are refused: nobody can read them, and code that walks them would run out of stack."""
_MAX_DIGITS = 4000


def decode(data: bytes) -> Any:
    """A JSON value. Raises ValueError: json.JSONDecodeError, or "nested deeper than …"."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return decode_text(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff"))
    if data.count(b"[") + data.count(b"{") > MAX_NESTING:
        _refuse_deep(value)
    return value


def decode_text(text: str) -> Any:
    """`decode` for text: lenient, and slower."""
    try:
        value = DECODER.decode(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if text.count("[") + text.count("{") > MAX_NESTING:
        _refuse_deep(value)
    return value


def json_or_none(data: str | bytes) -> Any:
    """A JSON value; None for what is none."""
    try:
        return decode_text(data) if isinstance(data, str) else decode(data)
    except ValueError:
        return None


def text_in_base64(text: str) -> str:
    """The UTF-8 text that is written in base64; other text as it is."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return text


def _whole_number(text: str) -> int | str:
    return int(text) if len(text) <= _MAX_DIGITS else text


def _decimal(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text


def _refuse_deep(value: Any) -> None:
    level = [value]
    for _ in range(MAX_NESTING):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


_TOO_DEEP = f"nested deeper than {MAX_NESTING} levels"
DECODER = json.JSONDecoder(strict=False, parse_int=_whole_number, parse_float=_decimal)
