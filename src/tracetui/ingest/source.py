"""Bytes of a trace, from a file, a folder, a compressed file or standard input, and the lines they hold.

Offsets are always into the decoded stream (after decompression). Limits are named in the errors that they cause.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import packing
from tracetui.ingest.framing import unframed
from tracetui.ingest.held_file import HeldFile, Packed, stream
from tracetui.ingest.memory import are_lines, most_lines, refuse_members, refuse_what_does_not_fit
from tracetui.ingest.packing import head_of, is_archive, is_zstandard, line_of, packing_of, unpacked
from tracetui.ingest.reading import holds_bytes, open_at_once, read_to_end

HEAD_BYTES = 256 << 10
"""Formats are detected on at most this many leading bytes."""
MAX_NESTED = 3
"""Archives inside one another more often than this are left as they are."""
STDIN_NAME = "<stdin>"
_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 16 << 20
_NAMED_FILES = 8
_MARKED_BYTES = 512
"""Within so many an archive shows what it is."""
_FRAME = 4
"""Before a record that is compressed by itself stands its length."""
_IGNORED_FOLDERS = {".git", "node_modules", "__pycache__", ".venv"}


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
    """The bytes of the file at `path`, or of standard input for "-".

    Raises UnreadableSourceError, with what to do, for what is missing, empty, no regular file or not permitted.
    """
    if path == "-":
        return source_of(STDIN_NAME, read_to_end(sys.stdin.buffer, STDIN_NAME))
    if (archive := on_disk(path)) != path:
        return _member(archive, path[len(archive) + 1 :])
    try:
        return _text(path, _file_bytes(path), [], MAX_NESTED)
    except OSError as problem:
        raise UnreadableSourceError(f"{path}: {_reason(problem)}", hint=_hint(problem)) from problem
    except ValueError as problem:  # a name that no file can have
        raise UnreadableSourceError(f"{path}: {problem}") from problem


def on_disk(path: str) -> str:
    """The file that holds what a path names: of a member its archive."""
    archive, mark, _ = path.rpartition("!")
    return archive if mark and not os.path.exists(path) and os.path.isfile(archive) else path


def first_line(path: str) -> bytes:
    """The first line of a file, decompressed, up to 16 MB of it; nothing where it cannot be read."""
    try:
        if not holds_bytes(path):
            return b""
        with open(path, "rb") as file:
            return line_of(file, _LONGEST_LINE)
    except (OSError, ValueError):
        return b""


def is_folder(path: str) -> bool:
    """Whether several traces may be found at a path: it is a folder, or an archive of several files."""
    return path != "-" and (os.path.isdir(path) or _archive_of_files(path) is not None)


def sources_in(path: str) -> Iterator[tuple[str, Callable[[], Source]]]:
    """What to look at for `path`, by name: itself, or what a folder or an archive of several files holds. Each is read when it
    is called; see `read_source` for what it raises.

    Raises UnreadableSourceError where there is nothing in a folder.
    """
    archive = _archive_of_files(path) if path != "-" and not os.path.isdir(path) else None
    if archive is None:
        yield from ((name, partial(read_source, name)) for name in source_paths(path))
        return
    for name in archive.files:
        yield f"{path}!{name}", partial(member_source, path, archive, name)


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


def open_archive(path: str) -> Archive | None:
    """The archive that a file is, perhaps in a compressed stream; None for any other file.

    Raises UnreadableSourceError where no member of it can be found.
    """
    try:
        if not holds_bytes(path):
            return None
        with open(path, "rb") as file:
            if not is_archive(head_of(file, _MARKED_BYTES)):
                return None
        return _opened(path, unpacked(_file_bytes(path))[0], [])
    except (OSError, ValueError):
        return None


def _archive_of_files(path: str) -> Archive | None:
    try:
        archive = open_archive(path)
    except UnreadableSourceError:
        return None
    return archive if archive is not None and not archive.is_log and len(archive.files) > 1 else None


def _file_bytes(path: str) -> Packed:
    """The bytes of a file; of an archive and a compressed file none but those that are asked for."""
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
        if not is_zstandard(head[_FRAME:]):
            refuse_what_does_not_fit(path, os.fstat(handle).st_size, head)
        with open(handle, "rb", closefd=False) as file:
            return read_to_end(file, path)
    finally:
        os.close(handle)


def _member(path: str, name: str) -> Source:
    try:
        from tracetui.ingest.archive import Archive

        archive = Archive(unpacked(_file_bytes(path))[0])
        return member_source(path, archive, name)
    except (OSError, ValueError) as reason:
        raise UnreadableSourceError(f"{path}: {reason}") from reason


def member_source(path: str, archive: Archive, name: str) -> Source:
    """One file of an archive. Raises UnreadableSourceError, and ValueError where there is no such member."""
    data, problem = archive.read(name)
    notes = (problem,) if problem else ()
    if archive.is_log:
        return Source(path=f"{path}!{name}", data=data, notes=notes)
    return source_of(f"{path}!{name}", data, *notes)


def source_of(path: str, raw: bytes, *notes: str) -> Source:
    """The source that a file with these bytes is: decompressed, the only file of an archive, its text as UTF-8.

    Raises UnreadableSourceError for what is empty, and for an archive of several files.
    """
    return _text(path, raw, list(notes), MAX_NESTED)


def _text(path: str, raw: Packed, notes: list[str], nested: int) -> Source:
    if isinstance(raw, bytes) and (plain := unframed(raw)) is not None:
        raw, problem = plain
        notes.append("length-prefixed Zstandard records: offsets are into the decoded records")
        notes += [problem] if problem else []
    packed = len(raw)
    most = _most_decoded(raw)
    raw, problems = unpacked(raw, most)
    if len(raw) > packed:
        refuse_what_does_not_fit(path, len(raw), raw[:HEAD_BYTES], is_all=len(raw) != most)
    notes += problems
    if nested and is_archive(raw):
        archive = _opened(path, raw, notes)
        if archive.is_log:
            refuse_members(path, sum(archive.sizes.values()))
            return Source(path=path, data=raw[:HEAD_BYTES], notes=tuple(notes), archive=archive)
        name = _only_file(path, archive)
        data, problem = archive.read(name)
        return _text(f"{path}!{name}", data, [*notes, *([problem] if problem else [])], nested - 1)
    data = raw if isinstance(raw, bytes) else raw[:]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
        notes.append("converted from UTF-16: offsets are into the UTF-8 text")
    elif data.startswith(_BOM):
        notes.append("starts with a UTF-8 byte order mark")
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
        notes.append("its lines end in CR alone: read as line feeds")
    if not data.removeprefix(_BOM).strip():
        what = "nothing in it could be decoded" if problems else "is empty"
        raise UnreadableSourceError(f"{path}: {what}", hint="\n".join(notes))
    return Source(path=path, data=data, notes=tuple(notes))


def _most_decoded(raw: Packed) -> int | None:
    """JSON lines are decoded as far as they fit, as if they were not packed; None is the usual limit."""
    if packing_of(raw[:8]) is None or not are_lines(head_of(stream(raw), HEAD_BYTES)):
        return None
    return most_lines(packing.MAX_LINES_BYTES)


def _opened(path: str, raw: Packed, notes: list[str]) -> Archive:
    from tracetui.ingest.archive import Archive

    try:
        archive = Archive(raw)
    except ValueError as problem:
        raise UnreadableSourceError(f"{path}: {problem}", hint="\n".join(notes)) from problem
    notes += [archive.problem] if archive.problem else []
    return archive


def _only_file(path: str, archive: Archive) -> str:
    """The one file that an archive holds."""
    names = archive.files
    if len(names) == 1:
        return names[0]
    if not names:
        raise UnreadableSourceError(f"{path}: the archive holds no files", hint=archive.problem)
    more = f" and {len(names) - _NAMED_FILES} more" if len(names) > _NAMED_FILES else ""
    hint = f"unpack it and open the folder, or name one: '{path}!{names[0]}'"
    listed = ", ".join(names[:_NAMED_FILES]) + more
    raise UnreadableSourceError(f"{path}: an archive of {len(names)} files: {listed}", hint=hint)


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _hint(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "check the name; `tracetui` alone shows recent files"
    if isinstance(problem, PermissionError):
        return "the file exists but may not be read by this user"
    return ""
