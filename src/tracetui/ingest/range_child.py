"""A child process that is asked what stands in ranges of a file, one after another: the asking side of `line_service`."""

from __future__ import annotations

import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Generic, NamedTuple, TypeVar

from tracetui.ingest.held_file import HeldFile

Found = TypeVar("Found")


class RangeWork(NamedTuple, Generic[Found]):
    """What is to be found in the lines of a range."""

    module: str
    arguments: tuple[str, ...]
    """Of the program, after the number of the file."""
    inline: Callable[[Iterable[bytes]], Found]
    """The same in this process."""
    unpacked: Callable[[IO[bytes]], Found]
    """One answer of the program. Raises EOFError where the stream ends before it does."""
    looked_at: bytes | None = None
    """Of each line of the file, 0 or 1; None: all of them."""


class RangeChild(Generic[Found]):
    """For one thread at a time. The process ends with `end()`, or with this."""

    def __init__(self, held: HeldFile, work: RangeWork[Found]) -> None:
        """Raises OSError where there can be no process."""
        self._start, self._unpacked = held.start, work.unpacked
        # -P: a folder of traces is no place to import from.
        command = [sys.executable, "-P", "-m", work.module, str(held.handle), *work.arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pass_fds=[held.handle]
        )
        self.end = weakref.finalize(self, _end, self._process)

    def ask(self, start: int, end: int, looked_at: bytes | None = None) -> Found:
        """What is found from byte `start` up to `end`; `looked_at`: of each line there, 0 or 1.

        Raises OSError, EOFError or ValueError where the child failed or has ended.
        """
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(b"%d %d " % (self._start + start, self._start + end))
        asked.write(b"\n" if looked_at is None else b"%s\n" % looked_at.hex().encode())
        asked.flush()
        return self._unpacked(answers)


def _end(process: subprocess.Popen[bytes]) -> None:
    # What was written to it, and not taken, is left.
    with suppress(BrokenPipeError), process:
        process.kill()
