"""Bytes of a trace, from a file, perhaps packed, or standard input, and the lines they hold.

Offsets are always into the decoded stream (after decompression). Limits are named in the errors that they cause.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import decoding, packing
from tracetui.ingest.decoding import Place, beginning, decoded, told_wrong, whole
from tracetui.ingest.framing import unframed
from tracetui.ingest.held_file import HeldFile, Packed
from tracetui.ingest.innermost import Inside, held_bytes, innermost, on_disk
from tracetui.ingest.memory import are_lines, most_lines, refuse_members, refuse_what_does_not_fit
from tracetui.ingest.packing import is_archive, is_zstandard, packing_of
from tracetui.ingest.reading import holds_bytes, open_at_once, read_to_end
from tracetui.ingest.stamp import Stamp, stamp

HEAD_BYTES = 256 << 10
"""Formats are detected on at most this many leading bytes."""
STDIN_NAME = "<stdin>"
_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 16 << 20
_NAMED_FILES = 8
_FRAME = 4
"""Before a record that is compressed by itself stands its length."""


if TYPE_CHECKING:
    from tracetui.ingest.archive import Archive


class Line(NamedTuple):
    """One line of a source, without its line ending."""

    number: int
    """1-based."""
    offset: int
    data: bytes
    ended: bool
    """False for a last line that no line feed ends: still being written, or cut."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The decoded bytes of one file, or of some whole lines of it."""

    path: str
    data: bytes
    notes: tuple[str, ...] = ()
    start: int = 0
    """Where in the file `data` begins."""
    first_line: int = 1
    """Number of its first line."""
    excerpt: Literal["", "lines", "elements"] = ""
    """What it is some of, of a larger file: nothing beside it is looked for."""
    archive: Archive | None = None
    """The log that the file is, where it is an archive of one: `data` is its first bytes only."""
    seen: Stamp | None = None
    """The file, before it was read; None where it was read elsewhere, and for standard input."""

    @property
    def head(self) -> bytes:
        return self.data[:HEAD_BYTES]

    def lines(self) -> Iterator[Line]:
        """Every line, blank ones included."""
        offset = self.start
        for number, raw in enumerate(io.BytesIO(self.data), start=self.first_line):
            yield Line(number, offset, raw.rstrip(b"\r\n"), raw.endswith(b"\n"))
            offset += len(raw)

    def at(self, offset: int, length: int) -> bytes:
        """The bytes at a place of the file; none where they are not part of this source."""
        at = offset - self.start
        return self.data[at : at + length] if at >= 0 else b""

    def further(self, offset: int, by: int) -> int:
        """The place in the file that stands so many bytes behind another one in what was read."""
        return offset + by

    def pointer(self, outer: str, inner: str) -> str:
        """The pointer in the file to what is at `inner` in the value at `outer`."""
        return outer + inner

    def text(self) -> str:
        """The bytes as text; a byte that is not UTF-8 becomes a lone surrogate, so that offsets can be found again."""
        return self.data.decode("utf-8", "surrogateescape")


def read_source(path: str) -> Source:
    """The bytes of the file at `path`, of the member of an archive that it names, or of standard input for "-".

    Raises UnreadableSourceError, with what to do, for what is missing, empty, no regular file or not permitted.
    """
    if path == "-":
        return source_of(STDIN_NAME, read_to_end(sys.stdin.buffer, STDIN_NAME))
    file = on_disk(path)
    try:
        seen = stamp(file)
        found = source_inside(innermost(file, file_bytes(file), member=path[len(file) + 1 :]))
        return msgspec.structs.replace(found, seen=seen)
    except OSError as problem:
        raise UnreadableSourceError(f"{path}: {_reason(problem)}", hint=_hint(problem)) from problem
    except ValueError as problem:  # a name that no file can have, or no member
        raise UnreadableSourceError(f"{file}: {problem}") from problem


def source_of(path: str, raw: bytes) -> Source:
    """The source that a file with these bytes is: decompressed, the only file of an archive, its text as UTF-8.

    Raises UnreadableSourceError for what is empty, and for an archive of several files.
    """
    return source_inside(innermost(path, raw))


def source_inside(inside: Inside) -> Source:
    """The same of bytes that were found by their place."""
    path, data, place, notes, archive = inside
    if archive is not None and not archive.is_log:
        raise _of_several(path, archive)
    if archive is not None:
        refuse_members(path, sum(archive.sizes.values()))
        return Source(path=path, data=data[:HEAD_BYTES], notes=notes, archive=archive)
    raw, problem = _decoded(path, data, place)
    told = [*notes, *([problem] if problem else [])]
    if (plain := unframed(raw)) is not None:
        raw, problem = plain
        told.append("length-prefixed Zstandard records: offsets are into the decoded records")
        told += [problem] if problem else []
    is_whole = not told
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
        told.append("converted from UTF-16: offsets are into the UTF-8 text")
    elif raw.startswith(_BOM):
        told.append("starts with a UTF-8 byte order mark")
    if b"\n" not in raw and b"\r" in raw and b"\0" not in raw:  # text, not a database
        raw = raw.replace(b"\r", b"\n")
        told.append("its lines end in CR alone: read as line feeds")
    if not raw.removeprefix(_BOM).strip():
        what = "is empty" if is_whole else "nothing in it could be decoded"
        raise UnreadableSourceError(f"{path}: {what}", hint="\n".join(told))
    return Source(path=path, data=raw, notes=tuple(told))


def _decoded(path: str, data: Packed, place: Place) -> tuple[bytes, str]:
    """All bytes there, as far as they can be decoded, and what went wrong; refused where they do not fit into memory."""
    if isinstance(data, bytes) and place == whole(data):
        return data, ""
    limit = packing.MAX_DECODED_BYTES
    head = beginning(data, place, HEAD_BYTES)
    if are_lines(head.data):  # as far as they fit, as if they were not packed
        limit = most_lines(packing.MAX_LINES_BYTES) or limit
    if place.innermost.size:
        refuse_what_does_not_fit(path, min(head.likely_size, limit), head.data)
    raw, problem = decoded(data, place, limit)
    refuse_what_does_not_fit(path, len(raw), raw[:HEAD_BYTES], is_all=len(raw) != limit)
    return raw, problem or told_wrong(place, len(raw), zlib.crc32(raw) if place.innermost.checksum else 0)


def first_line(path: str) -> bytes:
    """The first line of a file, decompressed, up to 16 MB of it; nothing where it cannot be read."""
    try:
        if not holds_bytes(path):
            return b""
        return decoding.first_line(held_bytes(path), _LONGEST_LINE)
    except (OSError, ValueError):
        return b""


def file_bytes(path: str, *, packed: bool = False) -> Packed:
    """The bytes of a file; of an archive and a compressed file none but those that are asked for. `packed`: there is
    no need of others."""
    handle = open_at_once(path)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableSourceError(f"{path}: is a folder", hint="name a file in it, or open the folder in the app")
        if not stat.S_ISREG(mode):
            raise UnreadableSourceError(f"{path}: is not a regular file", hint=f"to read a pipe: tracetui - < {path}")
        head = os.pread(handle, HEAD_BYTES, 0)
        if packing_of(head) is not None or is_archive(head):
            return HeldFile(os.dup(handle))
        if packed:
            return b""
        if not is_zstandard(head[_FRAME:]):
            refuse_what_does_not_fit(path, os.fstat(handle).st_size, head)
        with open(handle, "rb", closefd=False) as file:
            return read_to_end(file, path)
    finally:
        os.close(handle)


def _of_several(path: str, archive: Archive) -> UnreadableSourceError:
    names = archive.files
    if not names:
        return UnreadableSourceError(f"{path}: the archive holds no files", hint=archive.problem)
    more = f" and {len(names) - _NAMED_FILES} more" if len(names) > _NAMED_FILES else ""
    hint = f"unpack it and open the folder, or name one: '{path}!{names[0]}'"
    listed = ", ".join(names[:_NAMED_FILES]) + more
    return UnreadableSourceError(f"{path}: an archive of {len(names)} files: {listed}", hint=hint)


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _hint(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "check the name; `tracetui` alone shows recent files"
    if isinstance(problem, PermissionError):
        return "the file exists but may not be read by this user"
    return ""
