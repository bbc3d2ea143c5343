"""Whether a file, and what belongs to it, is still what it was."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tracetui.ingest.innermost import on_disk


class Stamp(NamedTuple):
    """Two of them differ where the file was written or replaced in between."""

    device: int
    inode: int
    size: int
    mtime_ns: int


class Snapshot(NamedTuple):
    """Two of them differ where something was written that the session of a file may be read from."""

    own: Stamp | None
    """None: there is no such file."""
    others: tuple[Stamp | None, ...]
    """Of further files that the session was read from, and of those in a folder of its name, where programs put what belongs
    to it."""
    names: tuple[str, ...]
    """Of the files beside it with its suffix."""


def stamp(path: str) -> Stamp | None:
    """None where there is no such file now."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def snapshot(path: str, others: Collection[str] = ()) -> Snapshot:
    """Of the file at `path`, of a member the archive that it is in; `others`: further files that are known to belong to it."""
    stem, suffix = os.path.splitext(path)
    own_folder = sorted(_inside(stem)) if suffix else ()
    beside = sorted(entry.name for entry in _entries(os.path.dirname(path) or os.curdir) if entry.name.endswith(suffix))
    return Snapshot(stamp(on_disk(path)), tuple(map(stamp, (*others, *own_folder))), tuple(beside))


def _inside(folder: str) -> Iterator[str]:
    """What lies in a folder, and in those in it."""
    for entry in _entries(folder):
        yield entry.path
        yield from (inner.path for inner in _entries(entry.path))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []
