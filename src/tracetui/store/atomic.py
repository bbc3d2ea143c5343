"""Replacing a file so that a reader, or a crash at any moment, finds the old bytes or the new ones, whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

FOLDER_MODE = 0o700
MARK = ".tmp-"


def write_atomic(path: Path, data: bytes) -> str:
    """Put `data` at `path` (mode 0600): on disk before it takes the place of what was there.

    Returns "" or, where the folder could not be synced, a warning: the new file is there, but a power cut may bring
    the old one back. Raises OSError with the old file untouched. A symbolic link is written through.
    """
    target = Path(os.path.realpath(path))
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}{MARK}", dir=target.parent)
    try:
        try:
            _write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return _sync_folder(target.parent)


def sweep(folder: Path) -> int:
    """Remove what a killed writer left behind; how many. Only for whoever holds the folder's lock."""
    swept = 0
    for stale in folder.glob(f".*{MARK}*"):
        with contextlib.suppress(OSError):
            stale.unlink()
            swept += 1
    return swept


def make_folder(path: Path) -> None:
    """A folder that only its owner can read, with its parents."""
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def reason(problem: OSError) -> str:
    """What went wrong, in the system's words."""
    return problem.strerror or str(problem)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> str:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as problem:
        return f"saved, durability unknown: {reason(problem)}"
    try:
        os.fsync(handle)
    except OSError as problem:
        return f"saved, durability unknown: {reason(problem)}"
    finally:
        os.close(handle)
    return ""
