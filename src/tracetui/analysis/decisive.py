"""The external actions that one run took and the other did not, or took otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tracetui.analysis.conduct import Run, failed
from tracetui.analysis.findings import Decisive, Pair
from tracetui.analysis.meaning import At, Change, changes
from tracetui.analysis.roles import Roles
from tracetui.analysis.wording import call_text, change_text

_COMPARED = 60
"""Unmatched actions of the good run that each unlike action is compared with."""


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
    matching = _match(bad, good, roles, partners)
    paired = {j: i for i, j in matching.otherwise.items()} | matching.twins
    found: list[tuple[int, int, Decisive]] = []
    for i, j in matching.otherwise.items():
        found.append((bad.asking(i), 0, _wrong(bad, good, roles, i, j)))
    for i in matching.extra:
        again = ", again" if bad.repeats(i) else "; the good run took no such action"
        why = f"{call_text(bad.steps[i], roles, bad=True)} was done{again}"
        at = bad.asking(i)
        found.append((at, 0, Decisive(kind="extra_action", bad=at, good=None, why=why)))
    for j in matching.missing:
        later = next((paired[k] for k in _actions(good) if k > j and k in paired), None)
        at_or_none = bad.asking(later) if later is not None else next_bad(j)
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


def _actions(run: Run) -> list[int]:
    return [step.index for step in run.steps if run.external[step.index]]


def _match(bad: Run, good: Run, roles: Roles, partners: dict[int, int]) -> _Matching:
    """Actions that are aligned and equal first, then equal ones elsewhere, then those equal under the roles."""
    actions = _actions(bad)
    twins = {j: i for i in actions if (j := partners.get(i)) is not None and bad.key(i) == good.key(j)}
    matched = set(twins.values())
    spare: dict[str, list[int]] = {}
    for j in reversed(_actions(good)):
        if j not in twins:
            spare.setdefault(good.key(j), []).append(j)
    left: list[int] = []
    for i in actions:
        if i in matched:
            continue
        if places := spare.get(bad.key(i)):
            twins[places.pop()] = i
        elif not (bad.is_retry(i) or _is_failed_try(bad, i, matched)):
            left.append(i)
    rest = sorted(j for places in spare.values() for j in places)
    left = _take_twins(bad, good, roles, left, rest, twins, partners)
    otherwise, extra = _stand_ins(bad, good, roles, left, rest, twins, partners)
    return _Matching(twins, otherwise, extra, [j for j in rest if not failed(good.steps[j]) and not good.is_retry(j)])


def _is_failed_try(bad: Run, i: int, matched: set[int]) -> bool:
    """Whether an action failed that was tried again and is matched there."""
    return failed(bad.steps[i]) and not matched.isdisjoint(bad.like(bad.key(i)))


def _take_twins(
    bad: Run,
    good: Run,
    roles: Roles,
    left: list[int],
    rest: list[int],
    twins: dict[int, int],
    partners: dict[int, int],
) -> list[int]:
    """Match actions that are the same under the roles; the bad ones that are left."""
    unlike: list[int] = []
    for i in left:
        own = [j for j in [partners.get(i)] if j in rest]
        candidates = [j for j in [*own, *rest[:_COMPARED]] if j is not None and _same_tool(bad, good, i, j)]
        j = next((j for j in candidates if not _changes(bad, good, roles, i, j)), None)
        if j is None:
            unlike.append(i)
        else:
            twins[j] = i
            rest.remove(j)
    return unlike


def _stand_ins(
    bad: Run,
    good: Run,
    roles: Roles,
    left: list[int],
    rest: list[int],
    twins: dict[int, int],
    partners: dict[int, int],
) -> tuple[dict[int, int], list[int]]:
    """For each unlike bad action the good one it was done instead of: its partner in the alignment, else one of the same
    tool, else one of the same place."""
    otherwise: dict[int, int] = {}
    extra: list[int] = []
    for i in left:
        j = partners.get(i)
        if j not in rest or j is None or not _same_tool(bad, good, i, j):
            near = rest[:_COMPARED]
            same_tool = [j for j in near if _same_tool(bad, good, i, j)]
            j = min(same_tool, key=lambda j: (len(_changes(bad, good, roles, i, j)), j), default=None)
            j = next((j for j in near if _between_twins(i, j, twins)), None) if j is None else j
        if j is None:
            extra.append(i)
            continue
        rest.remove(j)
        if _same_tool(bad, good, i, j) and not _changes(bad, good, roles, i, j):
            twins[j] = i
        else:
            otherwise[i] = j
    return otherwise, extra


def _same_tool(bad: Run, good: Run, i: int, j: int) -> bool:
    return bad.steps[i].tool == good.steps[j].tool


def _between_twins(i: int, j: int, twins: dict[int, int]) -> bool:
    """Whether no pair of equal actions lies between the two places."""
    return all((other < j) == (own < i) for other, own in twins.items())


def _changes(bad: Run, good: Run, roles: Roles, i: int, j: int) -> list[Change]:
    at = At(bad.asking(i), good.asking(j), bad.steps[i].tool or "")
    return changes(bad.steps[i].arguments, good.steps[j].arguments, roles, at, bind=False)
