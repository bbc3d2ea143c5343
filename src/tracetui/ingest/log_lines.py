"""Log lines with a JSON object in each, after whatever words the logger puts before it."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.ingest.decode import decode
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.model import SourceRef


def objects(records: Records, ledger: Ledger | None = None) -> Iterator[Record | None]:
    """The object in each line, wherever in the line it starts; None for a line without one, which the ledger lists."""
    for line in records.source.lines():
        start = line.data.find(b"{")
        place = SourceRef(records.source.path, line.offset, len(line.data), line.number)
        if start >= 0:
            place = SourceRef(place.path, line.offset + start, len(line.data) - start, line.number)
            try:
                yield Record(decode(line.data[start:]), place)
                continue
            except ValueError:
                pass
        if line.data.strip() and ledger is not None:
            ledger.skip(place, "no JSON object in this line")
        yield None
