"""Stretches of a comparison in which nothing differs, to be shown as one line each. No widget in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tracetui.ui.compared import SAME, Compared

AROUND = 2
"""Equal pairs that stay in sight before and after one that differs."""
SHORTEST = 3
"""Pairs from which a line is saved."""


class Fold(NamedTuple):
    """Neighbouring pairs that mean the same: positions in the alignment, both included."""

    first: int
    last: int
    pairs: int


def folds(compared: Compared, positions: Sequence[int]) -> Iterator[Fold]:
    """The stretches among the listed `positions` that can be folded, in order."""
    marked = {compared.divergence_at, compared.decisive_at}

    def is_equal(at: int) -> bool:
        pair = compared.pairs[at]
        return compared.kinds[at] == SAME and None not in (pair.bad, pair.good) and at not in marked

    for is_same, group in groupby(positions, key=is_equal):
        if not is_same:
            continue
        stretch = list(group)
        # At either end of the run there is nothing that the pairs would stand around.
        start = 0 if stretch[0] == positions[0] else AROUND
        end = len(stretch) - (0 if stretch[-1] == positions[-1] else AROUND)
        if end - start >= SHORTEST:
            yield Fold(stretch[start], stretch[end - 1], end - start)
