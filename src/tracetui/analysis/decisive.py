"""The external actions that one run took and the other did not, or took otherwise."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from tracetui.analysis.conduct import Run, failed
from tracetui.analysis.findings import Decisive, Pair
from tracetui.analysis.meaning import At, Change, changes
from tracetui.analysis.roles import Roles
from tracetui.analysis.wording import call_text, change_text

_COMPARISONS = 20_000
"""Comparisons of unmatched actions at most: where both runs hold many, each is compared with fewer of the other's."""
_COMPARED = 60
"""Unmatched actions of the good run that each unlike action is compared with at most."""


class _Matching(NamedTuple):
    twins: dict[int, int]
    """Good action to the bad one that is the same in meaning."""
    otherwise: dict[int, int]
    """Bad action to the good one that it stands in the place of."""
    extra: list[int]
    missing: list[int]


def decisive_actions(
    bad: Run, good: Run, roles: Roles, pairs: Sequence[Pair], next_bad: Callable[[int], int | None]
) -> list[Decisive]:
    """In the order in which they weigh on the bad run. `next_bad` tells the step of the bad run after a good step."""
    partners = {pair.bad: pair.good for pair in pairs if pair.bad is not None and pair.good is not None}
    matching = _match(bad, good, roles, partners, _beside(pairs, len(bad.steps)))
    paired = {j: i for i, j in matching.otherwise.items()} | matching.twins
    in_both = sorted(paired)
    found: list[tuple[int, int, Decisive]] = []
    for i, j in matching.otherwise.items():
        found.append((bad.asking(i), 0, _wrong(bad, good, roles, i, j)))
    for i in matching.extra:
        again = ", again" if bad.repeats(i) else "; the good run took no such action"
        why = f"{call_text(bad.steps[i], roles, bad=True)} was done{again}"
        at = bad.asking(i)
        found.append((at, 0, Decisive(kind="extra_action", bad=at, good=None, why=why)))
    for j in matching.missing:
        later = bisect_right(in_both, j)
        at_or_none = bad.asking(paired[in_both[later]]) if later < len(in_both) else next_bad(j)
        why = f"{call_text(good.steps[j], roles, bad=False)} was not done; the good run did it"
        decisive = Decisive(kind="missing_action", bad=at_or_none, good=good.asking(j), why=why)
        found.append((len(bad.steps) if at_or_none is None else at_or_none, 1, decisive))
    return [decisive for _, _, decisive in sorted(found, key=lambda item: item[:2])]


def _wrong(bad: Run, good: Run, roles: Roles, i: int, j: int) -> Decisive:
    step, other = bad.steps[i], good.steps[j]
    if step.tool == other.tool:
        found = _changes(bad, good, roles, i, j)
        why = change_text(step, other, found[0], roles, len(found) - 1)
    else:
        why = f"{call_text(step, roles, bad=True)} was done where the good run did {call_text(other, roles, bad=False)}"
    return Decisive(kind="wrong_action", bad=bad.asking(i), good=good.asking(j), why=why)


def _beside(pairs: Sequence[Pair], length: int) -> list[int]:
    """For each step of the bad run the one of the good run that the alignment has reached there."""
    beside, j = [0] * length, 0
    for pair in pairs:
        if pair.good is not None and pair.relation != "moved":
            j = pair.good
        if pair.bad is not None:
            beside[pair.bad] = j
    return beside


class _Spare:
    """Actions of the good run that are not matched yet."""

    def __init__(self, good: Run, actions: Iterable[int], unlike: int) -> None:
        self.actions = sorted(actions)
        self._good = good
        self._most = max(1, min(_COMPARED, _COMPARISONS // max(1, unlike)))
        self._of_tool: dict[str | None, list[int]] = {}
        for j in self.actions:
            self._of_tool.setdefault(good.steps[j].tool, []).append(j)

    def __contains__(self, j: int | None) -> bool:
        return j is not None and _at(self.actions, j) is not None

    def near(self, j: int, tool: str | None) -> list[int]:
        """Those of a tool in order; of too many the nearest to a place of the good run."""
        own = self._of_tool.get(tool, [])
        start = max(0, min(bisect_left(own, j) - self._most // 2, len(own) - self._most))
        return own[start : start + self._most]

    def take(self, j: int) -> None:
        for places in (self.actions, self._of_tool[self._good.steps[j].tool]):
            del places[bisect_left(places, j)]


def _at(places: Sequence[int], j: int) -> int | None:
    at = bisect_left(places, j)
    return at if at < len(places) and places[at] == j else None


def _match(bad: Run, good: Run, roles: Roles, partners: dict[int, int], beside: Sequence[int]) -> _Matching:
    """Actions that are aligned and equal first, then equal ones elsewhere, then those equal under the roles."""
    twins = {j: i for i in bad.actions if (j := partners.get(i)) is not None and bad.key(i) == good.key(j)}
    matched = set(twins.values())
    spare: dict[str, list[int]] = {}
    for j in reversed(good.actions):
        if j not in twins:
            spare.setdefault(good.key(j), []).append(j)
    left: list[int] = []
    for i in bad.actions:
        if i in matched:
            continue
        if places := spare.get(bad.key(i)):
            twins[places.pop()] = i
        elif not (bad.is_retry(i) or _is_failed_try(bad, i, matched)):
            left.append(i)
    rest = _Spare(good, (j for places in spare.values() for j in places), len(left))
    left = _take_twins(bad, good, roles, left, rest, twins, partners, beside)
    otherwise, extra = _stand_ins(bad, good, roles, left, rest, twins, partners, beside)
    missing = [j for j in rest.actions if not failed(good.steps[j]) and not good.is_retry(j)]
    return _Matching(twins, otherwise, extra, missing)


def _is_failed_try(bad: Run, i: int, matched: set[int]) -> bool:
    """Whether an action failed that was tried again and is matched there."""
    return failed(bad.steps[i]) and not matched.isdisjoint(bad.like(bad.key(i)))


def _take_twins(
    bad: Run,
    good: Run,
    roles: Roles,
    left: list[int],
    rest: _Spare,
    twins: dict[int, int],
    partners: dict[int, int],
    beside: Sequence[int],
) -> list[int]:
    """Match actions that are the same under the roles; the bad ones that are left."""
    unlike: list[int] = []
    for i in left:
        own = [j for j in [partners.get(i)] if j in rest and j is not None and _same_tool(bad, good, i, j)]
        candidates = [*own, *rest.near(beside[i], bad.steps[i].tool)]
        j = next((j for j in candidates if not _changes(bad, good, roles, i, j)), None)
        if j is None:
            unlike.append(i)
        else:
            twins[j] = i
            rest.take(j)
    return unlike


def _stand_ins(
    bad: Run,
    good: Run,
    roles: Roles,
    left: list[int],
    rest: _Spare,
    twins: dict[int, int],
    partners: dict[int, int],
    beside: Sequence[int],
) -> tuple[dict[int, int], list[int]]:
    """For each unlike bad action the good one it was done instead of: its partner in the alignment, else one of the same
    tool, else one of the same place."""
    otherwise: dict[int, int] = {}
    extra: list[int] = []
    between = _Between(twins)
    for i in left:
        j = partners.get(i)
        if j not in rest or j is None or not _same_tool(bad, good, i, j):
            same_tool = rest.near(beside[i], bad.steps[i].tool)
            j = min(same_tool, key=lambda j: (len(_changes(bad, good, roles, i, j)), j), default=None)
            j = between.first(i, rest.actions) if j is None else j
        if j is None:
            extra.append(i)
            continue
        rest.take(j)
        if _same_tool(bad, good, i, j) and not _changes(bad, good, roles, i, j):
            twins[j] = i
        else:
            otherwise[i] = j
    return otherwise, extra


def _same_tool(bad: Run, good: Run, i: int, j: int) -> bool:
    return bad.steps[i].tool == good.steps[j].tool


class _Between:
    """Which actions of the two runs have no pair of equal actions between their places."""

    def __init__(self, twins: dict[int, int]) -> None:
        pairs = sorted((i, j) for j, i in twins.items())
        self._own = [i for i, _ in pairs]
        self._highest = list(accumulate((j for _, j in pairs), max, initial=-1))
        self._lowest = list(accumulate((j for _, j in reversed(pairs)), min, initial=sys.maxsize))[::-1]

    def first(self, i: int, actions: Sequence[int]) -> int | None:
        """The first of the good run's `actions`, ascending, that has none between it and the bad action `i`."""
        at = bisect_left(self._own, i)
        found = bisect_right(actions, self._highest[at])
        return actions[found] if found < len(actions) and actions[found] < self._lowest[at] else None


def _changes(bad: Run, good: Run, roles: Roles, i: int, j: int) -> list[Change]:
    at = At(bad.asking(i), good.asking(j), bad.steps[i].tool or "")
    return changes(bad.steps[i].arguments, good.steps[j].arguments, roles, at, bind=False)
