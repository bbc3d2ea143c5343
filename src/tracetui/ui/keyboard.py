"""What comes from the terminal is not always whole: a line that drops bytes may swallow the end of a paste."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

PASTE_PATIENCE_SECONDS = 3.0
"""A paste of which nothing came for so long has ended, even where its end was never sent."""
_TYPED = 16
"""Characters that come at once: fewer are keys, not a part of a paste."""


class Parser(XTermParser):
    """Textual's, which takes every key for a part of a paste whose end is missing, `ctrl+q` too."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._before = ""
        self._pasted_at: float | None = None

    def feed(self, data: str) -> Iterable[Message]:
        """The messages that the characters make."""
        self._watch(data)
        yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        """What is due without another character."""
        yield from super().tick()
        if self._pasted_at is not None and monotonic() - self._pasted_at > PASTE_PATIENCE_SECONDS:
            self._pasted_at = None
            yield from super().feed(BRACKETED_PASTE_END)

    def _watch(self, data: str) -> None:
        seen = self._before + data
        began, ended = seen.rfind(BRACKETED_PASTE_START), seen.rfind(BRACKETED_PASTE_END)
        if began != ended:
            self._pasted_at = monotonic() if began > ended else None
        elif self._pasted_at is not None and len(data) > _TYPED:
            self._pasted_at = monotonic()
        self._before = seen[-len(BRACKETED_PASTE_START) + 1 :]
