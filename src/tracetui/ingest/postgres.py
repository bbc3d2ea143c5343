"""Rows of a plain dump that `pg_dump` writes: the blocks between `COPY table (columns) FROM stdin;` and `\\.`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracetui.ingest.source import Source
from tracetui.ingest.sqlite import Row
from tracetui.model import SourceRef

_COPY = re.compile(rb"^COPY (?:\"?\w+\"?\.)?\"?(?P<table>\w+)\"? \((?P<columns>[^)]*)\) FROM stdin;$")
_IN_HEAD = re.compile(_COPY.pattern, re.MULTILINE)
_NULL, _END = b"\\N", b"\\."
_ESCAPE = re.compile(rb"\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_HEX = re.compile(rb"\\x(?:[0-9a-fA-F]{2})*\Z")


def dumped_tables(head: bytes) -> set[str]:
    """The tables whose rows begin in the leading bytes of a source."""
    return {found["table"].decode() for found in _IN_HEAD.finditer(head)} if b"COPY " in head else set()


def dumped_rows(source: Source) -> Iterator[tuple[str, Row | None, SourceRef]]:
    """Every row with its table's name; None where it has not as many fields as the table has columns."""
    table, columns = "", list[str]()
    for line in source.lines():
        if not table:
            if (begins := _COPY.match(line.data)) is not None:
                table = begins["table"].decode()
                columns = [name.strip().strip('"') for name in begins["columns"].decode("utf-8", "replace").split(",")]
        elif line.data == _END:
            table = ""
        else:
            place = SourceRef(source.path, line.offset, len(line.data), line.number)
            fields = line.data.split(b"\t")
            values = dict(zip(columns, map(_value, fields), strict=False))
            yield table, Row(values, place) if len(fields) == len(columns) else None, place


def _value(field: bytes) -> str | bytes | None:
    """Text, or the bytes of a `bytea` column, which are written in hex."""
    if field == _NULL:
        return None
    raw = _ESCAPE.sub(_unescaped, field) if b"\\" in field else field
    return bytes.fromhex(raw[2:].decode()) if _HEX.match(raw) else raw.decode("utf-8", "surrogateescape")


def _unescaped(found: re.Match[bytes]) -> bytes:
    written = found[0][1:]
    if written[:1] == b"x" and len(written) > 1:
        return bytes([int(written[1:], 16)])
    return bytes([int(written, 8) & 0xFF]) if written.isdigit() else _LETTERS.get(written, written)
