"""A file of one record a line, read by place: for files too large to hold, and for files that still grow.

Only the offsets of its lines are kept, 8 bytes a line. A line is complete once a line feed ends it; what stands behind
the last one is `tail`, shown as a line of its own and read again when the file has grown.
"""

from __future__ import annotations

import json
import os
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Literal

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.gathered import gathered
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.line_overview import likely_most
from tracetui.ingest.line_starts import Piece, starts_between
from tracetui.ingest.reading import open_file
from tracetui.ingest.source import Source

_CHUNK = 1 << 18
_CHECKED = 4096
"""Of the first bytes that were read, and of the last: a file that was cut and has grown again since holds others there."""
_END_BYTES, _MOST_END_BYTES = 256 << 10, 16 << 20
"""Looked at for the last lines: so much, and up to so much where lines are long."""

Change = Literal["same", "grown", "truncated", "replaced", "gone"]


class LineFile:
    """Lines by number, 0-based. `read_on` may run in a thread: it changes nothing; `take` does, on the owner's thread."""

    def __init__(self, path: str, *, format_name: str = "session-trace", start: int = 0) -> None:
        """`format_name`: what its lines are read as; `start`: where the first line begins; the lines of a file that is not
        read from its beginning have no numbers.

        Raises UnreadableSourceError.
        """
        self.path, self.format = path, format_name
        try:
            self.held = self._opened()
        except OSError as problem:
            raise UnreadableSourceError(f"{path}: {(problem.strerror or str(problem)).lower()}") from problem
        self._opened_size = self.held.size
        self._begin(start)
        self._find_starts: Callable[[HeldFile, int, int], Piece] = starts_between
        self._ends = self._both_ends()

    def _opened(self) -> HeldFile:
        """The bytes that the lines stand in."""
        return HeldFile(open_file(self.path))

    def _begin(self, start: int) -> None:
        self.start = start
        self._starts = array("Q", [start])
        self.read, self.done = start, False

    def close(self) -> None:
        self.held.close()

    @property
    def size(self) -> int:
        """Bytes of the file now."""
        return self.held.size

    @property
    def unpacked(self) -> int:
        """Percent of its bytes that can be read by place: those of a packed file are decoded first. 100 when all can."""
        return 100

    def unpack_all(self, told: Callable[[int], None] = lambda _: None) -> None:
        """Wait until all can be; not while another thread is in `read_on`. `told`: see `unpacked`."""

    def stop_unpacking(self) -> None:
        """What is decoded by now are its lines."""

    @property
    def problem(self) -> str:
        """Why these are not all lines of the file, although it is read to its end; "" where they are."""
        return ""

    @property
    def starts(self) -> array[int]:
        """Where each complete line starts, and last where the line after them does."""
        return self._starts

    @property
    def complete(self) -> int:
        """Lines that a line feed ends, as far as the file was read."""
        return len(self._starts) - 1

    @property
    def tail(self) -> int:
        """Bytes behind the last line feed, once the file has been read to its end."""
        return self.read - self._starts[-1] if self.done else 0

    def __len__(self) -> int:
        return self.complete + (self.tail > 0)

    @property
    def most_lines(self) -> int:
        """How many lines the whole file is likely to have at most, by the length of those that were read."""
        return max(likely_most(self.complete, self.read - self.start, self.size), len(self))

    def read_on(self, most: int) -> Piece:
        """Look at up to `most` further bytes."""
        return self._find_starts(self.held, self.read, self.read + most)

    def read_apart(self) -> None:
        """From now on in a child process, where there is much to read on."""
        from tracetui.ingest.starts_apart import StartsApart  # not on the way to the first page

        self._find_starts = StartsApart()

    def take(self, piece: Piece) -> None:
        self._starts.extend(piece.starts)
        self.read, self.done = piece.read, piece.done
        self._ends = self._both_ends()

    def stand(self, starts: array[int], read: int, done: bool) -> None:
        """As it stood when it was read before: see `starts` and `read`."""
        self._starts, self.read, self.done = starts, read, done
        self._ends = self._both_ends()

    def _both_ends(self) -> tuple[bytes, bytes]:
        """Of what was read."""
        length = min(_CHECKED, self.read)
        return self.held.pread(length, 0), self.held.pread(length, self.read - length)

    def ending(self) -> LineFile | None:
        """The last lines, read from the end, without numbers; None where no line begins in the last 16 MB."""
        size, looked_at = self.size, _END_BYTES
        while looked_at <= _MOST_END_BYTES:
            at = max(size - looked_at, 0)
            line_feed = self.bytes_at(at, size - at).find(b"\n")
            if 0 <= line_feed < size - at - 1:
                end = copy(self)
                end._begin(at + line_feed + 1)
                end._find_starts = starts_between
                # One byte more than there is: the end has to be seen.
                end.take(end.read_on(size - end.start + 1))
                return end
            looked_at *= 8
        return None

    def line_at(self, offset: int) -> int:
        """The line that holds the byte at `offset`, in what was read."""
        return bisect_right(self._starts, offset) - 1

    def place(self, line: int) -> tuple[int, int]:
        """Offset and length, with the line feed. Raises IndexError."""
        if not 0 <= line < len(self):
            raise IndexError(line)
        start = self._starts[line]
        return start, (self._starts[line + 1] if line < self.complete else self.read) - start

    def source(self, first: int, last: int) -> Source:
        """The lines from `first` up to, not with, `last`, as a source whose places are those of the file."""
        start, data = self._run(first, last - 1)
        return Source(path=self.path, data=data, notes=self._notes, start=start, first_line=first + 1, excerpt="lines")

    def gathered(self, lines: Sequence[int]) -> Source:
        """These lines, ascending, as such a source."""
        runs = [(first + 1, *self._run(first, last)) for first, last in _in_a_row(lines)]
        return gathered(self.path, runs, self._notes) if len(runs) > 1 else self.source(lines[0], lines[-1] + 1)

    @property
    def _notes(self) -> tuple[str, ...]:
        return (self.problem,) if self.problem else ()

    def _run(self, first: int, last: int) -> tuple[int, bytes]:
        start, end = self.place(first)[0], sum(self.place(last))
        return start, self.bytes_at(start, end - start)

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Fewer where the file has become shorter since."""
        kept = bytearray()
        while len(kept) < length and (chunk := self.held.pread(length - len(kept), offset + len(kept))):
            kept += chunk
        return bytes(kept)

    def around(
        self, line: int, *, before: int, after: int, most: int, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """`line` and up to so many before and after it, in up to `most` bytes: of those in `among`, ascending, which holds
        `line` too; where None, of all."""
        lines = among if among is not None else range(len(self))
        at = bisect_left(lines, line)
        first, last, taken = at, at + 1, self.place(line)[1]
        while first > max(at - before, 0) and (taken := taken + self.place(lines[first - 1])[1]) <= most:
            first -= 1
        while last < min(at + 1 + after, len(lines)) and (taken := taken + self.place(lines[last])[1]) <= most:
            last += 1
        return lines[first:last]

    def find(self, text: str, line: int, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        """The first line from `line` on, in what was read, that holds `text` as JSON writes it, without regard to case
        of ASCII letters. May run in a thread."""
        needle = json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogateescape").lower()
        if not needle or line >= len(self):
            return None
        at, overlap = self.place(line)[0], len(needle) - 1
        while at < self.read and not cancelled():
            chunk = self.bytes_at(at, min(_CHUNK + overlap, self.read - at))
            if (found := chunk.lower().find(needle)) >= 0:
                return self.line_at(at + found)
            at += _CHUNK
        return None

    def change(self) -> Change:
        """What has become of the file behind the path since it was read."""
        try:
            now, held = os.stat(self.path), os.fstat(self.held.handle)
        except FileNotFoundError:
            return "gone"
        except OSError:
            return "same"
        if (now.st_dev, now.st_ino) != (held.st_dev, held.st_ino):
            return "replaced"
        if now.st_size < max(self.read, self._opened_size):  # it may have been cut before it was read so far
            return "truncated"
        if self._both_ends() != self._ends:
            return "replaced"
        return "grown" if now.st_size > self.read else "same"


def _in_a_row(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of the lines that follow one another."""
    first = last = lines[0]
    for line in lines[1:]:
        if line != last + 1:
            yield first, last
            first = line
        last = line
    yield first, last
