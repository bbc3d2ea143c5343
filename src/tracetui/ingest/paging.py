"""Which files are opened by place: large ones that hold a record a line, whatever their format, or one long list of messages."""

from __future__ import annotations

import os

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.decoding import TO_ITS_END, Begun, Place, beginning
from tracetui.ingest.glances import OWN
from tracetui.ingest.innermost import Inside, held_bytes, innermost, on_disk
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.memory import fits
from tracetui.ingest.packed_lines import MemberLines, PackedLines
from tracetui.ingest.packing import LISTED
from tracetui.ingest.records import Records
from tracetui.ingest.registry import DAMAGED, FORMATS, detect_format
from tracetui.ingest.report import Ledger
from tracetui.ingest.session_rows import is_row
from tracetui.ingest.source import Source

_GUESSED_FROM, _LOOKED_AT, _LONGEST_FIRST_LINE = 1 << 16, 1 << 20, 16 << 20


def paged_format(path: str, *, at_least: int = LARGE_BYTES, format_name: str | None = None) -> str | None:
    """What the lines of a file are read as that is opened by place: one of at least so many bytes, or too large to be read
    whole. None where it is read whole, or where its records are not one a line.

    `format_name`: what the user says it is.
    """
    if not os.path.isfile(on_disk(path)):
        return None
    try:
        looked_at = _begun(_inside(path))
    except (OSError, ValueError, UnreadableSourceError):  # told by whoever reads it whole
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


def listed_format(path: str, *, at_least: int = LARGE_BYTES, format_name: str | None = None) -> str | None:
    """What the elements of the long list of a JSON document are read as, one a line, where only all of them together are one
    session, as the messages of a conversation are, and it is as large. None for any other document, and file."""
    if not os.path.isfile(on_disk(path)):
        return None
    try:
        inside = _inside(path)
        size = beginning(inside.data, inside.place, _GUESSED_FROM).likely_size
        if size < at_least and fits(size, b""):
            return None
        looked_at = _begun(_listed(inside))
        head = looked_at.data[: looked_at.data.rfind(b"\n") + 1]
        if head.count(b"\n") < 2:
            return None
        records = Records(Source(path=path, data=head, excerpt="lines"))
        name = format_name or detect_format(records)[0].NAME
        if name == "raw" or name.replace("-", "_") in OWN:
            return None
        return name if len(FORMATS[name].read(records, Ledger())) == 1 else None
    except (OSError, *DAMAGED, UnreadableSourceError):  # told by whoever reads it whole
        return None


def open_listed(path: str, format_name: str) -> LineFile:
    """A document whose elements are lines, for which `listed_format` gave the format. Raises UnreadableSourceError."""
    try:
        return PackedLines(_listed(_inside(path))._replace(path=path), format_name=format_name)
    except (OSError, ValueError) as problem:
        raise UnreadableSourceError(f"{path}: {_reason(problem)}") from problem


def open_again(file: LineFile) -> LineFile:
    """The file that now stands where `file` stood. Raises UnreadableSourceError."""
    listed = isinstance(file, PackedLines) and file.is_listed
    return open_listed(file.path, file.format) if listed else open_lines(file.path, file.format)


def _listed(inside: Inside) -> Inside:
    return inside._replace(place=inside.place.within(Place(0, TO_ITS_END, LISTED)))


def _is_object_a_line(records: Records) -> bool:
    """Objects that are laid out over several lines each, and lists, are none."""
    first = records.source.data.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].rstrip()
    laid_out = first[:1] == b"{" and first[-1:] == b"}"
    return laid_out and records.shape == "lines" and all(isinstance(value, dict) for value in records.sample)


def open_lines(path: str, format_name: str) -> LineFile:
    """A file that is opened by place, packed or not, whose lines are read as `format_name`. Raises UnreadableSourceError."""
    try:
        inside = _inside(path)
    except (OSError, ValueError) as problem:
        raise UnreadableSourceError(f"{path}: {_reason(problem)}") from problem
    if _is_plain(path, inside):
        return LineFile(path, format_name=format_name)
    kind = MemberLines if inside.place.is_stretch else PackedLines
    return kind(inside._replace(path=path), format_name=format_name)


def _reason(problem: OSError | ValueError) -> str:
    return (isinstance(problem, OSError) and problem.strerror) or str(problem)


def is_plain(path: str) -> bool:
    """Whether a file is neither packed nor an archive, nor a member of one. Raises OSError, ValueError, UnreadableSourceError."""
    return _is_plain(path, _inside(path))


def _is_plain(path: str, inside: Inside) -> bool:
    return inside.path == path == on_disk(path) and inside.archive is None and inside.place.is_stretch


def _inside(path: str) -> Inside:
    file = on_disk(path)
    return innermost(file, held_bytes(file), member=path[len(file) + 1 :])


def _begun(inside: Inside) -> Begun:
    """The leading bytes, with the whole of a first line; none of an archive of several files, or what is held in memory."""
    if inside.archive is not None or isinstance(inside.data, bytes):
        return Begun(b"", 0)
    head = beginning(inside.data, inside.place, _LOOKED_AT)
    if b"\n" not in head.data:
        head = beginning(inside.data, inside.place, _LONGEST_FIRST_LINE, until=b"\n")
    return head


def _format_of(records: Records) -> str:
    # By far the most common large file is not worth asking every format about.
    if all(map(is_row, records.sample)):
        return "session-trace"
    return detect_format(records)[0].NAME
