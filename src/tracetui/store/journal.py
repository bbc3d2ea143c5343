"""The journal: every edit on disk within a second of being made, whatever becomes of the program.

One record a line, `length|crc32|json`. A thread of its own writes it, so that a stalled terminal or a slow disk
delays neither typing nor saving. Whoever edits only puts records into a queue: that never blocks and never fails.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from tracetui.store.atomic import reason

SYNC_EVERY_S = 0.25
"""Records are written at once and synced to the disk at most this often, and at most this much later."""
RETRY_EVERY_S = 1.0


class SaveState(msgspec.Struct, frozen=True):
    """Whether what was typed is on disk."""

    kind: Literal["saved", "saving", "failed"]
    at: datetime
    """When it became so."""
    why: str = ""
    """failed: the system's reason. saved: a warning, or ""."""


class JournalRecords(NamedTuple):
    records: list[bytes]
    """The JSON of every whole record, in order."""
    damaged: bytes
    """Lines that are cut or do not match their checksum, as found."""


class Journal:
    """An append-only file with a thread that writes it. `on_state` is called from that thread."""

    def __init__(
        self,
        path: Path,
        on_state: Callable[[SaveState], None] = lambda state: None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path = path
        self._state = SaveState("saved", now())
        self._on_state = on_state
        self._now = now
        # SimpleQueue: its `put` may be called again from a signal handler that interrupts it.
        self._queue: queue.SimpleQueue[_Record | _Save | _Barrier] = queue.SimpleQueue()
        self._unwritten: list[bytes] = []
        self._saves: list[Callable[[], str]] = []
        self._file: int | None = None
        self._good_size = 0
        self._unsynced = False
        self._handed_over = self._taken = 0
        self._warning = ""
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def state(self) -> SaveState:
        """As of now: what was handed over a moment ago is not saved yet, even if the thread has not seen it."""
        state = self._state
        if state.kind == "saved" and self._taken != self._handed_over:
            return SaveState("saving", state.at)
        return state

    def append(self, record: bytes) -> None:
        """Hand over one record, JSON without a line feed. Returns at once; `state` tells when it is on disk."""
        self._handed_over += 1
        self._queue.put(_Record(record))

    def save(self, write: Callable[[], str]) -> None:
        """Have `write` put the whole document on disk, in the journal's thread, and then empty the journal.

        The document must hold every record appended before. `write` returns a warning or ""; after an OSError it is
        tried again, and the journal stays.
        """
        self._handed_over += 1
        self._queue.put(_Save(write))

    def flush(self, timeout_s: float = 3.0) -> bool:
        """Wait until everything handed over is on disk; whether it is. May be called from a signal handler."""
        barrier = _Barrier(threading.Event())
        self._queue.put(barrier)
        return barrier.passed.wait(timeout_s) and self.state.kind == "saved"

    def close(self, timeout_s: float = 3.0) -> bool:
        """Flush and end the thread; whether everything is on disk."""
        saved = self.flush(timeout_s)
        self._queue.put(_Barrier(threading.Event(), last=True))
        self._thread.join(timeout_s)
        return saved

    def _run(self) -> None:
        last_sync = 0.0
        while True:
            item = self._next(last_sync)
            if isinstance(item, _Record):
                self._unwritten.append(item.data)
            elif isinstance(item, _Save):
                self._saves = [item.write]  # a later document holds all that an earlier one does
            if isinstance(item, (_Record, _Save)):
                self._tell("saving")
                self._taken += 1
            urgent = item is None or not isinstance(item, _Record)
            if self._queue.empty() or urgent:
                self._work(sync=urgent or time.monotonic() - last_sync >= SYNC_EVERY_S)
                if not self._unsynced:
                    last_sync = time.monotonic()
            if isinstance(item, _Barrier):
                item.passed.set()
                if item.last:
                    self._close_file()
                    return

    def _next(self, last_sync: float) -> _Record | _Save | _Barrier | None:
        """The next thing to do; None when it is time to sync or to try again."""
        wait: float | None = None
        if self._state.kind == "failed":
            wait = RETRY_EVERY_S
        elif self._unsynced:
            wait = max(0.0, last_sync + SYNC_EVERY_S - time.monotonic())
        try:
            return self._queue.get(timeout=wait)
        except queue.Empty:
            return None

    def _work(self, *, sync: bool) -> None:
        try:
            if self._unwritten:
                self._write(b"".join(map(frame, self._unwritten)))
                self._unwritten.clear()
            if self._unsynced and sync:
                os.fsync(self._opened())
                self._unsynced = False
            while self._saves:
                self._warning = self._saves[0]()
                self._saves.pop(0)
                self._empty()
        except OSError as problem:
            self._tell("failed", reason(problem))
            return
        if not self._unsynced and self._state.kind != "saved":
            self._tell("saved", self._warning)

    def _write(self, data: bytes) -> None:
        """All of `data` or nothing of it: a part that was written before an error is taken off again."""
        file = self._opened()
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
        except OSError:
            os.ftruncate(file, self._good_size)
            raise
        self._good_size += len(data)
        self._unsynced = True

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._good_size = os.fstat(self._file).st_size
            if self._good_size:  # what a crash cut off must not swallow the next record
                os.write(self._file, b"\n")
                self._good_size += 1
        return self._file

    def _empty(self) -> None:
        if self._file is not None or self.path.exists():
            os.ftruncate(self._opened(), 0)
            self._good_size = 0

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _tell(self, kind: Literal["saved", "saving", "failed"], why: str = "") -> None:
        if kind == "saving" and self._state.kind != "saved":
            return  # what failed stays visible until it is saved
        if (kind, why) == (self._state.kind, self._state.why) and kind != "saved":
            return
        self._state = SaveState(kind, self._now(), why)
        # A listener that is gone, a screen that has closed, must not end the thread that saves.
        with contextlib.suppress(Exception):
            self._on_state(self._state)


def frame(record: bytes) -> bytes:
    """One line of the journal."""
    return b"%08x|%08x|%b\n" % (len(record), zlib.crc32(record), record)


def read_journal(path: Path) -> JournalRecords:
    """What a journal holds; nothing where there is none. Raises OSError where it cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return JournalRecords([], b"")
    records: list[bytes] = []
    damaged = b""
    for line in data.splitlines(keepends=True):
        if not line.strip():
            continue
        record = _unframed(line)
        if record is None:
            damaged += line
        else:
            records.append(record)
    return JournalRecords(records, damaged)


def _unframed(line: bytes) -> bytes | None:
    length, _, rest = line.partition(b"|")
    checksum, _, record = rest.partition(b"|")
    record = record[:-1] if record.endswith(b"\n") else record
    try:
        whole = int(length, 16) == len(record) and int(checksum, 16) == zlib.crc32(record)
    except ValueError:
        return None
    return record if whole else None


class _Record(NamedTuple):
    data: bytes


class _Save(NamedTuple):
    write: Callable[[], str]


class _Barrier(NamedTuple):
    passed: threading.Event
    last: bool = False
