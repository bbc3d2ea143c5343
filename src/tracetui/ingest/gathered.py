"""Lines from several places of a file as one source, whose places are those of the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import NamedTuple

from tracetui.ingest.source import Line, Source


class Run(NamedTuple):
    """Whole lines in a row."""

    offset: int
    """In the file."""
    first_line: int
    at: int
    """In the bytes of the source."""
    length: int


class Gathered(Source, frozen=True, kw_only=True):
    """What stands between its lines in the file is not part of it."""

    runs: tuple[Run, ...]
    """Ascending."""

    def lines(self) -> Iterator[Line]:
        for run in self.runs:
            offset = run.offset
            for number, raw in enumerate(BytesIO(self.data[run.at : run.at + run.length]), start=run.first_line):
                yield Line(number, offset, raw.rstrip(b"\r\n"), raw.endswith(b"\n"))
                offset += len(raw)

    def at(self, offset: int, length: int) -> bytes:
        run = self.runs[bisect_right(self.runs, offset, key=lambda run: run.offset) - 1]
        inside = offset - run.offset
        return self.data[run.at + inside : run.at + min(inside + length, run.length)] if inside >= 0 else b""


def gathered(path: str, pieces: Iterable[tuple[int, int, bytes]], notes: tuple[str, ...] = ()) -> Source:
    """Of each piece its first line's number, where it begins in the file, and its bytes; ascending."""
    runs: list[Run] = []
    data = bytearray()
    for number, offset, held in pieces:
        runs.append(Run(offset, number, len(data), len(held)))
        data += held
    return Gathered(path=path, data=bytes(data), notes=notes, runs=tuple(runs), excerpt="lines")
