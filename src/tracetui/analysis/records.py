"""The records of a session as tools last showed them: by id, the fields of the object that names itself so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tracetui.analysis.entities import identity
from tracetui.analysis.fields import is_id, is_own_id
from tracetui.model import Step

_DEPTH = 12


class Record(NamedTuple):
    own: str
    """Its id, as written."""
    fields: dict[str, Any]
    step: int
    """Index of the step that showed it."""


class Records:
    """What is known of each record so far; the latest answer counts."""

    def __init__(self) -> None:
        self._known: dict[str, Record] = {}

    def note(self, step: Step) -> None:
        """Take in what a call answered."""
        for own, fields in objects(step.result):
            before = self._known.get(identity(own))
            # Another object may carry the same id as a reference: the fuller one is the record itself.
            if before is None or len(fields) >= len(before.fields) or "status" in fields:
                self._known[identity(own)] = Record(own, fields, step.index)

    def forget(self, key: str) -> None:
        """An action on the record made what was seen of it old."""
        self._known.pop(key, None)

    def of(self, key: str) -> Record | None:
        return self._known.get(key)


def objects(value: Any, depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """(own id, fields) of every object in a JSON value that names itself: by `id`, or by an id as its first field."""
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        own = own_id(value)
        if own is not None:
            yield own, value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(inner, (dict, list)):
            yield from objects(inner, depth + 1)


def own_id(fields: dict[str, Any]) -> str | None:
    first = next(iter(fields), None)
    for name, value in fields.items():
        if is_own_id(str(name)) or (name == first and is_id(str(name))):
            return value if isinstance(value, str) else str(value) if isinstance(value, int) else None
    return None
