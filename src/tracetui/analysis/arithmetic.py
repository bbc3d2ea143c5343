"""Numbers that follow from earlier ones: sums, differences, products, shares, rounding."""

from __future__ import annotations

from bisect import bisect_left
from decimal import Decimal
from itertools import combinations

import msgspec

from tracetui.analysis.entities import Entity
from tracetui.analysis.identity import number_of, plain

RECENT_NUMBERS = 160
"""Distinct numbers, the latest, that a computed one is sought from: with more, any number could be computed."""
_SUMMANDS = 6
_QUANTITIES = range(2, 13)
_SUMS_TRIED = 100
"""Numbers whose every possible sum is tried in one session; after that a sum is assumed rather than denied."""
_MOST_SHARES = 40


class Derivation(msgspec.Struct, frozen=True):
    """How a value follows from earlier ones."""

    terms: tuple[str, ...]
    """Keys of the values it follows from, where they are values."""
    why: str


class Numbers:
    """The numbers of a session in the order in which they were first seen."""

    def __init__(self) -> None:
        self._seen: list[Decimal] = []
        self._passages: list[int] = []
        self._sums_tried = 0
        self._shares: dict[Decimal, None] = dict.fromkeys(map(Decimal, (5, 10, 15, 20, 25, 30, 50, 75)))
        """Percentages that may have been applied: the usual ones, and those that were seen."""

    def add(self, entity: Entity, passage: int) -> None:
        """Take note of a number or amount that is new."""
        value = number_of(entity.key)
        if not value:
            return
        self._seen.append(value)
        self._passages.append(passage)
        if entity.text.endswith("%") and len(self._shares) < _MOST_SHARES:
            self._shares.setdefault(value)

    def computed(self, value: Decimal, until: int) -> Derivation | None:
        last = bisect_left(self._passages, until)
        recent = self._seen[max(0, last - RECENT_NUMBERS) : last]
        known = set(recent)
        for a in recent:
            for other, sign in ((value - a, "+"), (a - value, "-"), (value + a, "-")):
                if other in known:
                    terms = (value + a, a) if other == value + a else (a, other)
                    return Derivation(tuple(map(plain, terms)), f"{plain(terms[0])} {sign} {plain(terms[1])}")
            if (places := _places(value)) < _places(a) and round(a, places) == value:
                return Derivation((plain(a),), f"{plain(a)}, rounded")
            for count in _QUANTITIES:
                if a * count == value:
                    return Derivation((plain(a),), f"{count} × {plain(a)}")
                if value * count == a:
                    return Derivation((plain(a),), f"{plain(a)} in {count} parts")
        return self._sum_of_neighbours(value, recent) or self._product(value, recent, known)

    def _sum_of_neighbours(self, value: Decimal, recent: list[Decimal]) -> Derivation | None:
        """A total of some of a few numbers seen together."""
        self._sums_tried += 1
        if self._sums_tried > _SUMS_TRIED:
            return Derivation((), "perhaps a sum: too many computed numbers to try them all")
        for start in range(len(recent) - 2):
            window = recent[start + 1 : start + 8]
            for size in range(2, _SUMMANDS):
                for rest in combinations(window, size):
                    if recent[start] + sum(rest) == value:
                        terms = tuple(map(plain, (recent[start], *rest)))
                        return Derivation(terms, " + ".join(terms))
        return None

    def _product(self, value: Decimal, recent: list[Decimal], known: set[Decimal]) -> Derivation | None:
        for a in recent:
            if a > 1 and (other := value / a) in known and other * a == value:
                return Derivation((plain(a), plain(other)), f"{plain(a)} × {plain(other)}")
            for b in (round(a * share / 100, 2) for share in self._shares):
                if value in (b, a - b, a + b):
                    return Derivation((plain(a),), f"a part of {plain(a)}")
        return None

    def spans(self, until: int) -> frozenset[int]:
        """Days that the latest small numbers can stand for, as days, weeks or years."""
        last = bisect_left(self._passages, until)
        small = {int(n) for n in self._seen[max(0, last - RECENT_NUMBERS) : last] if n <= 1000 and n == int(n)}
        return frozenset(small | {n * 7 for n in small if n <= 104} | {n * 365 for n in small if n <= 30})


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
