"""A source that says how far its reader is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tracetui.ingest.source import Line, Source

_TOLD_LINES = 256


class Watched(Source, frozen=True, kw_only=True):
    reached: Callable[[int], None]
    """Called every few lines with a place in the file."""

    def lines(self) -> Iterator[Line]:
        for line in super().lines():
            if line.number % _TOLD_LINES == 0:
                self.reached(line.offset)
            yield line


def watched(source: Source, reached: Callable[[int], None]) -> Source:
    """A whole file, read as before."""
    return Watched(
        path=source.path,
        data=source.data,
        notes=source.notes,
        archive=source.archive,
        seen=source.seen,
        reached=reached,
    )
