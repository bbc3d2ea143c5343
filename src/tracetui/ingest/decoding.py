"""What a stretch of a file decodes to, also where it is packed several times over or lies in an archive in a stream.

What can be decoded of a cut or damaged stream is kept, and what went wrong is said. The limit holds for the whole of it.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO, NamedTuple

from tracetui.ingest import packing
from tracetui.ingest.held_file import Packed, cut, stream
from tracetui.ingest.packing import PACKINGS, STORED, Packing, damage, packing_named, packing_of

MAX_LAYERS = 4
"""Streams packed inside one another more often than this are left as they are."""
TO_ITS_END = 1 << 62
"""The length of what ends where the bytes around it do."""
_CHUNK = 1 << 16
_BEHIND = 1 << 16
"""Looked at behind a member in a stream: an archive ends with zeros."""


class Place(NamedTuple):
    """A stretch of a file that decodes to a file of its own."""

    start: int
    length: int
    packing: Packing
    size: int = 0
    """What it decodes to, as the archive says; 0 where nothing says it."""
    checksum: int = 0
    """CRC-32 of that; 0 for none."""
    inner: Place | None = None
    """What of the decoded bytes is meant, and how that is packed once more."""

    @property
    def innermost(self) -> Place:
        return self if self.inner is None else self.inner.innermost

    @property
    def is_stretch(self) -> bool:
        """Whether it is not packed at all."""
        return self.packing is STORED and self.inner is None

    def within(self, inner: Place) -> Place:
        """A place in the bytes that this one decodes to."""
        if self.inner is not None:
            return self._replace(inner=self.inner.within(inner))
        if self.packing is STORED:
            length = min(inner.length, max(self.length - inner.start, 0))
            return inner._replace(start=self.start + inner.start, length=length)
        return self._replace(inner=inner)

    def packed(self) -> list[Any]:
        """For `unpacked`."""
        inner = self.inner.packed() if self.inner is not None else None
        return [self.start, self.length, self.packing.name, self.size, self.checksum, inner]

    @classmethod
    def unpacked(cls, told: list[Any]) -> Place:
        """Raises KeyError for a packing that is not known."""
        start, length, name, size, checksum, inner = told
        return cls(start, length, packing_named(name), size, checksum, cls.unpacked(inner) if inner else None)


def whole(data: Packed) -> Place:
    """All of it, as it is."""
    return Place(0, len(data), STORED)


def with_packings(data: Packed, place: Place) -> Place:
    """How the bytes there are packed, as their own first bytes tell, also inside one another."""
    for _ in range(MAX_LAYERS):
        packed_as = packing_of(beginning(data, place, 8).data)
        if packed_as is None:
            break
        place = place.within(Place(0, TO_ITS_END, packed_as))
    return place


class _Stretch(io.RawIOBase):
    """Some of the bytes of a stream that is read once."""

    def __init__(self, below: Any, start: int, length: int) -> None:
        self._below, self._skip, self._left = below, start, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while self._skip and (passed := self._below.read1(min(self._skip, _CHUNK))):
            self._skip -= len(passed)
        chunk = self._below.read1(min(len(buffer), self._left)) if self._left else self._behind()
        buffer[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)

    def _behind(self) -> bytes:
        """Nothing; what stands there is looked at, so that a wrong checksum is found, and a further file."""
        left = _BEHIND
        while left > 0 and (chunk := self._below.read1(left)):
            if any(chunk):
                raise OSError("further files stand behind this one, which are not shown; unpack the archive")
            left -= len(chunk)
        return b""


def _innermost(file: BinaryIO, place: Place) -> tuple[BinaryIO, Packing]:
    """The innermost packed bytes as a stream, and how they are packed. `file`: the bytes at the place."""
    while (inner := place.inner) is not None:
        file = io.BufferedReader(_Stretch(place.packing.opened(file), inner.start, inner.length), _CHUNK)
        place = inner
    return file, place.packing


def _packed_bytes(data: Packed, place: Place) -> BinaryIO:
    return stream(cut(data, place.start, place.length))


def told_wrong(place: Place, size: int, checksum: int) -> str:
    """What is wrong with a member's bytes by what its archive says of them."""
    told = place.innermost
    if size < told.size:
        return f"the archive is cut; kept the first {size} of {told.size} bytes"
    return f"wrong checksum; kept all {size} decoded bytes" if told.checksum and checksum != told.checksum else ""


def unzstandard(data: bytes) -> tuple[bytes, str]:
    """What can be decoded of a Zstandard stream of one or more frames, and what went wrong, if anything."""
    return decoded(data, Place(0, len(data), PACKINGS[1]))


def decoded(data: Packed, place: Place, limit: int | None = None) -> tuple[bytes, str]:
    """What can be decoded of a place, and what went wrong, if anything."""
    kept = io.BytesIO()
    problem = decode_into(kept, data, place, limit)
    return kept.getvalue(), problem


def decode_into(kept: BinaryIO, data: Packed, place: Place, limit: int | None = None) -> str:
    """Write what can be decoded of a place, and say what went wrong, if anything; a file that takes no more counts too."""
    problem, name = "", place.innermost.packing.name
    try:
        file, packing = _innermost(_packed_bytes(data, place), place)
        with packing.opened(file) as plain:
            problem = copied(plain, kept, name, limit)
    except damage() as broken:
        problem = f"{name}: {broken}; kept the first {kept.tell()} decoded bytes"
    # Its decoder ends quietly where the input is cut.
    if not problem and name == "zstandard" and not _ends_whole(_innermost(_packed_bytes(data, place), place)[0]):
        problem = f"zstandard: the stream is cut; kept the first {kept.tell()} decoded bytes"
    return problem


def copied(stream: Any, kept: BinaryIO, name: str, limit: int | None = None) -> str:
    """Copy a stream up to the limit, which is named where it is reached. What was copied stays where the stream breaks."""
    most = packing.MAX_DECODED_BYTES if limit is None else limit
    # What a stream has decoded before it breaks is told by `read1` alone.
    while chunk := stream.read1(min(_CHUNK, most + 1 - kept.tell())):
        kept.write(chunk)
        if kept.tell() > most:
            kept.truncate(most)
            kept.seek(most)
            return f"{name}: stopped at the limit of {most} decoded bytes"
    return ""


class Begun(NamedTuple):
    data: bytes
    likely_size: int
    """What all of it decodes to: as the archive says, or by how much of it was needed for `data`."""


def beginning(data: Packed, place: Place, limit: int, *, until: bytes = b"") -> Begun:
    """The first decoded bytes of a place, up to so many, and hardly more than to the first `until`, where it is given; as
    much of them as can be decoded."""
    file = _packed_bytes(data, place)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    kept, chunk, taken = bytearray(), b"", size
    try:
        inner, packed_as = _innermost(file, place)
        with packed_as.opened(inner) as plain:
            while len(kept) < limit and not (until and until in kept) and (chunk := plain.read1(_CHUNK)):
                kept += chunk
            taken = file.tell() if chunk else size
    except damage():
        pass
    return Begun(bytes(kept[:limit]), place.innermost.size or len(kept) * size // max(taken, 1))


def first_line(data: Packed, limit: int) -> bytes:
    """The first line, decoded, up to so many bytes of it; as much of it as can be decoded."""
    found = beginning(data, with_packings(data, whole(data)), limit, until=b"\n")
    return found.data.partition(b"\n")[0]


def _ends_whole(file: BinaryIO) -> bool:
    """Whether the last Zstandard frame is there to its end: told by the headers of its blocks."""
    import zstandard

    while file.read(4) == PACKINGS[1].magic:
        try:
            header = PACKINGS[1].magic + file.read(1)
            header += file.read(zstandard.frame_header_size(header) - len(header))
            checked = zstandard.get_frame_parameters(header).has_checksum
        except zstandard.ZstdError:
            return False
        last = False
        while not last:
            if len(head := file.read(3)) < 3:
                return False
            block = int.from_bytes(head, "little")
            last, repeated = bool(block & 1), block >> 1 & 3 == 1
            length = 1 if repeated else block >> 3
            if len(file.read(length)) < length:
                return False
        if checked and len(file.read(4)) < 4:
            return False
    return True
