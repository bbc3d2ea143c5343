"""Where the bytes of a packed file of lines are: in a compressed file, or in a member of an archive."""

from __future__ import annotations

import os

from tracetui.ingest.held_file import HeldFile, stream
from tracetui.ingest.packing import STORED, Begun, Place, begun, is_archive, packing_of
from tracetui.ingest.source import HEAD_BYTES, on_disk


def place_of(path: str) -> Place | None:
    """The compressed stream that a file is, or the member that a path names, or the only file of an archive. None for a
    file that is not packed, and for what is packed in another way, which is decoded in memory.

    Raises OSError, and ValueError for a damaged archive.
    """
    file = on_disk(path)
    held = held_bytes(file)
    head = held[:HEAD_BYTES]
    if (packing := packing_of(head)) is not None:
        return Place(0, len(held), packing, 0) if file == path else None
    if not is_archive(head):
        return None
    from tracetui.ingest.archive import Archive

    archive = Archive(held)
    names = [path[len(file) + 1 :]] if file != path else archive.files
    place = archive.place(names[0]) if len(names) == 1 and not archive.is_log else None
    if place is None or place.packing is not STORED:
        return place
    inner = packing_of(held[place.start : place.start + 8])
    return place if inner is None else place._replace(packing=inner, size=0)


def held_bytes(file: str, place: Place | None = None) -> HeldFile:
    """The file, or the stretch of it. Raises OSError."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    return HeldFile(handle) if place is None else HeldFile(handle, place.start, place.length)


def beginning(path: str, place: Place, limit: int, *, until: bytes = b"") -> Begun:
    """The first decoded bytes at a place (see `packing.head_of`). Raises OSError."""
    found = begun(stream(held_bytes(on_disk(path), place)), limit, until=until, packing=place.packing)
    return found._replace(likely_size=place.size) if place.size else found
