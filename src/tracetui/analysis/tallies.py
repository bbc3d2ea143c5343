"""Numbers that a tool's answer gives without writing them: how many members it has, what its columns add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any, NamedTuple

from tracetui.analysis.identity import plain
from tracetui.model import Session

_ROWS = 500
_COLUMNS = 8
"""Columns of numbers, the first, whose products are added up."""


class Tallies:
    """The tallies of all answers of a session, with the first step of each."""

    def __init__(self, session: Session) -> None:
        self._sizes: dict[str, int] = {}
        self._sums: dict[str, tuple[int, str]] = {}
        self._numbers = {step.index: step.number for step in session.steps}
        for step in session.steps:
            if step.kind == "tool_call" and step.has_result:
                for size in _sizes(step.result):
                    self._sizes.setdefault(str(size), step.index)
                for total in _sums(step.result):
                    self._sums.setdefault(total.key, (step.index, total.of))

    def of(self, kind: str, key: str, until: int) -> str:
        """How a number follows from the answer of a step before index `until`, in words; "" where it follows from none."""
        size = self._sizes.get(key, until) if kind == "number" else until
        if size < until:
            return f"as many as the answer of step {self._numbers[size]} has"
        step, of = self._sums.get(key, (until, ""))
        return f"{of} of the answer of step {self._numbers[step]}, added up" if step < until else ""


class _Sum(NamedTuple):
    key: str
    of: str


def _sizes(value: Any) -> Iterator[int]:
    """How many members each list or object in a JSON value has, and how many lines a text."""
    if isinstance(value, str):
        yield value.count("\n") + 1
        return
    if isinstance(value, (list, dict)):
        yield len(value)
        for inner in _inner(value):
            yield from _sizes(inner)


def _sums(value: Any) -> Iterator[_Sum]:
    """The sums of the columns of every list of objects, and of the products of two columns, such as price and quantity."""
    if isinstance(value, list) and 2 <= len(value) <= _ROWS and all(isinstance(row, dict) for row in value):
        columns = {name: column for name in value[0] if (column := _column(value, name)) is not None}
        named = list(columns.items())[:_COLUMNS]
        yield from (_Sum(plain(sum(column, Decimal())), name) for name, column in named)
        for (name, column), (other, factors) in combinations(named, 2):
            total = sum((a * b for a, b in zip(column, factors, strict=True)), Decimal())
            yield _Sum(plain(total), f"{name} × {other}")
    for inner in _inner(value):
        yield from _sums(inner)


def _column(rows: Sequence[dict[str, Any]], name: str) -> list[Decimal] | None:
    """The numbers of one field, where every row has one."""
    column = [row.get(name) for row in rows]
    if not all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in column):
        return None
    numbers = [Decimal(str(cell)) for cell in column]
    return numbers if all(number.is_finite() for number in numbers) else None


def _inner(value: Any) -> list[Any]:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [member for member in members if isinstance(member, (list, dict))]
