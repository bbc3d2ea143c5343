"""Which files are opened by place: large ones that hold a record a line, whatever their format."""

from __future__ import annotations

import os

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.memory import fits
from tracetui.ingest.packed_lines import PackedLines
from tracetui.ingest.packed_place import beginning, place_of
from tracetui.ingest.packing import STORED, Begun, Place
from tracetui.ingest.records import Records
from tracetui.ingest.registry import detect_format
from tracetui.ingest.session_rows import is_row
from tracetui.ingest.source import Source, on_disk

_LOOKED_AT, _LONGEST_FIRST_LINE = 1 << 20, 16 << 20


def paged_format(path: str, *, at_least: int = LARGE_BYTES, format_name: str | None = None) -> str | None:
    """What the lines of a file are read as that is opened by place: one of at least so many bytes, or too large to be read
    whole. None where it is read whole, or where its records are not one a line.

    `format_name`: what the user says it is.
    """
    if not os.path.isfile(on_disk(path)):
        return None
    try:
        looked_at = _begun(path, place_of(path))
    except (OSError, ValueError):  # told by whoever reads it whole
        return None
    size, head = looked_at.likely_size, looked_at.data[: looked_at.data.rfind(b"\n") + 1]
    if not head or (size < at_least and fits(size, head)):
        return None
    records = Records(Source(path=path, data=head, excerpt="lines"))
    try:
        if not _is_object_a_line(records):
            return None
        return format_name or _format_of(records)
    except UnreadableSourceError:
        return None


def _is_object_a_line(records: Records) -> bool:
    """Objects that are laid out over several lines each, and lists, are none."""
    first = records.source.data.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].rstrip()
    laid_out = first[:1] == b"{" and first[-1:] == b"}"
    return laid_out and records.shape == "lines" and all(isinstance(value, dict) for value in records.sample)


def open_lines(path: str, format_name: str) -> LineFile:
    """A file that is opened by place, packed or not, whose lines are read as `format_name`. Raises UnreadableSourceError."""
    try:
        place = place_of(path)
    except (OSError, ValueError) as problem:
        raise UnreadableSourceError(f"{path}: {problem}") from problem
    if place is None:
        return LineFile(path, format_name=format_name)
    return PackedLines(path, place, format_name=format_name)


def _begun(path: str, place: Place | None) -> Begun:
    """The leading bytes, with the whole of a first line."""
    place = place or Place(0, os.path.getsize(path), STORED, 0)
    head = beginning(path, place, _LOOKED_AT)
    return head if b"\n" in head.data else beginning(path, place, _LONGEST_FIRST_LINE, until=b"\n")


def _format_of(records: Records) -> str:
    # By far the most common large file is not worth asking every format about.
    if all(map(is_row, records.sample)):
        return "session-trace"
    return detect_format(records)[0].NAME
