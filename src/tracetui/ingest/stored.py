"""Databases whose rows, put together, are a document of a format that is read here already.

The document is made from the rows and read by that format; every place in it is then told as the row that it came
from, with the bytes of the database where they stand there in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from tracetui.ingest.decode import decode
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source
from tracetui.ingest.sqlite import Row
from tracetui.model import Session, SourceRef

Reader = Callable[[Records, Ledger], Sequence[Session]]


class Stored(NamedTuple):
    """A document made from rows: its JSON, and by RFC 6901 pointer the row that the value there came from."""

    document: Any
    places: dict[str, Row]


def column(row: Row, name: str, ledger: Ledger) -> Any:
    """The JSON of a column; listed, and None, where it is none."""
    raw = row.values.get(name)
    data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    if not isinstance(data, bytes):
        ledger.skip(row.source, f"`{name}` is {type(raw).__name__}, not JSON")
        return None
    try:
        return decode(data)
    except ValueError as problem:
        ledger.skip(row.source, f"`{name}` is no JSON: {problem}")
        return None


def list_damage(database: Records, problems: Iterable[str], ledger: Ledger) -> None:
    """List what broke while the rows were read."""
    whole = SourceRef(database.source.path, 0, len(database.source.data))
    for problem in problems:
        ledger.skip(whole, f"the database is damaged, what was read before is kept: {problem}")


def read_stored(database: Records, stored: Stored, read: Reader, ledger: Ledger) -> list[Session]:
    """The sessions that `read` finds in the document, with their places in the database."""
    made = Records(Source(path=database.source.path, data=msgspec.json.encode(stored.document)))
    relocate = _Relocation(database.source.data, made.source.data, stored.places)
    return [relocate.walk(session) for session in read(made, _RowLedger(ledger, relocate)) if session.steps]


class _Relocation:
    """Turns places in the document into places in the database."""

    def __init__(self, database: bytes, document: bytes, rows: dict[str, Row]) -> None:
        self._database, self._document, self._rows = database, document, rows

    def place(self, ref: SourceRef) -> SourceRef:
        end = len(ref.pointer)
        while end > 0 and ref.pointer[:end] not in self._rows:
            end = ref.pointer.rfind("/", 0, end)
        row = self._rows.get(ref.pointer[: max(end, 0)])
        if row is None:
            return SourceRef(ref.path, 0, len(self._database))
        rest = ref.pointer[max(end, 0) :]
        found = msgspec.structs.replace(row.source, pointer=row.source.pointer + rest)
        wanted = self._document[ref.offset : ref.offset + ref.length]
        at = self._database.find(wanted, row.source.offset, row.source.offset + row.source.length) if rest else -1
        return found if at < 0 else msgspec.structs.replace(found, offset=at, length=len(wanted))

    def walk(self, value: Any) -> Any:
        """The same value with every place in it turned."""
        if isinstance(value, SourceRef):
            return self.place(value)
        if isinstance(value, msgspec.Struct):
            inner = {name: getattr(value, name) for name in value.__struct_fields__}
            held = {
                name: self.walk(one) for name, one in inner.items() if isinstance(one, (msgspec.Struct, tuple, dict))
            }
            return msgspec.structs.replace(value, **held) if held else value
        if isinstance(value, tuple):
            return tuple(self.walk(one) for one in value)
        if isinstance(value, dict):
            return {
                key: self.walk(one) if isinstance(one, (msgspec.Struct, tuple)) else one for key, one in value.items()
            }
        return value


class _RowLedger(Ledger):
    """The account of the document, kept in that of the database."""

    def __init__(self, outer: Ledger, relocation: _Relocation) -> None:
        super().__init__()
        self._outer, self._relocation = outer, relocation

    def claim(self, records: int = 1) -> None:
        self._outer.claim(records)

    def skip(self, source: SourceRef, reason: str) -> None:
        self._outer.skip(self._relocation.place(source), reason)

    def note(self, text: str) -> None:
        self._outer.note(text)
