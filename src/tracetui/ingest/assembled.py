"""Some elements of a large document as a document of their own, whose places are those of the file."""

from __future__ import annotations

import os
from bisect import bisect_right
from typing import Any, NamedTuple

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.reading import open_file
from tracetui.ingest.source import Source
from tracetui.ingest.spans import pointer


class Run(NamedTuple):
    """Bytes of the file that stand in the assembled document as they are."""

    start: int
    end: int | None
    """None: the end of the file."""
    element: int
    """Which element of the list of the file it is."""


class Assembled(Source, frozen=True, kw_only=True):
    """What stands around the list, and between that the elements."""

    runs: tuple[Run, ...]
    """Ascending; the first is what stands before the list, the last what stands behind it."""
    begins: tuple[int, ...]
    """Where each run begins in `data`."""
    keys: tuple[str, ...]
    """From the top to the list."""

    def at(self, offset: int, length: int) -> bytes:
        inside = self._inside(offset)
        return self.data[inside : inside + length]

    def further(self, offset: int, by: int) -> int:
        inside = self._inside(offset) + by
        run = bisect_right(self.begins, inside) - 1
        return self.runs[run].start + inside - self.begins[run]

    def pointer(self, outer: str, inner: str) -> str:
        above, told = pointer(*self.keys) + "/", outer + inner
        if not told.startswith(above) or outer.startswith(above):
            return told
        index, slash, rest = told.removeprefix(above).partition("/")
        return f"{above}{self.runs[int(index) + 1].element}{slash}{rest}"

    def _inside(self, offset: int) -> int:
        """Where the byte of the file is in `data`."""
        run = bisect_right(self.runs, offset, key=lambda run: run.start) - 1
        return self.begins[run] + offset - self.runs[run].start


def assembled(path: str, runs: list[Run], keys: tuple[str, ...], data: Any = None) -> Source:
    """`data`: the bytes of the file, where they are at hand. Raises UnreadableSourceError."""
    joined, places = bytearray(), list[int]()
    try:
        with open(open_file(path), "rb") as file:
            size = os.fstat(file.fileno()).st_size if data is None else len(data)
            for number, run in enumerate(runs):
                joined += b"," if 1 < number < len(runs) - 1 else b""
                places.append(len(joined))
                end = size if run.end is None else run.end
                held = (
                    bytes(data[run.start : end])
                    if data is not None
                    else os.pread(file.fileno(), end - run.start, run.start)
                )
                joined += held
    except OSError as problem:
        raise UnreadableSourceError(f"{path}: {(problem.strerror or str(problem)).lower()}") from problem
    return Assembled(
        path=path, data=bytes(joined), runs=tuple(runs), begins=tuple(places), keys=keys, excerpt="elements"
    )
