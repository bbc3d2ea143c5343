"""What is odd about the numbers, parents and times of a session trace's lines. What is put right is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tracetui.ingest.records import Record
from tracetui.ingest.report import Ledger
from tracetui.ingest.session_rows import step_number, whole
from tracetui.model import Gap

_NAMED = 5


def oddities(rows: Sequence[dict[str, Any]], starts: Sequence[int | None]) -> list[str]:
    """Numbers written twice, parents that no line has or that come round in a circle, times that run backwards.

    `starts`: when the step of each row began, in ns.
    """
    numbers = [step_number(row) for row in rows]
    written = Counter(number for number in numbers if number is not None)
    found = []
    if twice := sorted(number for number, times in written.items() if times > 1):
        found.append(f"{_listed(twice)} written more than once: the later ones are shown under a free number")
    parents = {number: whole(row.get("parent_step")) for number, row in zip(numbers, rows, strict=True) if number}
    named = {number: parent for number, parent in parents.items() if parent is not None}
    if orphans := sorted(number for number, parent in named.items() if parent not in written):
        found.append(f"{_listed(orphans)} under a parent that is not in the trace")
    if circle := sorted(_circular(named)):
        found.append(f"{_listed(circle)} under itself, by its parents")
    told = [(number, at) for number, at in zip(numbers, starts, strict=True) if at is not None]
    back = [(number, before - at) for (_, before), (number, at) in pairwise(told) if at < before]
    if back:
        number, most = max(back, key=lambda pair: pair[1])
        where = f"step {number}" if number is not None else "a step without a number"
        found.append(
            f"time goes backwards {len(back)} {'time' if len(back) == 1 else 'times'}, at most by {most / 1e9:g} s, at {where}"
        )
    return found


def missing_steps(rows: Sequence[dict[str, Any]]) -> Gap | None:
    """The numbers that are left out where steps are numbered one by one."""
    numbers = sorted({number for row in rows if (number := step_number(row)) is not None})
    holes = [(before + 1, after - 1) for before, after in pairwise(numbers) if after - before > 1]
    lost = sum(last - first + 1 for first, last in holes)
    if not holes or lost > len(numbers):
        return None
    spans = [f"{first}" if first == last else f"{first} to {last}" for first, last in holes]
    more = f" and {len(spans) - _NAMED} more" if len(spans) > _NAMED else ""
    what = f"{'step' if lost == 1 else 'steps'} {', '.join(spans[:_NAMED])}{more}"
    effect = f"{what} not in the trace: what came of {'it' if lost == 1 else 'them'} may look as if from nowhere"
    after = tuple(last + 1 for _, last in holes)
    return Gap("steps_missing", effect, "export the whole session; a sampled or rotated log leaves steps out", after)


def in_step_order(name: str, rows: list[Record], ledger: Ledger) -> list[Record]:
    """Lines by their step where every number occurs once; a line without one stays behind the line before it."""
    numbers = [step_number(row.value) for row in rows]
    told = [number for number in numbers if number is not None]
    if all(a < b for a, b in pairwise(told)) or len(set(told)) < len(told):
        return rows
    ledger.note(f"lines of session {name} are not in the order of their steps: sorted by step")
    keys: list[int] = []
    for number in numbers:
        keys.append(number if number is not None else keys[-1] if keys else told[0])
    return [row for _, row in sorted(zip(keys, rows, strict=True), key=lambda pair: pair[0])]


def _circular(parents: dict[int, int]) -> set[int]:
    """The numbers that their parents lead back to; each number is walked over once, however long the chains are."""
    found: set[int] = set()
    walked: set[int] = set()
    for number in parents:
        path: dict[int, int] = {}
        at = number
        while at in parents and at not in walked and at not in path:
            path[at] = len(path)
            at = parents[at]
        if at in path:
            found.update(list(path)[path[at] :])
        walked.update(path)
    return found


def _listed(numbers: list[int]) -> str:
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    one = len(numbers) == 1
    return f"{'step' if one else 'steps'} {', '.join(map(str, numbers[:_NAMED]))}{more} {'is' if one else 'are'}"
