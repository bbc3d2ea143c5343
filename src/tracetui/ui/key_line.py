"""Which keys are told in the last line: as many as fit."""

from __future__ import annotations

from collections.abc import Sequence

HELP = "help"
"""What the key is for that always stays, at the end."""
QUIT = "quit"
"""What the key is for that stands before it where there is room."""
_SHORT_WORDS = {"postmortem": "post"}

Told = tuple[str, str]
"""A key and what it does."""


def fitting(keys: Sequence[Told], width: int) -> list[Told]:
    last = [told for told in keys if told[1] == HELP]
    kept = sorted((told for told in keys if told[1] != HELP), key=lambda told: told[1] == QUIT)
    if _width(kept + last) > width:
        # In a narrow terminal one more key is worth more than a long word.
        kept = [(key, _SHORT_WORDS.get(what, what)) for key, what in kept]
    while kept and _width(kept + last) > width:
        kept.pop()
    return kept + last


def _width(keys: list[Told]) -> int:
    return sum(len(key) + 1 + len(what) + 2 for key, what in keys) - 2
