"""Moving among steps that matter: hits of a search, flagged steps. Positions only; no widget in here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec


class Search(msgspec.Struct, frozen=True):
    """A finished search: its text and the steps that hold it."""

    text: str = ""
    steps: Sequence[int] = ()
    """Indices, ascending."""

    def place_of(self, step: int | None) -> str:
        """3/17 where the step is a hit, else 17 hits; "" where nothing was searched."""
        if not self.text:
            return ""
        if not self.steps:
            return f"/{self.text}: not found"
        at = bisect_left(self.steps, step if step is not None else -1)
        here = at < len(self.steps) and self.steps[at] == step
        return f"/{self.text}: {at + 1}/{len(self.steps)}" if here else f"/{self.text}: {len(self.steps)} steps"


def next_in(steps: Sequence[int], here: int, direction: int, *, wrap: bool = True) -> int | None:
    """The next of `steps` (ascending) after or before `here`; round the end where `wrap`."""
    if not steps:
        return None
    if direction > 0:
        at = bisect_right(steps, here)
        return steps[at] if at < len(steps) else steps[0] if wrap else None
    at = bisect_left(steps, here) - 1
    return steps[at] if at >= 0 else steps[-1] if wrap else None
