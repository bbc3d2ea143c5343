"""The files beside a source: those of its folder, or of the same folder of the archive that it is a member of."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from tracetui.ingest.source import on_disk, open_archive

MAX_DECODED_BYTES = 128 << 20
"""Of the members of an archive that are looked at."""


class Neighbour(NamedTuple):
    """A file beside another: its name in their folder, its size in bytes, and how it begins."""

    name: str
    size: int
    head: bytes


def path_beside(path: str, relative: str) -> str:
    """The path of the file that `relative` names from the folder of the file at `path`."""
    archive = on_disk(path)
    if archive == path:
        return os.path.join(os.path.dirname(path), relative)
    folder = posixpath.dirname(path[len(archive) + 1 :])
    return f"{archive}!{posixpath.normpath(posixpath.join(folder, relative))}"


def neighbours(path: str, *, head_bytes: int) -> Iterator[Neighbour]:
    """What lies beside the file at `path`, sorted by name; nothing beside a stream. What cannot be read is left out."""
    archive = on_disk(path)
    if archive != path:
        yield from _in_archive(archive, path[len(archive) + 1 :], head_bytes)
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
            with open(os.path.join(folder, name), "rb") as file:
                yield Neighbour(name, os.fstat(file.fileno()).st_size, file.read(head_bytes))
        except OSError:
            continue


def _in_archive(path: str, member: str, head_bytes: int) -> Iterator[Neighbour]:
    archive = open_archive(path)
    if archive is None or archive.is_log:
        return
    folder, own = posixpath.split(member)
    decoded = 0
    for other in sorted(archive.files):
        held, name = posixpath.split(other)
        if held == folder and name != own:
            try:
                data, _ = archive.read(other)
            except ValueError:
                continue
            yield Neighbour(name, len(data), data[:head_bytes])
            if (decoded := decoded + len(data)) > MAX_DECODED_BYTES:
                return
