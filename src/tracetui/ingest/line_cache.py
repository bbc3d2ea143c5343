"""What is known of the lines of a large file, kept for the next time it is opened. Losing it costs only time.

One file a trace in the user's cache folder: a line of JSON, then the columns as they are in memory. It holds no content
of the trace but the names of its sessions and flags. It is taken only where the trace still begins and ends as it did.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from array import array
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_columns import CODES, Block
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey

SWITCH = "TRACETUI_CACHE"
"""Set to 0, nothing is kept and nothing taken."""
_VERSION = 3
_KEPT_CODES = CODES[:-1]
"""`Block.calls` is of use only while the lines are looked at."""
_CHECKED = 4096
_KEPT = 16
"""So many traces are remembered; the least recently opened are dropped."""


class _Header(msgspec.Struct, frozen=True):
    version: int
    format: str
    """What the lines were looked at as."""
    order: str
    """Of the bytes of a number: a home folder may be shared by machines."""
    size: int
    mtime_ns: int
    ends: str
    lines: int
    further: int
    """Entries of `Block.further`."""
    names: list[str]
    flags: list[str]


def remember(file: LineFile, survey: Survey) -> None:
    """Keep the offsets and columns of a file that was read to its end. What cannot be written is not kept."""
    if os.environ.get(SWITCH) == "0" or len(survey) != file.complete:
        return
    place = _place(file)
    columns = [file.starts, survey.kinds, survey.marks, survey.tokens, survey.milliseconds, survey.sessions]
    columns.append(survey.further)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(json.dumps(msgspec.to_builtins(_header(file, survey))).encode() + b"\n")
            for column in columns:
                column.tofile(out)
        os.replace(beside, place)
        _drop_old(place.parent)


class Recalled(NamedTuple):
    starts: array[int]
    read: int
    done: bool
    survey: Survey
    """Of all complete lines."""


def recall(file: LineFile) -> Recalled | None:
    """Where `file` stood when it was remembered (see `LineFile.stand`); None where it is another file now.

    A file that has grown since stands where it was. May run in a thread.
    """
    if os.environ.get(SWITCH) == "0":
        return None
    place = _place(file)
    try:
        with open(place, "rb") as kept:
            header = msgspec.convert(json.loads(kept.readline()), _Header)
            if not _still(file, header):
                return None
            starts = array("Q")
            starts.fromfile(kept, header.lines + 1)
            columns = [array(code) for code in _KEPT_CODES]
            for column in columns[:-1]:
                column.fromfile(kept, header.lines)
            columns[-1].fromfile(kept, header.further)
        os.utime(place)
    except (OSError, EOFError, ValueError):
        return None
    survey = Survey(carries_on=glance_of(file.format).carries_on)
    survey.take(Block.of([*columns, array("I")], header.names, header.flags))
    return Recalled(starts, header.size, file.size == header.size, survey)


def _header(file: LineFile, survey: Survey) -> _Header:
    stat = os.stat(file.path)
    ends = _ends(file, file.read)
    names, flags = [*survey.names], [*survey.flags]
    counts = file.complete, len(survey.further)
    return _Header(_VERSION, file.format, _ORDER, file.read, stat.st_mtime_ns, ends, *counts, names, flags)


def _still(file: LineFile, header: _Header) -> bool:
    size = file.size
    if (header.version, header.format, header.order) != (_VERSION, file.format, _ORDER) or size < header.size:
        return False
    unchanged = size > header.size or os.stat(file.path).st_mtime_ns == header.mtime_ns
    return unchanged and _ends(file, header.size) == header.ends


def _ends(file: LineFile, size: int) -> str:
    """A digest of how the first `size` bytes begin and end."""
    last = max(size - _CHECKED, 0)
    return hashlib.sha256(file.bytes_at(0, min(size, _CHECKED)) + file.bytes_at(last, size - last)).hexdigest()


def cache_folder() -> Path:
    """Where it is kept, whether there is anything or not."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("tracetui", appauthor=False), "lines")


def _place(file: LineFile) -> Path:
    return cache_folder() / hashlib.sha256(os.fsencode(os.path.realpath(file.path))).hexdigest()[:32]


def _drop_old(folder: Path) -> None:
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[_KEPT:]:
        old.unlink()


_ORDER = f"{sys.byteorder}-{array('I').itemsize}-{array('Q').itemsize}"
