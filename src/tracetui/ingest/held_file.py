"""The bytes of an open file, read by place when they are asked for: for archives and packed files, which nobody needs whole."""

from __future__ import annotations

import io
import os
import weakref
from typing import BinaryIO

_PIECE = 1 << 20


class HeldFile:
    """Sliced and searched like bytes. The file stays open as long as this exists, and is not looked for by its path again."""

    def __init__(self, handle: int, start: int = 0, size: int | None = None) -> None:
        """Takes over the handle of a regular file. `start`, `size`: the stretch of it that this is; else all of it."""
        self.handle = handle
        self.start = start
        self._size = os.fstat(handle).st_size - start if size is None else size
        self._end = None if size is None else start + size
        self.close = weakref.finalize(self, os.close, handle)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        start, end, _ = place.indices(self._size)
        kept = bytearray()
        while start + len(kept) < end:
            chunk = os.pread(self.handle, min(end - start - len(kept), _PIECE), self.start + start + len(kept))
            if not chunk:  # it has become shorter
                break
            kept += chunk
        return bytes(kept)

    @property
    def size(self) -> int:
        """Bytes that are there now: more where a file has grown, fewer where it was cut."""
        now = os.fstat(self.handle).st_size
        return max((now if self._end is None else min(now, self._end)) - self.start, 0)

    def pread(self, length: int, offset: int) -> bytes:
        """Up to so many bytes from a place on, as they are now."""
        start = self.start + offset
        return os.pread(self.handle, length if self._end is None else max(min(length, self._end - start), 0), start)

    def find(self, mark: bytes, start: int = 0) -> int:
        """Where `mark` stands first from `start` on; -1 where it does not."""
        at = start
        while at < self._size:
            if (found := self[at : at + _PIECE + len(mark) - 1].find(mark)) >= 0:
                return at + found
            at += _PIECE
        return -1


class _Stream(io.RawIOBase):
    def __init__(self, held: HeldFile) -> None:
        self._held, self._at = held, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._held)}[whence]
        if base + offset < 0:
            raise OSError("a place before the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = self._held[self._at : self._at + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


Packed = bytes | HeldFile
"""An archive or a compressed stream, in memory or on disk."""


def stream(data: Packed) -> BinaryIO:
    """The bytes as a file of its own, at its beginning."""
    return io.BytesIO(data) if isinstance(data, bytes) else io.BufferedReader(_Stream(data))


def cut(data: Packed, start: int, length: int) -> Packed:
    """A stretch of it."""
    if isinstance(data, bytes):
        return data[start : start + length]
    return HeldFile(os.dup(data.handle), data.start + start, max(min(length, len(data) - start), 0))
