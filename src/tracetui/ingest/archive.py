"""Members of ZIP archives, and Zstandard streams, within named limits. Nothing is ever unpacked to disk.

A member is addressed as `archive.eval!samples/1_epoch_1.json`. Python's zipfile before 3.14 does not know ZIP's
Zstandard method (93), which newer logs use; such members are found by zipfile and decoded by zstandard.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import BinaryIO

MAX_MEMBER_BYTES = 1 << 30
"""A member, or a stream, that decodes to more than this is cut, and the source says so."""
MAX_MEMBERS = 100_000
_CHUNK = 1 << 20
_ZSTANDARD_METHODS = (93, 20)
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")


def is_zip(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04"


def is_zstandard(data: bytes) -> bool:
    return data[:4] == b"\x28\xb5\x2f\xfd"


def member_names(data: bytes) -> list[str]:
    """The names of an archive's files, in archive order. Raises ValueError for a damaged or overfull archive."""
    return [info.filename for info in _members(data)]


def read_member(data: bytes, name: str) -> tuple[bytes, str]:
    """A member's bytes, and what went wrong, if anything. Raises ValueError where there is no such member."""
    info = next((info for info in _members(data) if info.filename == name), None)
    if info is None:
        raise ValueError(f"the archive has no member {name!r}")
    if info.compress_type in _ZSTANDARD_METHODS:
        return unzstandard(_compressed(data, info))
    kept = bytearray()
    try:
        with zipfile.ZipFile(io.BytesIO(data)).open(info) as stream:
            while chunk := stream.read(_CHUNK):
                kept += chunk
                if len(kept) > MAX_MEMBER_BYTES:
                    return bytes(kept), f"zip: stopped at the limit of {MAX_MEMBER_BYTES} decoded bytes"
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        return bytes(kept), f"zip: {problem}; kept the first {len(kept)} decoded bytes"
    return bytes(kept), ""


def unzstandard(data: bytes) -> tuple[bytes, str]:
    """What can be decoded of a Zstandard stream of one or more frames, and what went wrong, if anything."""
    import zstandard

    kept = bytearray()
    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True) as stream:
            while chunk := stream.read(_CHUNK):
                kept += chunk
                if len(kept) > MAX_MEMBER_BYTES:
                    return bytes(kept), f"zstandard: stopped at the limit of {MAX_MEMBER_BYTES} decoded bytes"
    except zstandard.ZstdError as problem:
        return bytes(kept), f"zstandard: {problem}; kept the first {len(kept)} decoded bytes"
    # The decoder ends quietly where the input is cut; a frame that names its size gives it away.
    promised = zstandard.get_frame_parameters(data).content_size
    if promised != zstandard.CONTENTSIZE_UNKNOWN and len(kept) < promised:
        return bytes(kept), f"zstandard: the stream is cut; kept the first {len(kept)} of {promised} decoded bytes"
    return bytes(kept), ""


def zstandard_line(file: BinaryIO, limit: int) -> bytes:
    """The first line of a Zstandard stream, as far as it can be decoded, up to so many bytes of it."""
    import zstandard

    kept = bytearray()
    try:
        with zstandard.ZstdDecompressor().stream_reader(file) as stream:
            while len(kept) < limit and b"\n" not in kept[-_CHUNK:] and (chunk := stream.read(_CHUNK)):
                kept += chunk
    except zstandard.ZstdError:
        pass
    return bytes(kept[:limit]).partition(b"\n")[0]


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, struct.error, OSError) as problem:
        raise ValueError(f"damaged zip archive: {problem}") from problem
    if len(infos) > MAX_MEMBERS:
        raise ValueError(f"zip: {len(infos)} members are more than the limit of {MAX_MEMBERS}")
    return [info for info in infos if not info.is_dir()]


def _compressed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """The member's compressed bytes: they follow its local header, whose length that header tells."""
    header = data[info.header_offset : info.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size:
        raise ValueError("damaged zip archive: a member's header is cut")
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    start = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return data[start : start + info.compress_size]
