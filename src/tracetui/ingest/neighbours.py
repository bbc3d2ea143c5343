"""The files beside a source: those of its folder, or of the same folder of the archive that it is a member of."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.decoding import beginning
from tracetui.ingest.folders import open_archive
from tracetui.ingest.innermost import in_archive, on_disk
from tracetui.ingest.reading import open_file

MAX_DECODED_BYTES = 128 << 20
"""Of the members of an archive that are looked at."""


class Neighbour(NamedTuple):
    """A file beside another: its name in their folder, its size in bytes, and how it begins."""

    name: str
    size: int
    head: bytes


def path_beside(path: str, relative: str) -> str:
    """The path of the file that `relative` names from the folder of the file at `path`."""
    if on_disk(path) == path:
        return os.path.join(os.path.dirname(path), relative)
    archive, _, member = path.rpartition("!")
    folder = posixpath.dirname(member)
    return f"{archive}!{posixpath.normpath(posixpath.join(folder, relative))}"


def neighbours(path: str, *, head_bytes: int) -> Iterator[Neighbour]:
    """What lies beside the file at `path`, sorted by name; nothing beside a stream. What cannot be read is left out."""
    archive = on_disk(path)
    if archive != path:
        yield from _in_archive(archive, path, head_bytes)
        return
    if not os.path.isfile(path):
        return
    folder, own = os.path.split(path)
    try:
        names = sorted(entry.name for entry in os.scandir(folder or ".") if entry.is_file() and entry.name != own)
    except OSError:
        return
    for name in names:
        try:
            with open(open_file(os.path.join(folder, name)), "rb") as file:
                yield Neighbour(name, os.fstat(file.fileno()).st_size, file.read(head_bytes))
        except OSError:
            continue


def _in_archive(file: str, path: str, head_bytes: int) -> Iterator[Neighbour]:
    """Of the archive that holds the member, which may be in another one; only the beginning of a member is decoded."""
    try:
        opened = open_archive(file)
    except UnreadableSourceError:
        return
    if opened is None or opened[1].is_log or not path.startswith(f"{opened[0]}!"):
        return
    inner, archive = opened
    folder, own = posixpath.split(path[len(inner) + 1 :])
    decoded = 0
    for other in sorted(archive.files):
        held, name = posixpath.split(other)
        if held == folder and name != own:
            try:
                found = in_archive(inner, archive, other)
            except (UnreadableSourceError, ValueError, OSError):
                continue
            if found.archive is None:
                head, size = beginning(found.data, found.place, head_bytes)
                yield Neighbour(name, size, head)
                if (decoded := decoded + len(head)) > MAX_DECODED_BYTES:
                    return
