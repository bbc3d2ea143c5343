"""Whether a file is still what it was."""

from __future__ import annotations

import os
from typing import NamedTuple


class Stamp(NamedTuple):
    """Two of them differ where the file was written or replaced in between."""

    device: int
    inode: int
    size: int
    mtime_ns: int


def stamp(path: str) -> Stamp | None:
    """None where there is no such file now."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
