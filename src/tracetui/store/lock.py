"""Who edits an incident. The kernel's lock decides; the text in the file only says who holds it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from pathlib import Path

import msgspec

_NO_LOCKS_HERE = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock, as they wrote it; empty values where that cannot be read."""

    host: str = ""
    pid: int = 0
    user: str = ""
    since: str = ""

    def __str__(self) -> str:
        who = f"{self.user or 'someone'} on {self.host or 'another host'}"
        return f"{who}, pid {self.pid}, since {self.since}" if self.pid else who


class Lock:
    """A lock on one incident, given up by `release` or the end of the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning = ""
        """Why the lock does not keep others out, where the file system has no locks."""
        self._file: int | None = None

    def acquire(self, *, user: str, since: str, take_over: bool = False) -> Holder | None:
        """None when the lock is ours, else who holds it. `take_over` takes it from a holder, who then sees
        `held` become false. Raises OSError where the file cannot be made."""
        if take_over:
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(file)
            os.close(file)
            return holder
        except OSError as problem:
            if problem.errno not in _NO_LOCKS_HERE:
                os.close(file)
                raise
            self.warning = "this file system has no locks: a change by someone else is only noticed when saving"
        self._file = file
        text = msgspec.json.encode(Holder(os.uname().nodename, os.getpid(), user, since))
        os.ftruncate(file, 0)
        os.pwrite(file, text + b"\n", 0)
        return None

    @property
    def held(self) -> bool:
        """Whether the lock is ours and nobody took it over."""
        if self._file is None:
            return False
        try:
            return os.fstat(self._file).st_ino == self.path.stat().st_ino
        except OSError:
            return False

    def release(self) -> None:
        """Give the lock up. The file stays, empty: removing it would let two others lock two different files."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            if self.held:
                os.ftruncate(self._file, 0)
        with contextlib.suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_UN)  # a process forked meanwhile holds the file open
        os.close(self._file)
        self._file = None


def _holder(file: int) -> Holder:
    try:
        return msgspec.convert(json.loads(os.pread(file, 4096, 0)), Holder)
    except (OSError, ValueError, msgspec.ValidationError):
        return Holder()
