"""Bytes of a file or a pipe, as the system gives them: never waiting for a writer, and never more than fits into memory."""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

from tracetui.ingest.memory import refuse_what_does_not_fit

_PIECE = 16 << 20


def open_at_once(path: str) -> int:
    """A handle to read from, also of a pipe that nobody writes to. Raises OSError, and so does reading where there is
    nothing to give yet."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)


def open_file(path: str) -> int:
    """A handle of a regular file, to be read by place: what was one may be a pipe or a folder by now. Raises OSError."""
    handle = open_at_once(path)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder")
    raise OSError(errno.EINVAL, "is not a regular file")


def holds_bytes(path: str) -> bool:
    """Whether a path leads to a regular file that is not empty: what the kernel makes as it is read (`/proc/kmsg`) says it
    is a file of no size, and reading it may wait for ever. Raises OSError, and ValueError for a name that no file can have."""
    found = os.stat(path)
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def read_to_end(file: BinaryIO, path: str) -> bytes:
    """All that is left of a file or a pipe. Raises OSError, and UnreadableSourceError for what has no end or does not fit."""
    pieces: list[bytes] = []
    size = 0
    while piece := file.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        refuse_what_does_not_fit(path, size, pieces[0], is_all=False)
    if piece is None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return b"".join(pieces)
