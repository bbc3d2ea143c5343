"""How streams are packed: gzip, Zstandard, xz and bzip2, told by their first bytes; the members of archives by these."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from tracetui.ingest.held_file import Packed
from tracetui.ingest.listing import Listing

MAX_DECODED_BYTES = 1 << 30
"""A stream, or a member of an archive, that decodes to more than this is cut there, and the report says so."""
MAX_LINES_BYTES = 16 << 30
"""The same for a stream of JSON lines, which are read as far as memory goes, or by place from the disk."""
_TAR_MARK = slice(257, 262)
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
LISTED = Packing("list", b"", Listing)
"""A JSON document as the elements of its long list, one a line."""
_KNOWN = {packing.name: packing for packing in (*PACKINGS, DEFLATED, STORED, LISTED)}


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


def damage() -> tuple[type[Exception], ...]:
    """What a decoder raises for a damaged stream."""
    import zstandard

    return (*_DAMAGED, zstandard.ZstdError)
