"""Which files are opened by place: large ones that hold a record a line, whatever their format."""

from __future__ import annotations

import os

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.memory import UNCHECKED_BYTES, fits
from tracetui.ingest.records import Records
from tracetui.ingest.registry import detect_format
from tracetui.ingest.session_rows import is_row
from tracetui.ingest.source import HEAD_BYTES, Source

_LONGEST_FIRST_LINE = 16 << 20


def paged_format(path: str, *, at_least: int = LARGE_BYTES, format_name: str | None = None) -> str | None:
    """What the lines of a file are read as that is opened by place: one of at least so many bytes, or too large to be read
    whole. None where it is read whole, or where its records are not one a line.

    `format_name`: what the user says it is.
    """
    if not os.path.isfile(path) or os.path.getsize(path) < min(at_least, UNCHECKED_BYTES):
        return None
    try:
        head = _whole_lines(path)
    except OSError:  # told by whoever reads it whole
        return None
    size = os.path.getsize(path)
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


def _whole_lines(path: str) -> bytes:
    """The leading lines that are whole."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
        if b"\n" not in head:
            head += file.readline(_LONGEST_FIRST_LINE)
    return head[: head.rfind(b"\n") + 1]


def _format_of(records: Records) -> str:
    # By far the most common large file is not worth asking every format about.
    if all(map(is_row, records.sample)):
        return "session-trace"
    return detect_format(records)[0].NAME
