"""Which lines of a thread's rollout repeat those of another one: of the thread that it was forked from.

An early fork copies them into its own file, written at one go, after its own first line and that of the other thread. A
later one names the other's rollout and how much of it came before (`history_base`); its lines are read from there.
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
        self._began: int | None = None
        self._told_turns = False
        self._in_file = False

    def elsewhere(self, thread: str | None) -> None:
        """What comes now was read from the rollout of that thread; None ends it."""
        self.of, self._in_file = thread, False

    def begin(self, own: str | None, other: str | None, time: int | None) -> None:
        """The file names another thread than its own: what follows is a copy, until a turn of its own."""
        self.of, self._own, self._began, self._in_file = other, own or "", time, True

    def ends_at(self, payload: dict[str, Any], time: int | None) -> bool:
        """Whether this line is the thread's own again: its turn began after the thread did (their ids hold the time),
        or, where no turn is named, it was written later than all that was copied at one go."""
        if self.of is None or not self._in_file:
            return False
        turn = text_field(payload.get("turn_id"))
        if turn is not None and _holds_time(turn) and _holds_time(self._own):
            self._told_turns = True
            return turn > self._own
        later = time is not None and self._began is not None and time - self._began > _AT_ONE_GO_NS
        return later and not self._told_turns


def _holds_time(name: str) -> bool:
    """Whether an id is a UUID of version 7, which begins with the time."""
    return len(name) == _UUID_LENGTH and name[_VERSION_AT] == "7"
