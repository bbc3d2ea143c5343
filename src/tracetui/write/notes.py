"""What a format has no field for, counted, in words for the person who converts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

_WORDS = {
    "number": "step numbers",
    "scope": "context windows of steps",
    "depth": "depths of steps",
    "agent": "agents",
    "parent": "causes of steps",
    "kind": "kinds of step",
    "summary": "summaries",
    "goal": "goals",
    "status": "statuses",
    "error": "errors",
    "usage": "token counts",
    "cost_usd": "costs",
    "start_ns": "start times",
    "duration_ns": "durations",
    "recorded_flags": "recorded flags",
    "attributes": "unmapped attributes",
    "arguments": "arguments",
    "result": "results",
    "message": "messages with parts that it cannot hold",
    "prompt": "recorded prompts",
    "edits": "rewritings of a context window",
}
"""By key of a supplement; what is not here is a detail of the others."""


class Carried:
    """Counts what is carried beside a format's own fields."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, supplement: Mapping[str, Any]) -> None:
        """Count what a supplement holds. That a window grew is no loss: every format shows that in its own way."""
        self._counts.update(key for key in supplement if key in _WORDS and key != "edits")
        self._counts["edits"] += sum("kind" in edit for edit in supplement.get("edits", ()))

    def notes(self, title: str, where: str) -> list[str]:
        """One line for all of it; nothing where the format has a field for everything."""
        counted = [f"{self._counts[key]} {words}" for key, words in _WORDS.items() if self._counts[key]]
        if not counted:
            return []
        return [
            f"{title} has no field for these, kept in {where} (tracetui reads it, others do not): {', '.join(counted)}"
        ]
