"""Compressed streams: gzip, Zstandard, xz and bzip2, told by their first bytes, also inside one another, within limits.

What can be decoded of a cut or damaged stream is kept, and what went wrong is said. The limit holds for the whole of it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from tracetui.ingest.held_file import Packed, stream

MAX_DECODED_BYTES = 1 << 30
"""A stream, or a member of an archive, that decodes to more than this is cut there, and the report says so."""
MAX_LINES_BYTES = 16 << 30
"""The same for a stream of JSON lines, which are read as far as memory goes, or by place from the disk."""
_TAR_MARK = slice(257, 262)
MAX_LAYERS = 4
"""Streams packed inside one another more often than this are left as they are."""
_CHUNK = 1 << 16
ZIP_MARK = b"PK\x03\x04"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_ZSTANDARD_WINDOW = 1 << 27
_ZSTANDARD_READ = 1 << 14
"""Read at a time: small, so that what a head took of the file tells how long the whole is."""
_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, ValueError)


class Packing(NamedTuple):
    name: str
    magic: bytes
    opened: Callable[[BinaryIO], Any]
    """A stream of the decoded bytes, closed by `with`."""


def _zstandard(file: BinaryIO) -> Any:
    import zstandard

    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTANDARD_WINDOW)
    return decoder.stream_reader(file, read_size=_ZSTANDARD_READ, read_across_frames=True)


PACKINGS = (
    Packing("gzip", b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    Packing("zstandard", _ZSTANDARD, _zstandard),
    Packing("xz", b"\xfd7zXZ\0", lzma.LZMAFile),
    Packing("bzip2", b"BZh", bz2.BZ2File),
)


class _Inflating:
    """What ZIP calls deflated: told by the archive, not by its first bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decoder = file, zlib.decompressobj(-zlib.MAX_WBITS)

    def __enter__(self) -> _Inflating:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read1(self, most: int) -> bytes:
        while not self._decoder.eof:
            packed = self._decoder.unconsumed_tail or self._file.read(_CHUNK)
            if not packed:
                raise EOFError("the member is cut")
            if plain := self._decoder.decompress(packed, most):
                return plain
        return b""


DEFLATED, STORED = Packing("zip", b"", _Inflating), Packing("stored", b"", lambda file: file)
_KNOWN = {packing.name: packing for packing in (*PACKINGS, DEFLATED, STORED)}


class Place(NamedTuple):
    """A stretch of a file that decodes to a file of its own."""

    start: int
    length: int
    packing: Packing
    size: int
    """What it decodes to, as the archive says."""
    checksum: int = 0
    """CRC-32 of that; 0 for none."""


def packing_named(name: str) -> Packing:
    return _KNOWN[name]


def packing_of(head: bytes) -> Packing | None:
    """How a stream is packed that begins with these bytes; None for one that is not."""
    return next((known for known in PACKINGS if head.startswith(known.magic)), None)


def is_zstandard(data: bytes) -> bool:
    return data.startswith(_ZSTANDARD)


def is_zip(data: Packed) -> bool:
    return data[:4] == ZIP_MARK


def is_archive(data: Packed) -> bool:
    """ZIP or tar."""
    return is_zip(data) or data[_TAR_MARK] == b"ustar"


def unpacked(data: Packed, limit: int | None = None) -> tuple[Packed, list[str]]:
    """What a stream decodes to, up to the limit, and what went wrong; a stream that is not packed as it is."""
    problems: list[str] = []
    for _ in range(MAX_LAYERS):
        packing = packing_of(data[:8])
        if packing is None:
            break
        data, problem = decoded(packing, data, limit)
        problems += [problem] if problem else []
    return data, problems


def unzstandard(data: bytes) -> tuple[bytes, str]:
    """What can be decoded of a Zstandard stream of one or more frames, and what went wrong, if anything."""
    return decoded(PACKINGS[1], data)


def decoded(packing: Packing, data: Packed, limit: int | None = None) -> tuple[bytes, str]:
    """What can be decoded of a stream, and what went wrong, if anything."""
    kept = io.BytesIO()
    problem = decode_into(kept, packing, data, limit)
    return kept.getvalue(), problem


def decode_into(kept: BinaryIO, packing: Packing, data: Packed, limit: int | None = None) -> str:
    """Write what can be decoded of a stream, and say what went wrong, if anything; a file that takes no more counts too."""
    problem = ""
    try:
        with packing.opened(stream(data)) as plain:
            problem = copied(plain, kept, packing.name, limit)
    except _damage() as broken:
        problem = f"{packing.name}: {broken}; kept the first {kept.tell()} decoded bytes"
    # Its decoder ends quietly where the input is cut.
    if not problem and packing.magic == _ZSTANDARD and not _ends_whole(data):
        problem = f"zstandard: the stream is cut; kept the first {kept.tell()} decoded bytes"
    return problem


def copied(stream: Any, kept: BinaryIO, name: str, limit: int | None = None) -> str:
    """Copy a stream up to the limit, which is named where it is reached. What was copied stays where the stream breaks."""
    most = MAX_DECODED_BYTES if limit is None else limit
    # What a stream has decoded before it breaks is told by `read1` alone.
    while chunk := stream.read1(min(_CHUNK, most + 1 - kept.tell())):
        kept.write(chunk)
        if kept.tell() > most:
            kept.truncate(most)
            kept.seek(most)
            return f"{name}: stopped at the limit of {most} decoded bytes"
    return ""


def line_of(file: BinaryIO, limit: int) -> bytes:
    """The first line of a file, decoded, up to so many bytes of it; as much of it as can be decoded."""
    return head_of(file, limit, until=b"\n").partition(b"\n")[0]


def head_of(file: BinaryIO, limit: int, *, until: bytes = b"") -> bytes:
    """The first bytes of a file, decoded, up to so many, and hardly more than to the first `until`, where it is given; as
    much of them as can be decoded."""
    return begun(file, limit, until=until).data


class Begun(NamedTuple):
    data: bytes
    likely_size: int
    """What the whole file decodes to, by how much of it was needed for `data`."""


def begun(file: BinaryIO, limit: int, *, until: bytes = b"", packing: Packing | None = None) -> Begun:
    """See `head_of`. `packing`: where that is known."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    packing = packing or packing_of(file.read(8))
    file.seek(0)
    if packing is None:
        return Begun(file.readline(limit) if until == b"\n" else file.read(limit), size)
    kept, chunk, taken = bytearray(), b"", size
    try:
        with packing.opened(file) as plain:
            while len(kept) < limit and not (until and until in kept) and (chunk := plain.read1(_CHUNK)):
                kept += chunk
            taken = file.tell() if chunk else size
    except _damage():
        pass
    return Begun(bytes(kept[:limit]), len(kept) * size // max(taken, 1))


def _damage() -> tuple[type[Exception], ...]:
    """What a decoder raises for a damaged stream."""
    import zstandard

    return (*_DAMAGED, zstandard.ZstdError)


def _ends_whole(data: Packed) -> bool:
    """Whether the last Zstandard frame is there to its end: told by the headers of its blocks."""
    import zstandard

    at = 0
    while data[at : at + 4] == _ZSTANDARD:
        try:
            header = data[at : at + 18]
            checked = zstandard.get_frame_parameters(header).has_checksum
            at += zstandard.frame_header_size(header)
        except zstandard.ZstdError:
            return False
        last = False
        while not last:
            if at + 3 > len(data):
                return False
            block = int.from_bytes(data[at : at + 3], "little")
            last, repeated = bool(block & 1), block >> 1 & 3 == 1
            at += 3 + (1 if repeated else block >> 3)
        at += 4 if checked else 0
    return at <= len(data)
