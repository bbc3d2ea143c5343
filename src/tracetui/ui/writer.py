"""Writes to the terminal: at once what it takes at once, the rest in a thread.

Textual 8.2.8 hands each frame to a thread; until that thread gets the interpreter, and a processor, the frame waits.
"""

from __future__ import annotations

import contextlib
import os
import select
from typing import TextIO

from textual.drivers._writer_thread import WriterThread


class Writer(WriterThread):
    """Never blocks the event loop, however slow the terminal is."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self._at_once = own_handle(file.fileno())

    @property
    def is_behind(self) -> bool:
        """Whether something waits for the terminal to take it."""
        return self._queue.unfinished_tasks > 0

    def write(self, text: str) -> None:
        # Not what Python takes the stream for: a terminal that takes less is written to in ASCII.
        data = text.encode("utf-8", "replace")
        if self._at_once is not None and not self.is_behind:
            with contextlib.suppress(OSError):  # not now, or the terminal has gone
                data = data[os.write(self._at_once, data) :]
        if data:
            self._queue.put(data)  # type: ignore[arg-type]

    def run(self) -> None:
        handle = self._file.fileno()
        while (data := self._queue.get()) is not None:
            write_all(handle, data)  # type: ignore[arg-type]
            self._queue.task_done()

    def stop(self) -> None:
        super().stop()
        if self._at_once is not None:
            os.close(self._at_once)
            self._at_once = None


def own_handle(terminal: int) -> int | None:
    """The same terminal, opened anew: that writing does not wait is then a matter of this handle alone, and not of the shell
    that shares the other one. None where it cannot be opened, as after `su`."""
    try:
        return os.open(os.ttyname(terminal), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return None


def write_all(terminal: int, data: bytes) -> None:
    """Wait until the terminal has taken everything, or has gone."""
    while data:
        try:
            data = data[os.write(terminal, data) :]
        except BlockingIOError:  # another program left it so
            select.select([], [terminal], [])
        except OSError:
            return
