"""Child processes that go through a large file of lines, range by range, so that the keys of whoever shows it are not held up.

Ranges are handed out in order; what comes back is told in whatever order it comes, or by `in_order`.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from itertools import compress
from typing import Generic, NamedTuple

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_service import lines_between
from tracetui.ingest.range_child import Found, RangeChild, RangeWork

CHILDREN = 2
_RANGE_BYTES = 2 << 20
_INLINE_BYTES = 1 << 20
"""So little is not worth a process."""
_IDLE_SECONDS = 1.0
_TIMES = 2
"""A process that ends early may have been killed; what ends a second one is in the file."""


class Part(NamedTuple):
    """One range of the file, in order."""

    number: int
    lines: int
    start: int
    end: int
    first: int
    """The first of the lines."""


class RangeWorkers(Generic[Found]):
    """The child processes that work on one file. `found` is called in one of their threads, in no order."""

    def __init__(
        self,
        file: LineFile,
        found: Callable[[Part, Found | None], None],
        work: RangeWork[Found],
        *,
        first_line: int = 0,
    ) -> None:
        """`found` gets None where the file, or the child, failed; the work begins at `first_line`."""
        self._held, self._found, self._does = file.held, found, work
        self._waiting: list[Part] = []
        self._ready = threading.Condition()
        self._threads = 0
        self._stopped = False
        self._handed = 0
        self._next_line = first_line

    def look_at(self, file: LineFile, until: int | None = None) -> int:
        """Hand out the complete lines of `file`, up to line `until`, that have not been handed out; small rests wait until
        the file is read. Returns how many ranges have been handed out by now."""
        lines = file.complete if until is None else min(until, file.complete)
        with self._ready:
            while self._next_line < lines:
                start = file.place(self._next_line)[0]
                last = min(file.line_at(start + _RANGE_BYTES), lines)
                last = max(last, self._next_line + 1)
                if last == file.complete and not file.done:
                    break
                end = sum(file.place(last - 1))
                self._waiting.append(Part(self._handed, last - self._next_line, start, end, self._next_line))
                self._handed, self._next_line = self._handed + 1, last
            self._ready.notify_all()
            new = max(min(CHILDREN, len(self._waiting)) - self._threads, 0)
            self._threads += new
        for _ in range(new):
            threading.Thread(target=self._work, daemon=True, name="tracetui-surveyor").start()
        return self._handed

    def stop(self) -> None:
        with self._ready:
            self._stopped = True
            self._waiting.clear()
            self._ready.notify_all()

    def _next(self) -> Part | None:
        """None ends a thread and its child: there is nothing to do, or nobody waits for it."""
        with self._ready:
            if not self._waiting and not self._stopped:
                self._ready.wait(_IDLE_SECONDS)
            if self._waiting and not self._stopped:
                return self._waiting.pop(0)
            self._threads -= 1
            return None

    def _work(self) -> None:
        child: RangeChild[Found] | None = None
        try:
            while (part := self._next()) is not None:
                found = None
                for _ in range(_TIMES):
                    try:
                        child = child or self._child_for(part)
                        if child is None:
                            found = _inline(self._held, part, self._does)
                        else:
                            found = child.ask(part.start, part.end, _looked_at(part, self._does))
                        break
                    except (OSError, EOFError, ValueError):
                        if child is not None:
                            child.end()
                        child = None
                if found is None:
                    self.stop()
                self._found(part, found)
        finally:
            if child is not None:
                child.end()

    def _child_for(self, part: Part) -> RangeChild[Found] | None:
        """None where the part is not worth a process, or where there can be none."""
        if part.end - part.start <= _INLINE_BYTES:
            return None
        try:
            return RangeChild(self._held, self._does)
        except OSError:
            return None


def in_order(
    file: LineFile,
    work: RangeWork[Found],
    *,
    first_line: int = 0,
    until: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Part, Found]]:
    """What is found in the lines from `first_line` up to, not with, `until` of a file that was read to its end, range by range.
    Waits for the child processes; ends early where `cancelled`.

    Raises UnreadableSourceError where the file cannot be read any more.
    """
    came: queue.SimpleQueue[tuple[Part, Found | None]] = queue.SimpleQueue()
    workers = RangeWorkers(file, lambda part, found: came.put((part, found)), work, first_line=first_line)
    waiting: dict[int, tuple[Part, Found]] = {}
    try:
        for number in range(workers.look_at(file, until)):
            while number not in waiting:
                part, found = came.get()
                if found is None:
                    raise UnreadableSourceError(
                        f"{file.path}: cannot be looked through: the process that does it ended early, {_TIMES} times",
                        hint="killed, for want of memory perhaps: try again",
                    )
                waiting[part.number] = part, found
            if cancelled():
                return
            yield waiting.pop(number)
    finally:
        workers.stop()


def _inline(held: HeldFile, part: Part, work: RangeWork[Found]) -> Found:
    lines, asked = lines_between(held.handle, held.start + part.start, held.start + part.end), _looked_at(part, work)
    return work.inline(lines if asked is None else compress(lines, asked))


def _looked_at(part: Part, work: RangeWork[Found]) -> bytes | None:
    return None if work.looked_at is None else work.looked_at[part.first : part.first + part.lines]
