"""The window of a thread while its lines are replayed: what turns, compactions and rollbacks make of it."""

from __future__ import annotations

from itertools import takewhile

from tracetui.ingest.codex.items import is_users_own
from tracetui.model import ContextEdit, EditKind, Message


class ThreadWindow:
    """The messages of a scope's window, and what it held when each turn began."""

    def __init__(self, scope: str) -> None:
        self.messages: list[Message] = []
        self._scope = scope
        self._summaries: list[Message] = []
        self._turns: list[list[Message]] = []
        """The window as it was at the start of each turn that still counts."""
        self._opening: list[Message] | None = None
        """The window at the start of a turn of which no user message has come yet."""
        self._in_turn = False
        """Whether an event has told of a turn that has not ended yet."""

    def open_turn(self) -> None:
        """An event says that a turn begins; the user's message comes later, if at all."""
        self._opening, self._in_turn = list(self.messages), True

    def close_turn(self) -> None:
        """An event says that the turn is over."""
        self._opening, self._in_turn = None, False

    def begin_turn(self) -> None:
        """The user's message comes: it begins a turn, unless it is a further one inside a turn that events tell of."""
        if self._opening is not None or not self._in_turn:
            self._turns.append(list(self.messages) if self._opening is None else self._opening)
            self._opening = None

    def before_turns(self, count: int) -> tuple[list[Message], int]:
        """The window before the last `count` turns, which count no longer, and how many there were of them."""
        count = min(count, len(self._turns))
        if count == 0:
            return self.messages, 0
        before = self._turns[-count]
        del self._turns[-count:]
        return before, count

    def summed_up(self, summary: Message) -> list[Message]:
        """What an early compaction leaves: what the program puts before a thread, the user's messages, and the summary in
        place of any earlier one."""
        self._summaries.append(summary)
        users = [one for one in self.messages if is_users_own(one) and all(one is not s for s in self._summaries)]
        return [
            *takewhile(lambda one: one.role != "assistant" and not is_users_own(one), self.messages),
            *users,
            summary,
        ]

    def become(self, messages: list[Message], at: int, kind: EditKind) -> ContextEdit:
        """From step `at` on the window holds these. What a splice shares with the old one at its head stays as it is."""
        same = 0
        if kind == "splice":
            while same < min(len(messages), len(self.messages)) and messages[same] is self.messages[same]:
                same += 1
        edit = ContextEdit(
            at=at,
            scope=self._scope,
            kind=kind,
            start=same,
            delete=len(self.messages) - same,
            messages=tuple(messages[same:]),
            evidence="recorded",
        )
        self.messages, self._opening = list(messages), None
        return edit
