"""What is known of the lines of a large file, kept for the next time it is opened. Losing it costs only time.

One file a trace in the user's cache folder: a header, then the columns as they are in memory and the names of the sessions.
It holds no content of the trace but those names and the kinds of its flags. It is taken only where the trace still begins
and ends as it did.
"""

from __future__ import annotations

import contextlib
import os
from array import array
from pathlib import Path
from typing import NamedTuple

from tracetui.ingest.glances import glance_of
from tracetui.ingest.innermost import on_disk
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import SWITCH, Seen, changed_at, header_of, kept_place, new_header
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.session_names import SessionNames

_COLUMNS = ("kinds", "marks", "sessions", "further", "marked")
"""Of a survey, as they are kept between the starts of the lines and the names."""
_CODES = "QBIIIQQ"
"""Of the starts, these, and where the names end."""
_KEPT = 16
"""So many traces are remembered; the least recently opened are dropped."""


def remember(file: LineFile, survey: Survey) -> None:
    """Keep the offsets and columns of a file that was read to its end, unless something is wrong with it: that is looked at
    again. What cannot be written is not kept."""
    if os.environ.get(SWITCH) == "0" or len(survey) != file.complete or file.problem:
        return
    place = Path(kept_place(file.path))
    names = survey.names
    columns = [file.starts, *(getattr(survey, name) for name in _COLUMNS), names.ends]
    lengths = [*(column.itemsize * len(column) for column in columns), len(names.text)]
    with contextlib.suppress(OSError):
        seen = Seen(file.read, os.stat(on_disk(file.path)).st_mtime_ns, file.bytes_at)
        header = new_header(seen, format_name=file.format, tail=file.tail, lengths=lengths, overview=survey.overview)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(header.packed())
            for column in columns:
                column.tofile(out)
            out.write(names.text)
        os.replace(beside, place)
        _drop_old(place.parent)


def is_remembered(file: LineFile) -> bool:
    """Whether `recall` is likely to know it, once it is unpacked: told by when it was changed."""
    if os.environ.get(SWITCH) == "0":
        return False
    try:
        with open(kept_place(file.path), "rb") as kept:
            return changed_at(kept) == os.stat(on_disk(file.path)).st_mtime_ns
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
    place = kept_place(file.path)
    try:
        with open(place, "rb") as kept:
            header = header_of(kept, Seen(file.size, os.stat(on_disk(file.path)).st_mtime_ns, file.bytes_at))
            if header is None or header.format != file.format:
                return None
            starts, *columns, ends = [
                array(code, kept.read(length)) for code, length in zip(_CODES, header.lengths, strict=False)
            ]
            names = SessionNames(kept.read(), ends)
        os.utime(place)
    except (OSError, ValueError, TypeError):
        return None
    survey = Survey(carries_on=glance_of(file.format).carries_on)
    survey.stand(header.overview, names, dict(zip(_COLUMNS, columns, strict=True)))
    return Recalled(starts, header.size, file.size == header.size, survey)


def _drop_old(folder: Path) -> None:
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[_KEPT:]:
        old.unlink()
