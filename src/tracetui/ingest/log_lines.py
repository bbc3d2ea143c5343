"""Log lines with a JSON object in each, after whatever words the logger puts before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tracetui.ingest.decode import decode
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.spans import value_at
from tracetui.ingest.times import parse_time_ns
from tracetui.model import SourceRef

_TIME = re.compile(rb"\W{0,3}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?) ?(Z|[+-]\d\d:?\d\d)?(?!\d)")
"""As loggers put it at the start of a line."""
_LONGEST = 60


def objects(records: Records, ledger: Ledger | None = None) -> Iterator[Record | None]:
    """The object in each line, wherever in the line it starts; None for a line without one, which the ledger lists."""
    for line in records.source.lines():
        start = line.data.find(b"{")
        place = SourceRef(records.source.path, line.offset, len(line.data), line.number)
        if start >= 0:
            try:
                value, length = _first_object(line.data[start:])
                yield Record(value, SourceRef(place.path, line.offset + start, length, line.number))
                continue
            except ValueError:
                pass
        if line.data.strip() and ledger is not None:
            ledger.skip(place, "no JSON object in this line")
        yield None


def _first_object(data: bytes) -> tuple[Any, int]:
    """The object that some bytes begin with, and its length: more words may come after it."""
    try:
        return decode(data), len(data)
    except ValueError:
        text = data.decode("utf-8", "replace")
        value, end = value_at(text, 0)
        return value, len(text[:end].encode())


def time_before(records: Records, record: Record) -> int | None:
    """The time that a line begins with, before the object in it."""
    source, offset = records.source, record.source.offset
    start = source.start + source.data.rfind(b"\n", 0, offset - source.start) + 1
    found = _TIME.match(source.at(start, min(offset - start, _LONGEST)))
    return parse_time_ns(b"".join(part or b"" for part in found.groups()).decode()) if found else None
