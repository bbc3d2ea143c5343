"""The child processes that make the columns of a large file, and all columns at once for whoever waits for them.

Ranges of the file are handed to the children in order, and what they answer is put together in that order.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import NamedTuple

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.glance import Glance
from tracetui.ingest.glances import glance_of
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.line_columns import Block, block_of, lines_between
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey

CHILDREN = 2
_RANGE_BYTES = 2 << 20
_INLINE_BYTES = 1 << 20
"""So little is not worth a process."""
_IDLE_SECONDS = 1.0


class Part(NamedTuple):
    """One range of the file, in order."""

    number: int
    lines: int
    start: int
    end: int


def surveyed(file: LineFile, told: Callable[[int], None] = lambda _: None) -> Survey:
    """All columns of a file that was read to its end. Waits for the child processes; `told` is given the percent of its
    lines that are known.

    Raises UnreadableSourceError where the file cannot be read any more.
    """
    survey = Survey(carries_on=glance_of(file.format).carries_on)
    found: queue.SimpleQueue[tuple[Part, Block | None]] = queue.SimpleQueue()
    surveyors = Surveyors(file, lambda part, block: found.put((part, block)))
    surveyors.look_at(file)
    waiting: dict[int, Block] = {}
    number = 0
    while len(survey) < file.complete:
        part, came = found.get()
        if came is None or len(came.kinds) != part.lines:
            surveyors.stop()
            raise UnreadableSourceError(f"{file.path}: changed while it was read")
        waiting[part.number] = came
        while (block := waiting.pop(number, None)) is not None:
            survey.take(block)
            number += 1
        told(100 * len(survey) // file.complete)
    surveyors.stop()
    return survey


class Surveyors:
    """The child processes that make the blocks of one file. `found` is called in one of their threads, in no order."""

    def __init__(
        self,
        file: LineFile,
        found: Callable[[Part, Block | None], None],
        *,
        first_line: int = 0,
    ) -> None:
        """`found` gets None instead of a block where the file, or the child, failed; the
        lines before `first_line` are known already."""
        self._held, self._found, self._format = file.held, found, file.format
        self._waiting: list[Part] = []
        self._ready = threading.Condition()
        self._threads = 0
        self._stopped = False
        self._handed = 0
        self._next_line = first_line

    def look_at(self, file: LineFile) -> None:
        """Hand out the complete lines of `file` that have not been handed out; small rests wait until the file is read."""
        with self._ready:
            while self._next_line < file.complete:
                start = file.place(self._next_line)[0]
                last = min(file.line_at(start + _RANGE_BYTES), file.complete)
                last = max(last, self._next_line + 1)
                if last == file.complete and not file.done:
                    break
                end = sum(file.place(last - 1))
                self._waiting.append(Part(self._handed, last - self._next_line, start, end))
                self._handed, self._next_line = self._handed + 1, last
            self._ready.notify_all()
            new = max(min(CHILDREN, len(self._waiting)) - self._threads, 0)
            self._threads += new
        for _ in range(new):
            threading.Thread(target=self._work, daemon=True, name="tracetui-surveyor").start()

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
        child: subprocess.Popen[bytes] | None = None
        try:
            while (part := self._next()) is not None:
                try:
                    if part.end - part.start <= _INLINE_BYTES:
                        block = _inline(self._held, part, glance_of(self._format))
                    else:
                        child = child or _child(self._held, self._format)
                        block = _asked(child, part)
                except (OSError, EOFError, ValueError):
                    self.stop()
                    self._found(part, None)
                    continue
                self._found(part, block)
        finally:
            if child is not None:
                with child:
                    child.kill()


def _child(held: HeldFile, format_name: str) -> subprocess.Popen[bytes]:
    handle = held.handle
    # -P: a folder of traces is no place to import from.
    command = [sys.executable, "-P", "-m", "tracetui.ingest.line_columns", str(handle), format_name]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pass_fds=[handle])


def _asked(child: subprocess.Popen[bytes], part: Part) -> Block:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b"%d %d\n" % (part.start, part.end))
    child.stdin.flush()
    return Block.unpacked(child.stdout)


def _inline(held: HeldFile, part: Part, glance: Glance) -> Block:
    return block_of(lines_between(held.handle, part.start, part.end), glance)
