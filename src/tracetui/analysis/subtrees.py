"""Runs with sub-agents in the order of their tree: what a sub-agent did stands right behind the call that started it.

Sub-agents that work at one time interleave as it happens; in this order two runs of one plan are alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracetui.analysis.findings import Pair
from tracetui.model import Session


def tree_order(session: Session) -> list[int]:
    """The indices of all steps, depth first. Scopes that no step is known to have started keep their place in time."""
    started = {scope.id: scope.spawned_by for scope in session.scopes if scope.spawned_by is not None}
    if not started:
        return list(range(len(session.steps)))
    own: dict[str, list[int]] = {}
    children: dict[int, list[str]] = {}
    for scope, index in started.items():
        children.setdefault(index, []).append(scope)
    top: list[int] = []
    for step in session.steps:
        (own.setdefault(step.scope, []) if step.scope in started else top).append(step.index)
    order: list[int] = []
    stack = top[::-1]
    waiting = set(own)
    while stack or waiting:
        if not stack:
            # Scopes that started one another, or were started by a step that is not there: as they were recorded.
            left = sorted(index for scope in waiting for index in own[scope])
            return order + left
        index = stack.pop()
        order.append(index)
        for scope in reversed(children.get(index, [])):
            if scope in waiting:
                waiting.remove(scope)
                stack += reversed(own[scope])
    return order


def levels(session: Session) -> dict[str, int]:
    """By scope, how many sub-agents deep it is; scopes that stand on their own are left out."""
    parents = {s.id: s.parent for s in session.scopes if s.spawned_by is not None}
    found: dict[str, int] = {}
    for scope in parents:
        above: str | None = scope
        seen: set[str] = set()
        while above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        found[scope] = len(seen)
    return found


def in_time(pairs: Sequence[Pair], order: Sequence[int], other: Sequence[int]) -> tuple[Pair, ...]:
    """Pairs of positions in two tree orders as pairs of steps, in the order of the bad run; what only the good run has
    stays behind the pair that it followed."""
    groups: list[tuple[int, list[Pair]]] = []
    for pair in pairs:
        bad = None if pair.bad is None else order[pair.bad]
        good = None if pair.good is None else other[pair.good]
        placed = Pair(bad, good, pair.similarity, pair.relation)
        if bad is None and groups:
            groups[-1][1].append(placed)
        else:
            groups.append((-1 if bad is None else bad, [placed]))
    groups.sort(key=lambda group: group[0])
    return tuple(pair for _, group in groups for pair in group)
