"""The first line of what is kept of a large file: which file it is of, and all of that at a glance.

Standard library alone, and little of it: the first page is painted from it before the app is loaded.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import zlib
from array import array
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from tracetui.ingest.line_overview import Overview

SWITCH = "TRACETUI_CACHE"
"""Set to 0, nothing is kept and nothing taken."""
_VERSION = 6
_ORDER = f"{sys.byteorder}-{array('I').itemsize}-{array('Q').itemsize}"
"""Of the bytes of a number: a home folder may be shared by machines."""
_CHECKED = 4096
_LONGEST = 1 << 26
"""Of the header, in bytes: what is damaged may have no line feed."""
_SUM_BYTES = 8
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Header(NamedTuple):
    version: int
    order: str
    format: str
    """What the lines were looked at as."""
    size: int
    mtime_ns: int
    ends: list[int]
    """Checksums of how the file begins and ends."""
    tail: int
    """Bytes behind the last line feed."""
    lengths: list[int]
    """Of the parts that follow, in bytes."""
    checksum: int
    """Of these parts."""
    overview: Overview

    def packed(self) -> bytes:
        """One line, a checksum of the rest of it first."""
        stretches = list(self.overview.stretches.items())
        told = json.dumps([*self[:-1], [*self.overview[:-1], stretches]]).encode() + b"\n"
        return _checksum(told) + told

    @classmethod
    def unpacked(cls, kept: BinaryIO) -> Header:
        """From the beginning of `kept`. Raises OSError, or ValueError or TypeError where it is damaged."""
        line = kept.readline(_LONGEST)
        if line[:_SUM_BYTES] != _checksum(line[_SUM_BYTES:]):
            raise ValueError("the header is damaged")
        *of_file, (*counts, stretches) = json.loads(line[_SUM_BYTES:])
        return cls._make([*of_file, Overview._make([*counts, dict(stretches)])])


def _checksum(told: bytes) -> bytes:
    return b"%08x" % zlib.crc32(told)


class Seen(NamedTuple):
    """The file as it is now."""

    size: int
    mtime_ns: int
    bytes_at: Callable[[int, int], bytes]
    """From an offset on so many."""

    def ends(self, size: int) -> list[int]:
        """Of its first `size` bytes."""
        checked = min(size, _CHECKED)
        return [zlib.crc32(self.bytes_at(at, checked)) for at in (0, size - checked)]


def new_header(
    seen: Seen, *, format_name: str, tail: int, lengths: list[int], checksum: int, overview: Overview
) -> Header:
    """Of the whole file."""
    ends = seen.ends(seen.size)
    return Header(_VERSION, _ORDER, format_name, seen.size, seen.mtime_ns, ends, tail, lengths, checksum, overview)


def header_of(kept: BinaryIO, seen: Seen) -> Header | None:
    """What `kept` begins with, where it is whole and was made of this file; that may have grown since.

    Raises as `Header.unpacked`.
    """
    header = Header.unpacked(kept)
    same = (header.version, header.order) == (_VERSION, _ORDER) and seen.size >= header.size
    same = same and os.fstat(kept.fileno()).st_size == kept.tell() + sum(header.lengths)
    unchanged = same and (seen.size > header.size or seen.mtime_ns == header.mtime_ns)
    return header if unchanged and seen.ends(header.size) == header.ends else None


def open_kept(path: str) -> BinaryIO:
    """What is kept of a file. Raises OSError, also where others than the user could have written it."""
    refuse_folder_of_others()
    handle = os.open(kept_place(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
        os.close(handle)
        raise PermissionError(kept_place(path))
    return os.fdopen(handle, "rb")


def refuse_folder_of_others() -> None:
    """Raises OSError where the cache folder is not the user's alone to write to: who else could would be believed."""
    if not _is_ours(os.stat(cache_folder())):
        raise PermissionError(cache_folder())


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _WRITABLE_BY_OTHERS


def known_header(path: str) -> Header | None:
    """Of a file that is known to its end, as it is now."""
    if os.environ.get(SWITCH) == "0":
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            now = os.fstat(handle)
            with open_kept(path) as kept:
                header = header_of(
                    kept, Seen(now.st_size, now.st_mtime_ns, lambda at, most: os.pread(handle, most, at))
                )
        finally:
            os.close(handle)
    except (OSError, ValueError, TypeError):
        return None
    return header if header is not None and header.size == now.st_size else None


def cache_folder() -> str:
    """Where it is kept, whether there is anything or not."""
    own = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser(own), "tracetui", "lines")


def kept_place(path: str) -> str:
    """Of what is kept of this file. Two files might share one: the header tells them apart."""
    return os.path.join(cache_folder(), f"{zlib.crc32(os.fsencode(os.path.realpath(path))):08x}")
