"""Where the lines of a file start, found beside whoever shows them.

Run as a program it serves ranges of one file (`line_service`) with the lengths of their lines:
`python -P -m tracetui.ingest.starts_apart HANDLE`.
"""

from __future__ import annotations

from array import array

from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.line_service import packed, serve_as_program, unpacked
from tracetui.ingest.line_starts import Piece, starts_between, starts_of
from tracetui.ingest.range_child import RangeChild, RangeWork

_ASKED_BYTES = 4 << 20
"""Of a child at a time: taking in the lengths of so many takes a fraction of a millisecond."""
_NICE = 5
"""The numbers of the lines are waited for, their columns (`surveyors`) are not."""


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
                starts.extend(starts_of(lengths, at, ended=held.pread(1, read - 1) == b"\n"))
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


_WORK = RangeWork(
    "tracetui.ingest.starts_apart",
    (),
    lambda lines: array("I", map(len, lines)),
    lambda stream: unpacked(stream, "I")[1][0],
)


if __name__ == "__main__":
    serve_as_program(lambda lines: packed(b"", [_WORK.inline(lines)]), nice=_NICE)
