"""The phrases of `phrases.toml`, compiled when first asked for."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources


@cache
def phrase(name: str) -> re.Pattern[str]:
    """One pattern for all alternatives of a phrase; case aside, `^` at every line."""
    return re.compile("|".join(f"(?:{alternative})" for alternative in _lists()[name]), re.IGNORECASE | re.MULTILINE)


@cache
def _lists() -> dict[str, list[str]]:
    text = (resources.files(__package__) / "phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
