"""Which lines of a thread's rollout repeat those of another one: of the thread that it was forked from.

An early fork copies them into its own file after its own first line: written at one go, after the other thread's first
line too, or with the times that they had there. A later one names the other's rollout and how much of it came before
(`history_base`); its lines are read from there.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import text_field

_AT_ONE_GO_NS = 1_000_000_000
_UUID_LENGTH, _VERSION_AT = 36, 14


class Copies:
    """Told line by line where a copy begins; `of` is the thread whose lines these are, None for the thread's own."""

    def __init__(self) -> None:
        self.of: str | None = None
        self._own = ""
        self._parent: str | None = None
        self._started: int | None = None
        """When the thread itself began."""
        self._until: int | None = None
        """Lines that were written up to here may be copies."""
        self._told_turns = False
        self._in_file = False

    def elsewhere(self, thread: str | None) -> None:
        """What comes now was read from the rollout of that thread; None ends it."""
        self.of, self._in_file = thread, False

    def start(self, own: str | None, parent: str | None, time: int | None) -> None:
        """The thread's own first line, with the thread that it says it comes from."""
        self._own, self._parent, self._started = own or "", parent, time

    def copied_from(self, time: int | None) -> str | None:
        """The thread that a line is copied from because it is older than this one; None where it is not."""
        if self.of is not None or time is None or self._started is None or time >= self._started:
            return None
        return self._parent

    def begin(self, other: str, time: int | None) -> None:
        """What follows is a copy from another thread, until a turn of this one's own."""
        self.of, self._in_file = other, True
        if time is None:
            self._until = None
        elif self._started is not None and time < self._started:
            self._until = self._started - 1
        else:
            self._until = time + _AT_ONE_GO_NS

    def ends_at(self, payload: dict[str, Any], time: int | None) -> bool:
        """Whether this line is the thread's own again: its turn began after the thread did (their ids hold the time),
        or, where no turn is named, it was written later than all that was copied."""
        if self.of is None or not self._in_file:
            return False
        turn = text_field(payload.get("turn_id"))
        if turn is not None and _holds_time(turn) and _holds_time(self._own):
            self._told_turns = True
            return turn > self._own
        later = time is not None and self._until is not None and time > self._until
        return later and not self._told_turns


def _holds_time(name: str) -> bool:
    """Whether an id is a UUID of version 7, which begins with the time."""
    return len(name) == _UUID_LENGTH and name[_VERSION_AT] == "7"
