"""What to look at for a path: a file, what a folder holds, or the files of an archive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.innermost import in_archive, innermost
from tracetui.ingest.reading import holds_bytes
from tracetui.ingest.source import Source, file_bytes, read_source, source_inside

if TYPE_CHECKING:
    from tracetui.ingest.archive import Archive

_IGNORED_FOLDERS = {".git", "node_modules", "__pycache__", ".venv"}


def is_folder(path: str) -> bool:
    """Whether several traces may be found at a path: it is a folder, or an archive of several files."""
    return path != "-" and (os.path.isdir(path) or _archive_of_files(path) is not None)


def sources_in(path: str) -> Iterator[tuple[str, Callable[[], Source]]]:
    """What to look at for `path`, by name: itself, or what a folder or an archive of several files holds. Each is read when it
    is called; see `read_source` for what it raises.

    Raises UnreadableSourceError where there is nothing in a folder.
    """
    found = _archive_of_files(path) if path != "-" and not os.path.isdir(path) else None
    if found is None:
        yield from ((name, partial(read_source, name)) for name in source_paths(path))
        return
    for name in found[1].files:
        yield f"{found[0]}!{name}", partial(member_source, *found, name)


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


def open_archive(path: str) -> tuple[str, Archive] | None:
    """The archive that a file is, perhaps in a compressed stream or as the only file of another, and the path to it; None for
    any other file, and for an archive of one file.

    Raises UnreadableSourceError where no member of it can be found.
    """
    try:
        if not holds_bytes(path) or isinstance(data := file_bytes(path, packed=True), bytes):
            return None
        found = innermost(path, data)
    except (OSError, ValueError):
        return None
    return (found.path, found.archive) if found.archive is not None else None


def _archive_of_files(path: str) -> tuple[str, Archive] | None:
    try:
        found = open_archive(path)
    except UnreadableSourceError:
        return None
    return found if found is not None and not found[1].is_log and found[1].files else None


def member_source(path: str, archive: Archive, name: str) -> Source:
    """One file of an archive. Raises UnreadableSourceError, and ValueError where there is no such member."""
    archive.refuse_more(f"{path}!{name}")
    source = source_inside(in_archive(path, archive, name))
    archive.spend(len(source.data))
    return source
