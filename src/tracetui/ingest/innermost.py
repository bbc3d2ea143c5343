"""The innermost bytes that a path names: in a compressed stream, in a member of an archive, in one inside the other.

They are found by place, and decoded by whoever wants them. Only an archive that lies in a compressed stream has to be decoded
before its members can be found: a small one in memory, a large one to a file on disk without a name.
"""

from __future__ import annotations

import io
import os
import tarfile
from typing import TYPE_CHECKING, NamedTuple

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.decoding import Place, beginning, decoded, whole, with_packings
from tracetui.ingest.held_file import HeldFile, Packed, cut
from tracetui.ingest.packing import STORED, is_archive
from tracetui.ingest.reading import open_file

if TYPE_CHECKING:
    from tracetui.ingest.archive import Archive

MAX_NESTED = 3
"""Archives inside one another more often than this are left as they are."""
HELD_BYTES = 64 << 20
"""An archive in a compressed stream that decodes to more is decoded to disk."""
_MARKED_BYTES = 512
"""Within so many an archive shows what it is."""
_FIRST_BYTES = 1 << 20
_PADDING_BYTES = 10240 + 1024
"""What a tar archive may end with."""


class Inside(NamedTuple):
    path: str
    """With the names of the members that lead there."""
    data: Packed
    place: Place
    """Where it is in `data`."""
    notes: tuple[str, ...]
    """What is wrong with the archives around it."""
    archive: Archive | None = None
    """What it is, where it is an archive of several files, or of one log."""


def on_disk(path: str) -> str:
    """The file that holds what a path names: of a member its outermost archive."""
    at = -1
    while not os.path.exists(path) and (at := path.find("!", at + 1)) >= 0:
        if os.path.isfile(path[:at]):
            return path[:at]
    return path


def held_bytes(path: str) -> HeldFile:
    """Raises OSError."""
    return HeldFile(open_file(path))


def innermost(
    path: str,
    data: Packed,
    place: Place | None = None,
    *,
    member: str = "",
    notes: tuple[str, ...] = (),
    nested: int = MAX_NESTED,
) -> Inside:
    """What `member` names, or the only file, in the bytes of the file, or of a place in it.

    Raises UnreadableSourceError for a damaged archive, ValueError where there is no such member, OSError.
    """
    place = with_packings(data, place or whole(data))
    if not nested or not is_archive(beginning(data, place, _MARKED_BYTES).data):
        if member:
            raise ValueError(f"there is no member {member!r}")
        return Inside(path, data, place, notes)
    if not member and (alone := _alone(data, place)) is not None:
        return innermost(f"{path}!{alone[0]}", data, place.within(alone[1]), notes=notes, nested=nested - 1)
    data, problem = _archive_bytes(path, data, place)
    notes = (*notes, problem) if problem else notes
    archive = _opened(path, data, notes)
    notes = (*notes, archive.problem) if archive.problem else notes
    if not member and (archive.is_log or len(archive.files) != 1):
        return Inside(path, data, whole(data), notes, archive)
    name, rest = _chosen(archive, member)
    return in_archive(path, archive, name, member=rest, notes=notes, nested=nested - 1)


def in_archive(
    path: str,
    archive: Archive,
    name: str,
    *,
    member: str = "",
    notes: tuple[str, ...] = (),
    nested: int = MAX_NESTED - 1,
) -> Inside:
    """The same of one member of an archive that is open."""
    data, place = archive.data, archive.place(name)
    if place is None:
        data, problem = archive.read(name)
        place, notes = whole(data), (*notes, problem) if problem else notes
    return innermost(f"{path}!{name}", data, place, member=member, notes=notes, nested=nested)


def _chosen(archive: Archive, member: str) -> tuple[str, str]:
    """The member of the archive that is meant, and what is meant in that. A name may hold the mark between the two."""
    if not member:
        return archive.files[0], ""
    name, rest = member, ""
    while name not in archive.sizes:
        name, mark, last = name.rpartition("!")
        if not mark:
            raise ValueError(f"the archive has no member {member!r}")
        rest = f"{last}!{rest}" if rest else last
    return name, rest


def _opened(path: str, data: Packed, notes: tuple[str, ...]) -> Archive:
    from tracetui.ingest.archive import Archive

    try:
        return Archive(data)
    except ValueError as problem:
        raise UnreadableSourceError(f"{path}: {problem}", hint="\n".join(notes)) from problem


def _archive_bytes(path: str, data: Packed, place: Place) -> tuple[Packed, str]:
    """The archive there, and what went wrong with decoding it."""
    if place.is_stretch:
        return cut(data, place.start, place.length), ""
    if isinstance(data, bytes):
        return decoded(data, place)
    if beginning(data, place, _FIRST_BYTES).likely_size <= HELD_BYTES:
        kept, problem = decoded(data, place, HELD_BYTES)
        if len(kept) < HELD_BYTES:
            return kept, problem
    from tracetui.ingest.unpacking import on_disk_decoded

    return on_disk_decoded(path, data, place)


def _alone(data: Packed, place: Place) -> tuple[str, Place] | None:
    """The name and the place of a large first file of a tar archive in a compressed stream, where nothing of note can stand
    behind it, as the stream itself tells how much it decodes to: it need not be decoded to find the others."""
    if place.is_stretch or (size := _told_size(data, place)) is None:
        return None
    from tracetui.ingest.archive import is_file

    try:
        with tarfile.open(fileobj=io.BytesIO(beginning(data, place, _FIRST_BYTES).data), mode="r:") as archive:
            while (info := archive.next()) is not None and not (info.isfile() and is_file(info.name)):
                pass
    except tarfile.TarError:
        return None
    if info is None or info.issparse() or info.size < HELD_BYTES:
        return None
    end = info.offset_data + info.size
    if not 0 <= (size - end) % (1 << 32) <= _PADDING_BYTES:
        return None
    return info.name, Place(info.offset_data, info.size, STORED, info.size)


def _told_size(data: Packed, place: Place) -> int | None:
    """What a stream says that it decodes to, at least the last 32 bits of it."""
    if place.inner is not None:
        return None
    if place.packing.name == "gzip":
        return int.from_bytes(data[place.start + place.length - 4 : place.start + place.length], "little")
    if place.packing.name == "zstandard":
        import zstandard

        told = zstandard.frame_content_size(data[place.start : place.start + 18])
        return told if told > 0 else None
    return None
