"""Stretches of a comparison in which nothing differs, to be shown as one line each. No widget in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
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
    kinds, pairs, marked = compared.kinds, compared.pairs, {compared.divergence_at, compared.decisive_at}
    stands_out = (
        place
        for place, at in enumerate(positions)
        if kinds[at] != SAME or at in marked or pairs[at].bad is None or pairs[at].good is None
    )
    start = 0
    for stop in chain(stands_out, (len(positions),)):
        # At either end of the run there is nothing that the pairs would stand around.
        first = start + (AROUND if start else 0)
        last = stop - (AROUND if stop < len(positions) else 0)
        if last - first >= SHORTEST:
            yield Fold(positions[first], positions[last - 1], last - first)
        start = stop + 1
