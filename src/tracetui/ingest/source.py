"""Bytes of a trace, from a file, a folder, a compressed file or standard input, and the lines they hold.

Offsets are always into the decoded stream (after decompression). Limits are named in the errors that they cause.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.archive import is_zstandard, read_member, unzstandard, zstandard_line
from tracetui.ingest.framing import unframed

MAX_DECODED_BYTES = 2 << 30
"""A decompressed stream larger than this is cut, and the report says so."""
HEAD_BYTES = 256 << 10
"""Formats are detected on at most this many leading bytes."""
STDIN_NAME = "<stdin>"
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
_IGNORED_FOLDERS = {".git", "node_modules", "__pycache__", ".venv"}


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

    def text(self) -> str:
        """The bytes as text; a byte that is not UTF-8 becomes a lone surrogate, so that offsets can be found again."""
        return self.data.decode("utf-8", "surrogateescape")


def read_source(path: str) -> Source:
    """The bytes of the file at `path`, or of standard input for "-".

    Raises UnreadableSourceError, with what to do, for what is missing, empty, no regular file or not permitted.
    """
    if path == "-":
        return source_of(STDIN_NAME, sys.stdin.buffer.read())
    archive, mark, member = path.rpartition("!")
    if mark and not os.path.exists(path) and os.path.isfile(archive):
        return _member(archive, member)
    try:
        return source_of(path, _file_bytes(path))
    except OSError as problem:
        raise UnreadableSourceError(f"{path}: {_reason(problem)}", hint=_hint(problem)) from problem
    except ValueError as problem:  # a name that no file can have
        raise UnreadableSourceError(f"{path}: {problem}") from problem


def first_line(path: str) -> bytes:
    """The first line of a file, decompressed, up to 16 MB of it; nothing where it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        with open(path, "rb") as file:
            head = file.read(4)
            file.seek(0)
            if head[:2] == b"\x1f\x8b":
                return gzip.GzipFile(fileobj=file).readline(_LONGEST_LINE)
            if is_zstandard(head):
                return zstandard_line(file, _LONGEST_LINE)
            return file.readline(_LONGEST_LINE)
    except (OSError, EOFError, ValueError, zlib.error):
        return b""


def source_paths(path: str) -> list[str]:
    """The files to look at for `path`: itself, or what a folder holds, sorted, hidden and vendored folders left out."""
    if path == "-" or not os.path.isdir(path):
        return [path]
    found: list[str] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS and not name.startswith("."))
        found += [str(Path(folder, name)) for name in sorted(names) if not name.startswith(".")]
    if not found:
        raise UnreadableSourceError(f"{path}: the folder holds no files")
    return found


def _file_bytes(path: str) -> bytes:
    # Opening a FIFO would wait for ever for its writer: look before reading.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableSourceError(f"{path}: is a folder", hint="name a file in it, or open the folder in the app")
        if not stat.S_ISREG(mode):
            raise UnreadableSourceError(f"{path}: is not a regular file", hint=f"to read a pipe: tracetui - < {path}")
        with open(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)


def _member(path: str, name: str) -> Source:
    try:
        data, problem = read_member(_file_bytes(path), name)
    except (OSError, ValueError) as reason:
        raise UnreadableSourceError(f"{path}: {reason}") from reason
    return Source(path=f"{path}!{name}", data=data, notes=(problem,) if problem else ())


def source_of(path: str, raw: bytes) -> Source:
    """The source that a file with these bytes is: decompressed, its text as UTF-8. Raises UnreadableSourceError."""
    notes: list[str] = []
    if (plain := unframed(raw)) is not None:
        raw, problem = plain
        notes.append("length-prefixed Zstandard records: offsets are into the decoded records")
        if problem:
            notes.append(problem)
    if is_zstandard(raw):
        raw, problem = unzstandard(raw)
        if problem:
            notes.append(problem)
    if raw[:2] == b"\x1f\x8b":
        raw, problem = _gunzip(raw)
        if problem:
            notes.append(problem)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
        notes.append("converted from UTF-16: offsets are into the UTF-8 text")
    elif raw.startswith(_BOM):
        notes.append("starts with a UTF-8 byte order mark")
    if not raw.removeprefix(_BOM).strip():
        raise UnreadableSourceError(f"{path}: is empty", hint="\n".join(notes))
    return Source(path=path, data=raw, notes=tuple(notes))


def _gunzip(raw: bytes) -> tuple[bytes, str]:
    """What can be decompressed, and what went wrong, if anything: a cut or damaged archive keeps its good part."""
    kept = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
        try:
            while chunk := stream.read1(_CHUNK):
                kept += chunk
                if len(kept) > MAX_DECODED_BYTES:
                    return bytes(kept), f"gzip: stopped at the limit of {MAX_DECODED_BYTES} decoded bytes"
        except (EOFError, OSError, zlib.error) as problem:
            return bytes(kept), f"gzip: {problem}; kept the first {len(kept)} decoded bytes"
    return bytes(kept), ""


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _hint(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "check the name; `tracetui` alone shows recent files"
    if isinstance(problem, PermissionError):
        return "the file exists but may not be read by this user"
    return ""
