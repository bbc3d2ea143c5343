"""What ids of one kind have in common, so that two of them can stand for two owners and not for two kinds of thing."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = re.compile(r"\d+")
_DRAWN = re.compile(r"(?=.*\d)[0-9a-f]{8}[0-9a-f-]{4,56}")
"""UUIDs and other hexadecimal ids."""
_MIXED = re.compile(r"0[a-z]")
_LONG_PART = 7
"""Letters and runs of digits above which a part of an id that mixes them is drawn by chance."""


@lru_cache(maxsize=4096)
def shape_of(kind: str, text: str) -> str:
    """The letters of an id without its digits, and without what looks drawn by chance; equal for ids of one kind.

    Names inside an id do not count: mia_li_1 and sara_doe_2 are of one shape. E-mail addresses are all of one.
    """
    if kind == "email":
        return "email"
    text = text.casefold()
    if _DRAWN.fullmatch(text):
        return f"{len(text)} hex"
    parts = [_DIGITS.sub("0", part) for part in text.split("_")]
    if len(parts) > 2:
        return "a_" * (len(parts) - 1) + "0"
    return "_".join("x" if _MIXED.search(part) and len(part) > _LONG_PART else part for part in parts)
