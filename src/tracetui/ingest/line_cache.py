"""What is known of the lines of a large file, kept for the next time it is opened. Losing it costs only time.

One file a trace in the user's cache folder: a header, then the columns as they are in memory and the names of the sessions.
It holds no content of the trace but those names and the kinds of its flags. It is taken only where the trace still begins
and ends as it did, where it is whole to the last bit, and where nobody but the user can have written it.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from tracetui.ingest.glances import glance_of
from tracetui.ingest.innermost import on_disk
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import (
    SWITCH,
    Header,
    Seen,
    header_of,
    kept_place,
    new_header,
    open_kept,
    refuse_folder_of_others,
)
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.session_names import SessionNames

_COLUMNS = ("kinds", "marks", "sessions", "further", "marked")
"""Of a survey, as they are kept between the starts of the lines and the names."""
_CODES = "QBIIIQQ"
"""Of the starts, these, and where the names end."""
_KEPT = 16
"""So many traces are remembered; the least recently opened are dropped."""
_STALE_SECONDS = 3600
"""What was begun so long ago and is not done belonged to a program that was killed."""


def remember(file: LineFile, survey: Survey) -> None:
    """Keep the offsets and columns of a file that was read to its end, unless something is wrong with it: that is looked at
    again. What cannot be written is not kept."""
    if os.environ.get(SWITCH) == "0" or len(survey) != file.complete or file.problem:
        return
    place = Path(kept_place(file.path))
    names = survey.names
    columns = [file.starts, *(getattr(survey, name) for name in _COLUMNS), names.ends]
    parts: list[array[int] | bytes | bytearray] = [*columns, names.text]
    lengths = [memoryview(part).nbytes for part in parts]
    with suppress(OSError):
        seen = Seen(file.read, os.stat(on_disk(file.path)).st_mtime_ns, file.bytes_at)
        header = new_header(
            seen,
            format_name=file.format,
            tail=file.tail,
            lengths=lengths,
            checksum=_checksum(parts),
            overview=survey.overview,
        )
        for folder in (place.parent.parent, place.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_folder_of_others()
        _write(place, [header.packed(), *parts])
        _drop_old(place.parent)


def _write(place: Path, parts: Sequence[array[int] | bytes | bytearray]) -> None:
    """All or nothing. Raises OSError."""
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    with suppress(FileNotFoundError):  # of a program that had the number before
        beside.unlink()
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            for part in parts:
                out.write(part)
        os.replace(beside, place)
    except OSError:
        beside.unlink()
        raise


def is_remembered(file: LineFile) -> bool:
    """Whether `recall` is likely to know it, once it is unpacked: told by when it was changed."""
    if os.environ.get(SWITCH) == "0":
        return False
    try:
        with open_kept(file.path) as kept:
            return Header.unpacked(kept).mtime_ns == os.stat(on_disk(file.path)).st_mtime_ns
    except (OSError, ValueError, TypeError):
        return False


class Recalled(NamedTuple):
    starts: array[int]
    read: int
    done: bool
    survey: Survey
    """Of all complete lines."""


def recall(file: LineFile) -> Recalled | None:
    """Where `file` stood when it was remembered (see `LineFile.stand`); None where it is another file now, or not unpacked.

    A file that has grown since stands where it was. May run in a thread.
    """
    if os.environ.get(SWITCH) == "0" or file.unpacked < 100:
        return None
    try:
        with open_kept(file.path) as kept:
            header = header_of(kept, Seen(file.size, os.stat(on_disk(file.path)).st_mtime_ns, file.bytes_at))
            if header is None or header.format != file.format:
                return None
            parts = list(map(kept.read, header.lengths))
        if _checksum(parts) != header.checksum:
            return None
        starts, *columns, ends = (array(code, part) for code, part in zip(_CODES, parts, strict=False))
        survey = Survey(carries_on=glance_of(file.format).carries_on)
        survey.stand(header.overview, SessionNames(parts[-1], ends), dict(zip(_COLUMNS, columns, strict=True)))
    except (OSError, ValueError, TypeError):
        return None
    with suppress(OSError):  # the folder may be read-only
        os.utime(kept_place(file.path))
    return Recalled(starts, header.size, file.size == header.size, survey)


def _checksum(parts: Iterable[array[int] | bytes | bytearray]) -> int:
    checksum = 0
    for part in parts:
        checksum = crc32(part, checksum)
    return checksum


def _drop_old(folder: Path) -> None:
    found = sorted(((path.stat().st_mtime, path) for path in folder.iterdir()), reverse=True)
    begun = [path for changed, path in found if path.suffix and changed < time.time() - _STALE_SECONDS]
    for old in [*begun, *[path for _, path in found if not path.suffix][_KEPT:]]:
        old.unlink()
