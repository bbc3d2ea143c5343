"""When a cursor that was moved counts as resting: only then is the page of its place made and sent.

A key that is held repeats, over SSH unevenly: what comes sooner than a while after the longest of the last pauses is one more
repeat. So the rest is as short as the keyboard and the line allow.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from itertools import pairwise
from time import monotonic

from textual.message_pump import MessagePump

_LEAST_SECONDS, _MOST_SECONDS = 0.05, 0.15
_PAUSES = 1.5
"""The rest, in pauses between two moves."""
_HELD_SECONDS = 0.12
"""Moves further apart are keys pressed one by one: each is answered as if it were the last."""
_KEPT_MOVES = 10


class Resting:
    """The cursor of a list, and what is to be done when it rests: one thing at a time."""

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._moves: deque[float] = deque(maxlen=_KEPT_MOVES)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def left(self) -> float:
        """Seconds until the cursor rests; 0 where it does."""
        due = self._moves[-1] + rest_of(self._moves) if self._moves else 0.0
        return max(due - monotonic(), 0.0)

    @property
    def is_awaited(self) -> bool:
        """Whether something is to be done."""
        return self._timer is not None

    def moved(self, time: float) -> None:
        """The cursor was moved at `time`, by the monotonic clock."""
        self._moves.append(time)

    def end(self) -> None:
        """It rests, as another key was pressed."""
        self._moves.clear()

    def then(self, do: Callable[[], object], *, early: float = 0.0) -> None:
        """Do this when the cursor rests, or `early`: when so much of the rest, a share, is still to come."""
        self.forget()
        seconds = max(self.left - early * rest_of(self._moves), 0.0)
        # No timer of Textual: one that is due at once it may leave out.
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle = loop.call_later(seconds, lambda: self._owner.call_later(self._begin, timer, do))
        self._timer = timer

    def forget(self) -> None:
        """Do nothing."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _begin(self, timer: asyncio.TimerHandle, do: Callable[[], object]) -> None:
        if timer is self._timer:
            self._timer = None
            do()


def rest_of(moves: Iterable[float]) -> float:
    """Seconds after the last of these moves from which on it was the last: one and a half of the longest pause since the
    key is held, within bounds."""
    pauses: list[float] = []
    for one, other in pairwise(moves):
        pauses = [*pauses, other - one] if other - one < _HELD_SECONDS else []
    return min(max(_PAUSES * max(pauses, default=0.0), _LEAST_SECONDS), _MOST_SECONDS)
