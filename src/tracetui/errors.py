"""Errors that are shown to people, and the exit codes that scripts rely on."""

from __future__ import annotations

EXIT_NOTHING_FOUND = 0
EXIT_FOUND = 1
EXIT_UNREADABLE = 2
EXIT_CANNOT_TELL = 3


class TracetuiError(Exception):
    """Something a person can act on.

    `message` says what is wrong and where (file, line, byte); `hint` says what to do next.
    Both are plain text that may quote a trace: show them only through `text.visible`.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnreadableSourceError(TracetuiError):
    """A file, folder or stream from which no step could be read."""


class UnknownNameError(TracetuiError):
    """A format, session, step, incident or exporter that does not exist; the message lists the valid ones."""


class StoreError(TracetuiError):
    """Findings could not be read from or written to the incident store."""
