"""Records with a length before each: of 4 bytes, as the OpenTelemetry collector's file exporter writes them, or another."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from tracetui.ingest import packing
from tracetui.ingest.decoding import unzstandard
from tracetui.ingest.packing import is_zstandard

_LENGTH = struct.Struct(">I")

LengthAt = Callable[[bytes, int], tuple[int, int] | None]
"""The length that stands at a place, and where the record behind it starts; None where none stands there."""


def _four_bytes(data: bytes, at: int) -> tuple[int, int] | None:
    start = at + _LENGTH.size
    return (_LENGTH.unpack_from(data, at)[0], start) if start <= len(data) else None


def frames(data: bytes, *, length_at: LengthAt = _four_bytes, limit: int = 1 << 62) -> Iterator[tuple[int, int]]:
    """Start and end of each record, the last perhaps cut; nothing where the first length does not fit the data."""
    at = 0
    while limit > 0 and (found := length_at(data, at)) is not None:
        length, start = found
        if length == 0 or start >= len(data) or (at == 0 and start + length > len(data)):
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
