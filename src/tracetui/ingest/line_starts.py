"""Where the lines of a file start, looked for a piece at a time: here, or beside whoever shows them.

Run as a program it serves ranges of one file (`line_service`) with the lengths of their lines:
`python -P -m tracetui.ingest.line_starts HANDLE`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple

from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.line_service import packed, serve_as_program, unpacked
from tracetui.ingest.range_child import RangeChild, RangeWork

_CHUNK = 1 << 18
_ASKED_BYTES = 4 << 20
"""Of a child at a time: taking in the lengths of so many takes a fraction of a millisecond."""
_NICE = 5
"""The numbers of the lines are waited for, their columns (`surveyors`) are not."""


class Piece(NamedTuple):
    """What reading on has found."""

    starts: array[int]
    """"Q": where a line starts after each line feed that was read; all after the line that was not complete before."""
    read: int
    """Bytes of the file that have been looked at, from its beginning."""
    done: bool
    """Whether that was the end of the file."""


def starts_between(held: HeldFile, at: int, end: int) -> Piece:
    """What is found from byte `at` up to `end`, a chunk at a time, so that no line has to be held whole."""
    starts = array("Q")
    while at < end:
        chunk = held.pread(min(_CHUNK, end - at), at)
        if not chunk:
            return Piece(starts, at, True)
        starts.extend(_starts(map(len, BytesIO(chunk)), at, ended=chunk.endswith(b"\n")))
        at += len(chunk)
    return Piece(starts, at, False)


class StartsApart:
    """`starts_between` of one file in a child process: in this one it would take turns with the keys. For one thread at a
    time."""

    def __init__(self) -> None:
        self._child: RangeChild[array[int]] | None = None
        self._failed = False

    def __call__(self, held: HeldFile, at: int, end: int) -> Piece:
        starts = array("Q")
        while not self._failed and min(end, held.size) - at >= _ASKED_BYTES:
            try:
                self._child = self._child or RangeChild(held, _WORK)
                lengths = self._child.ask(at, at + _ASKED_BYTES)
                read = at + sum(lengths)
                starts.extend(_starts(lengths, at, ended=held.pread(1, read - 1) == b"\n"))
                at = read
            except (OSError, EOFError, ValueError):
                self._failed = True
        rest = starts_between(held, at, end)
        if rest.done or self._failed:
            self._end_child()
        return rest._replace(starts=starts + rest.starts)

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def _starts(lengths: Iterable[int], at: int, *, ended: bool) -> array[int]:
    """`ended`: whether a line feed ends the last one, so that a line starts after it."""
    found = array("Q", accumulate(lengths, initial=at))
    return found[1:] if ended else found[1:-1]


_WORK = RangeWork(
    "tracetui.ingest.line_starts",
    (),
    lambda lines: array("I", map(len, lines)),
    lambda stream: unpacked(stream, "I")[1][0],
)


if __name__ == "__main__":
    serve_as_program(lambda lines: packed(b"", [_WORK.inline(lines)]), nice=_NICE)
