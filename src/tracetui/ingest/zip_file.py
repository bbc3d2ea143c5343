"""ZIP archives: their directory, and their members decoded with a limit and whatever is wrong with them.

Where the directory at the end is missing, as in an archive that was cut, the members are found by their own headers.
Python's zipfile before 3.14 does not know ZIP's Zstandard method (93), and keeps nothing of a member whose checksum is
wrong: so it reads the directory only.
"""

from __future__ import annotations

import struct
import zipfile
import zlib

from tracetui.ingest import packing
from tracetui.ingest.decoding import Place, decoded
from tracetui.ingest.held_file import Packed, stream

_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
_LOCAL, _DESCRIPTOR, _DIRECTORY = b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02"
_ZSTANDARD = (93, 20)
_PACKINGS = {0: packing.STORED, 8: packing.DEFLATED} | dict.fromkeys(_ZSTANDARD, packing.packing_named("zstandard"))
_LONG_ENTRY = 320
"""Bytes of an entry of a directory, on average at the most."""
_END_BYTES = (1 << 16) + 256
"""An archive ends with what says where its directory is, and a comment."""
_SIZE_FOLLOWS, _ENCRYPTED, _IN_EXTRA = 0x08, 0x01, 0xFFFFFFFF


def directory(data: Packed, most: int) -> tuple[list[zipfile.ZipInfo], str]:
    """The files of an archive, and what is wrong with its directory.

    Raises ValueError where none can be found, and where they are more than `most`, before all of them are held.
    """
    members, size = _told_of_directory(data)
    if members > most or size > most * _LONG_ENTRY:
        raise ValueError(
            f"the archive has {members} members in a directory of {size} bytes, more than the limit of {most}"
        )
    try:
        found = zipfile.ZipFile(stream(data)).infolist()
        problem = ""
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError) as broken:
        found = _by_headers(data, most)
        if not found:
            raise ValueError(f"damaged zip archive: {broken}") from broken
        problem = f"zip: {broken}: the archive is cut or damaged; its members were found by their own headers"
    return [info for info in found if not info.filename.endswith("/")], problem


def _told_of_directory(data: Packed) -> tuple[int, int]:
    """How many members the archive says that it has, and how many bytes its directory takes; zeros where nothing says it."""
    start = max(len(data) - _END_BYTES, 0)
    end = data[start : len(data)]
    at, large = end.rfind(b"PK\x05\x06"), end.rfind(b"PK\x06\x06")
    if 0 <= large <= len(end) - 48:
        members, size = struct.unpack_from("<QQ", end, large + 32)
        return members, size
    if not 0 <= at <= len(end) - 16:
        return 0, 0
    members, size = struct.unpack_from("<HI", end, at + 10)
    return members, size


def _by_headers(data: Packed, most: int) -> list[zipfile.ZipInfo]:
    """The members in the order of their headers, from the first byte on, up to where no further header stands."""
    found: list[zipfile.ZipInfo] = []
    at = 0
    while len(header := data[at : at + _LOCAL_HEADER.size]) == _LOCAL_HEADER.size and header.startswith(_LOCAL):
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        name_at = at + _LOCAL_HEADER.size
        start = name_at + name_length + extra_length
        info = zipfile.ZipInfo(data[name_at : name_at + name_length].decode("utf-8", "replace") or "unnamed")
        if flags & _SIZE_FOLLOWS or packed == _IN_EXTRA:
            marks = (data.find(mark, start) for mark in (_DESCRIPTOR, _LOCAL, _DIRECTORY))
            end = min((mark for mark in marks if mark >= 0), default=len(data))
            packed, crc, size = end - start, 0, 0
            at = end + 16 if data[end : end + 4] == _DESCRIPTOR else end
        else:
            at = start + packed
        info.header_offset, info.compress_type, info.flag_bits = name_at - _LOCAL_HEADER.size, method, flags
        info.compress_size, info.file_size, info.CRC = packed, size, crc
        found.append(info)
        if len(found) > most:
            break
    return found


def place(data: Packed, info: zipfile.ZipInfo) -> tuple[int, int, packing.Packing] | None:
    """Where the packed bytes of a member begin, how many they are, and how they are packed; None where that cannot be told."""
    header = data[info.header_offset : info.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL) or info.flag_bits & _ENCRYPTED:
        return None
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    start = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return (start, info.compress_size, _PACKINGS[info.compress_type]) if info.compress_type in _PACKINGS else None


def member(data: Packed, info: zipfile.ZipInfo) -> tuple[bytes, str]:
    """A member's bytes as far as they can be decoded, and what went wrong, if anything."""
    if not data[info.header_offset : info.header_offset + _LOCAL_HEADER.size].startswith(_LOCAL):
        return b"", "zip: the member's own header is not where the directory says"
    if info.flag_bits & _ENCRYPTED:
        return b"", "zip: the member is encrypted"
    if (found := place(data, info)) is None:
        return b"", f"zip: compression method {info.compress_type} is not known here"
    start, length, packed_as = found
    kept, problem = decoded(data, Place(start, length, packed_as))
    if not problem and start + length > len(data):
        problem = f"zip: the member is cut; kept the first {len(kept)} decoded bytes"
    if not problem and info.CRC and zlib.crc32(kept) != info.CRC:
        problem = f"zip: wrong checksum; kept all {len(kept)} decoded bytes"
    return kept, problem
