"""Whether a run is recorded to have gone right: what a benchmark, a grader or a reviewer wrote beside its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tracetui.model import Session

_KEYS = frozenset(
    ("reward", "outcome", "success", "successful", "passed", "resolved", "correct", "is_correct", "solved", "score")
)
_GOOD = frozenset(("success", "successful", "passed", "pass", "resolved", "correct", "solved", "c", "true", "yes"))
_BAD = frozenset(("failure", "failed", "fail", "unresolved", "incorrect", "unsolved", "i", "false", "no", "error"))
_DEPTH = 3


class Outcome(NamedTuple):
    went_right: bool
    told: str
    """Where it stands and what stands there: "reward 1.0"."""


def outcome(session: Session) -> Outcome | None:
    """None where nothing of the session says how it went. A share between 0 and 1 says neither."""
    for key, value in _told(session.attributes, 0):
        right = _went_right(value)
        if right is not None:
            return Outcome(right, f"{key} {value}")
    return None


def _told(attributes: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """(name, scalar) of what is called like an outcome, the outer ones first."""
    if not isinstance(attributes, dict) or depth > _DEPTH:
        return
    for key, value in attributes.items():
        name = str(key).rsplit(".", 1)[-1].lower()
        if name in _KEYS and not isinstance(value, (dict, list)):
            yield name, value
    for key, value in attributes.items():
        if isinstance(value, dict):
            scored = str(key).lower() in ("score", "scores") and "value" in value
            yield from [("score", value["value"])] if scored else []
            yield from _told(value, depth + 1)


def _went_right(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return True if value == 1 else False if value == 0 else None
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in _GOOD else False if word in _BAD else None
