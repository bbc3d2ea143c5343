"""The phrases of `phrases.toml`, compiled when first asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import Any


@cache
def phrase(name: str) -> re.Pattern[str]:
    """One pattern for all alternatives of a phrase; case aside, `^` at every line."""
    return re.compile("|".join(f"(?:{alternative})" for alternative in _tables()[name]), re.IGNORECASE | re.MULTILINE)


def find_phrase(name: str, text: str, end: int | None = None) -> re.Match[str] | None:
    """Where the phrase first stands in `text`, up to `end`; fast for a text that has none of its stems."""
    stop = len(text) if end is None else min(end, len(text))
    stems = _tables()["stems"].get(name)
    if stems is not None:
        lowered = _lowered(text if stop == len(text) else text[:stop])
        if not has_any(lowered, stems):
            return None
    return phrase(name).search(text, 0, stop)


def has_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of `words` stands in `text`. Every text of a session is asked: a loop takes a third of the time of `any`."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False


@lru_cache(maxsize=16)
def _lowered(text: str) -> str:
    """One text is asked for one phrase after another."""
    return text.lower()


@cache
def _tables() -> dict[str, Any]:
    text = (resources.files(__package__) / "phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
