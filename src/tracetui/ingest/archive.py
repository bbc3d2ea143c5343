"""Files in ZIP and tar archives, within named limits. Nothing is ever unpacked to disk, no name of a member is a path.

A member is addressed as `archive.eval!samples/1_epoch_1.json`.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Callable, Iterable
from copy import copy
from functools import partial
from zipfile import ZipInfo

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import zip_file
from tracetui.ingest.decoding import Place, copied
from tracetui.ingest.held_file import Packed, stream
from tracetui.ingest.packing import STORED, is_zip

MAX_MEMBERS = 100_000
MAX_ARCHIVE_BYTES = 4 << 30
"""What the members of one archive may decode to in all; those beyond are left out, and the report says so."""
_SPARSE_BYTES = 16 << 20
"""Of a file with holes no more is read: its size costs whoever wrote it nothing."""
_SPENT = "the archive decodes to more than the limit of {} bytes"
_LOG_MARKS = ("header.json", "_journal/start.json")
_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


class Archive:
    """The members of one archive. Its directory is read once."""

    def __init__(self, data: Packed) -> None:
        """Raises ValueError for an archive in which no member can be found, or too many."""
        self.data = data
        self.problem = ""
        """What is wrong with the archive as a whole."""
        self._left = MAX_ARCHIVE_BYTES
        self._places: dict[str, Callable[[], Place | None]] = {}
        self._members: dict[str, Callable[[], tuple[bytes, str]]] = {}
        self.sizes: dict[str, int] = {}
        """What each member decodes to, as the archive says."""
        if is_zip(data):
            listed, self.problem = zip_file.directory(data, MAX_MEMBERS)
            _refuse_many(len(listed))
            self._members = {info.filename: partial(zip_file.member, data, info) for info in listed}
            self.sizes = {info.filename: info.file_size for info in listed}
            self._places = {info.filename: partial(_zip_place, data, info) for info in listed}
        else:
            try:
                archive = tarfile.open(fileobj=stream(data), mode="r:")  # noqa: SIM115 - it is read from for as long as this is there
            except tarfile.TarError as broken:
                raise ValueError(f"tar: {broken}") from broken
            for info in self._tar_members(archive):
                self._members[info.name] = partial(_tar_member, archive, info)
                self.sizes[info.name] = info.size
                if not info.issparse():
                    self._places[info.name] = partial(Place, info.offset_data, info.size, STORED, info.size)

    @property
    def names(self) -> list[str]:
        """In archive order; of two members with one name the last counts."""
        return list(self._members)

    @property
    def files(self) -> list[str]:
        """Its members beside what systems put into archives for themselves."""
        return list(filter(is_file, self._members))

    def of(self, names: Iterable[str]) -> Archive:
        """Some of its members, as an archive of their own."""
        part = copy(self)
        part._members = {name: self._members[name] for name in names}
        part.sizes = {name: self.sizes[name] for name in part._members}
        part._left = MAX_ARCHIVE_BYTES
        return part

    @property
    def is_log(self) -> bool:
        """Whether its members are one run rather than files that somebody packed."""
        return any(mark in self._members for mark in _LOG_MARKS) or any(n.startswith("samples/") for n in self._members)

    def place(self, name: str) -> Place | None:
        """Where a member's bytes are; None where there is none of that name, or it cannot be told."""
        return self._places[name]() if name in self._places else None

    def read(self, name: str) -> tuple[bytes, str]:
        """A member's bytes, and what went wrong, if anything. Raises ValueError where there is no such member."""
        if name not in self._members:
            raise ValueError(f"the archive has no member {name!r}")
        if self._left <= 0:
            return b"", f"left out: {_SPENT.format(MAX_ARCHIVE_BYTES)}"
        data, problem = self._members[name]()
        self.spend(len(data))
        return data, problem

    def spend(self, size: int) -> None:
        """So much of what it may decode to in all has been decoded."""
        self._left -= size

    def refuse_more(self, path: str) -> None:
        """Raises UnreadableSourceError where its members have decoded to as much as they may."""
        if self._left <= 0:
            raise UnreadableSourceError(f"{path}: left out: {_SPENT.format(MAX_ARCHIVE_BYTES)}")

    def _tar_members(self, archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
        """Its regular files, as far as it can be read. Links and devices are nothing to read."""
        found: list[tarfile.TarInfo] = []
        try:
            while (info := archive.next()) is not None:
                found += [info] if info.isfile() else []
                archive.members = []  # type: ignore[attr-defined] # it keeps every one for itself
                _refuse_many(len(found))
        except tarfile.TarError as broken:
            self.problem = f"tar: {broken}; its first {len(found)} files were found"
        return found


def is_file(name: str) -> bool:
    """Whether a member is more than what systems put into archives for themselves, and leads to no other folder."""
    return not any(part.startswith((".", "__MACOSX")) for part in name.removeprefix("./").split("/"))


def _zip_place(data: Packed, info: ZipInfo) -> Place | None:
    found = zip_file.place(data, info)
    return Place(*found, info.file_size, info.CRC) if found is not None else None


def _refuse_many(members: int) -> None:
    if members > MAX_MEMBERS:
        raise ValueError(f"the archive has {members} members, more than the limit of {MAX_MEMBERS}")


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> tuple[bytes, str]:
    kept, problem = io.BytesIO(), ""
    try:
        stream = archive.extractfile(info)
        most = _SPARSE_BYTES if info.issparse() else None
        problem = copied(stream, kept, "tar", most) if stream is not None else ""
    except _BROKEN as broken:
        problem = f"tar: {broken}; kept the first {kept.tell()} bytes"
    if not problem and kept.tell() < info.size:
        problem = f"tar: the archive is cut; kept the first {kept.tell()} of {info.size} bytes"
    return kept.getvalue(), problem
