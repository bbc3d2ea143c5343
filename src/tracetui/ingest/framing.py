"""Records with a 4-byte big-endian length before each, as the OpenTelemetry collector's file exporter writes them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tracetui.ingest import packing
from tracetui.ingest.decoding import unzstandard
from tracetui.ingest.packing import is_zstandard

_LENGTH = struct.Struct(">I")


def frames(data: bytes, *, limit: int = 1 << 62) -> Iterator[tuple[int, int]]:
    """Start and end of each record, the last perhaps cut; nothing where the first length does not fit the data."""
    at = 0
    while at + _LENGTH.size < len(data) and limit > 0:
        (length,) = _LENGTH.unpack_from(data, at)
        start = at + _LENGTH.size
        if length == 0 or (at == 0 and start + length > len(data)):
            return
        yield start, min(start + length, len(data))
        at, limit = start + length, limit - 1


def unframed(data: bytes) -> tuple[bytes, str] | None:
    """Framed Zstandard records as framed plain ones, and what went wrong, if anything. None for any other data."""
    if not is_zstandard(data[_LENGTH.size : _LENGTH.size + 4]):
        return None
    kept = bytearray()
    problem = ""
    for start, end in frames(data):
        plain, broken = unzstandard(data[start:end])
        problem = problem or broken
        kept += _LENGTH.pack(len(plain)) + plain
        if len(kept) > packing.MAX_DECODED_BYTES:
            problem = f"stopped at the limit of {packing.MAX_DECODED_BYTES} decoded bytes"
            break
    return (bytes(kept), problem) if kept else None
