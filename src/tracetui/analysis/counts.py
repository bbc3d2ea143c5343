"""Counts that a text states, checked against the lists that were there to be counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from tracetui.analysis.phrases import has_any

_THINGS = (
    *("options", "items", "results", "variants", "products", "entries", "records", "rows"),
    *("matches", "files", "choices", "types", "versions", "models"),
)
_STATED = re.compile(
    r"\b(\d{1,3}) (?:(?!and\b|or\b|to\b|of\b)[a-zA-Z-]+ ){0,3}?"
    rf"(?:{'|'.join(_THINGS)})\b"
)
_LEAST = 3
"""Members that a list has to have before its count is worth checking."""


class Miscount(NamedTuple):
    start: int
    end: int
    stated: int
    possible: tuple[int, ...]
    """What counting the lists gives: all members, or those that share a value."""


def is_countable(result: Any) -> bool:
    """Whether an answer holds a list whose members can be counted."""
    return next(_collections(result), None) is not None


def miscount(text: str, results: Collection[Any]) -> Miscount | None:
    """The first count in `text` that no way of counting the lists in `results` gives; None where there is none."""
    if not results or not has_any(text, _THINGS) or _STATED.search(text) is None:
        return None
    possible = {count for result in results for members in _collections(result) for count in _counts(members)}
    if not possible:
        return None
    for found in _STATED.finditer(text):
        stated = int(found[1])
        if stated not in possible and _LEAST <= stated <= max(possible):
            return Miscount(found.start(), found.end(), stated, tuple(sorted(possible)))
    return None


def _collections(value: Any) -> Iterator[list[Any]]:
    """Lists of objects, and objects whose values all are objects, at any depth."""
    members = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if len(members) >= _LEAST and all(isinstance(member, dict) for member in members):
        yield members
    for member in members:
        yield from _collections(member)


def _counts(members: list[Any]) -> set[int]:
    shared = Counter(pair for member in members for pair in set(_scalars(member)))
    return {len(members), *shared.values()}


def _scalars(member: Any) -> Iterator[tuple[str, str]]:
    for key, value in member.items():
        if isinstance(value, dict):
            yield from _scalars(value)
        elif not isinstance(value, list):
            yield str(key), repr(value)
