"""A long trace in one line: the worst letter of each stretch of it. Standard library alone."""

from __future__ import annotations

from itertools import groupby

from tracetui.ui.colors import BAD, FAINT, WARN, Piece
from tracetui.ui.glyphs import GLYPHS

_WORST_FIRST = "EM!ADRLUISPHBC?x"


def strip(letters: dict[int, str], length: int, width: int) -> list[Piece]:
    """One cell for each of up to `width` equal stretches of `length` places, with the worst of its letters."""
    worst = stretches(letters, length, max(min(width, length), 0))
    alike = ((letter, len(list(group))) for letter, group in groupby(worst))
    return [((letter or GLYPHS.blank) * cells, letter_style(letter) if letter else FAINT) for letter, cells in alike]


def stretches(letters: dict[int, str], steps: int, cells: int) -> list[str]:
    """The worst letter in each of `cells` equal stretches of the session, "" where there is none."""
    found = [""] * cells
    if cells:
        for step, flags in letters.items():
            at = step * cells // steps
            found[at] = min(found[at] + flags, key=_rank)
    return found


def letter_style(letter: str) -> str:
    return BAD if letter in "EM!" else f"bold {WARN}"


def _rank(letter: str) -> int:
    """A letter that has no place among them comes last."""
    at = _WORST_FIRST.find(letter)
    return at if at >= 0 else len(_WORST_FIRST)
