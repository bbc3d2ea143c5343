"""Reading the whole of a large file while its lines are shown: how far that is, and an end to it."""

from __future__ import annotations

import os

from tracetui.errors import TracetuiError
from tracetui.ingest.innermost import on_disk
from tracetui.ingest.source import read_source
from tracetui.ingest.watched import watched
from tracetui.ui.loading import Loaded, load


class _StoppedError(Exception):
    """Nobody waits for the rest."""


class WholeFile:
    """`read` runs in a thread, `stop` and `percent` belong to the screen."""

    def __init__(self, path: str, format_name: str) -> None:
        self.path, self.format = path, format_name
        self.size = os.path.getsize(on_disk(path))
        """As it is packed."""
        self._at, self._end = 0, 1
        self._stopped = False

    @property
    def percent(self) -> int:
        """Of the bytes that have become records. Steps, repeats and the triage come after 100."""
        return 100 * self._at // self._end

    def stop(self) -> None:
        self._stopped = True

    def read(self) -> Loaded | TracetuiError | None:
        """None where it was stopped."""
        try:
            source = read_source(self.path)
            self._end = max(len(source.data), 1)
            return load(self.path, format_name=self.format, source=watched(source, self._reached))
        except TracetuiError as problem:
            return problem
        except _StoppedError:
            return None

    def _reached(self, offset: int) -> None:
        if self._stopped:
            raise _StoppedError
        self._at = max(self._at, offset)
