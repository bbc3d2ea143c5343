"""The records of a source: JSON lines, one JSON document, or rows of a table. Decoded leniently, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.decode import decode
from tracetui.ingest.line_value import problem_of, value_or_none, without_bom
from tracetui.ingest.neighbours import path_beside
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import STDIN_NAME, Line, Source, read_source
from tracetui.ingest.spans import (
    BrokenJSONError,
    ByteOffsets,
    Span,
    concatenated,
    pointer,
    readable,
    salvage,
    start_of,
    value_at,
)
from tracetui.ingest.table import Table
from tracetui.model import SourceRef

SAMPLE_RECORDS = 20
_LINES_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_NO_TEXT = (b"PK\x03\x04", b"SQLite format 3\0")
"""What archives and databases begin with: nobody need look for lines or JSON in them."""
Shape = Literal["document", "lines", "table", "opaque"]


class Record(NamedTuple):
    """One decoded JSON value and its place."""

    value: Any
    source: SourceRef


class Cut(NamedTuple):
    """The end of a document that could not be read."""

    source: SourceRef
    reason: str


class Records:
    """Access to a source as JSON: as one document or line by line, decoded once and only when asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.neighbours: list[Records] = []
        """Further files that `beside` has opened, in order."""
        self.is_part = False
        """Whether the source only adds to one of them, as a file of log records does: it is no trace of its own there."""

    @cached_property
    def shape(self) -> Shape:
        """`lines`: JSON lines, some perhaps unreadable. `document`: one JSON value, perhaps cut. `table`: rows under a
        header. `opaque`: none of them.

        Objects of several lines each, one after another, are lines too.
        A single line that is JSON is a document, unless the file's name says JSON lines.
        """
        if self.source.head.startswith(_NO_TEXT):
            return "opaque"
        if self._table:
            return "table"
        first = [line for line in self._first_lines if line.data.strip()]
        named_lines = self.source.path.endswith(_LINES_SUFFIXES) or self.source.excerpt == "lines"
        if len(first) == 1 and not named_lines:
            return "document" if self._is_document else "opaque"
        json_lines = [isinstance(value_or_none(line), (dict, list)) for line in first]
        if json_lines[:1] == [True]:
            return "lines"
        if isinstance(self._whole, (dict, list)):
            return "document"
        if any(json_lines) and (named_lines or 2 * sum(json_lines) >= len(json_lines)):
            return "lines"
        if self._is_concatenated:
            return "lines"
        if self._is_document and not named_lines:
            return "document"
        return "lines" if any(json_lines) else "opaque"

    @cached_property
    def document(self) -> Any:
        """The whole source as one JSON value: of a cut or damaged one what can be read (see `cut`). None where it is none."""
        return self._whole if self._whole is not None else self._salvaged[0]

    @property
    def cut(self) -> Cut | None:
        """The part of the document that could not be read."""
        return self._salvaged[1] if self._whole is None else None

    @cached_property
    def sample(self) -> tuple[Any, ...]:
        """Up to 20 leading values to detect a format on: the lines, the rows, or the document alone."""
        if self.shape == "document":
            return (self.document,)
        if self.shape == "table":
            rows = zip(self._table.rows(), range(SAMPLE_RECORDS), strict=False)
            return tuple(row.value for row, _ in rows if row.value is not None)
        if self._is_concatenated:
            return tuple(
                chunk.value for chunk, _ in zip(self._chunks, range(SAMPLE_RECORDS), strict=False) if chunk.key
            )
        return tuple(value for value in map(value_or_none, self._first_lines) if value is not None)

    def lines(self, ledger: Ledger) -> Iterator[Record]:
        """Every line that is JSON, or row of a table; the others are listed in `ledger`. Blank lines are no records.

        Of objects that are laid out over several lines, each object: its line is the first of them.
        """
        if self.shape == "table":
            yield from self._rows(ledger)
            return
        if self._is_concatenated:
            yield from self._concatenated(ledger)
            return
        for line in self.source.lines():
            if not line.data.strip():
                continue
            offset, data = without_bom(line.offset, line.data)
            ref = SourceRef(self.source.path, offset, len(data), line.number)
            try:
                yield Record(decode(data), ref)
            except ValueError as problem:
                ledger.skip(ref, problem_of(line, problem))

    def items(self, *path: str) -> Iterator[Record]:
        """The items of the list at `path` (keys from the top) in a document, each with its exact byte range."""
        return self.inside(self.whole(), *path)

    def inside(self, record: Record, *path: str | int) -> Iterator[Record]:
        """The items or members of the list or object at `path` inside a record, each with its exact byte range; inside a
        cell of a table with that of its row.

        Nothing where there is no such list or object. Of a key that occurs twice the last counts, as in decoding.
        """
        if self.shape == "table":
            yield from _members(record, path)
            return
        text, start = _locate(self.source, record.source, path)
        offsets = ByteOffsets(text)
        for span in readable(text, start):
            yield Record(span.value, self._place(record.source, offsets, span, pointer(*path, span.key)))

    def at(self, record: Record, *path: str | int) -> Record | None:
        """The value at `path` inside a record, with its exact byte range."""
        text, start = _locate(self.source, record.source, path)
        try:
            value, end = value_at(text, start)
        except BrokenJSONError:
            return None
        offsets = ByteOffsets(text)
        return Record(value, self._place(record.source, offsets, Span("", value, start, end), pointer(*path)))

    def whole(self) -> Record:
        """The document as one record."""
        offset, data = without_bom(0, self.source.data)
        return Record(self.document, SourceRef(self.source.path, offset, len(data)))

    def beside(self, path: str, *, part: bool = True) -> Records | None:
        """The records of another file that belongs to the same trace, or None where it cannot be read.

        `path` is relative to the folder of this source. A stream, and an excerpt, has nothing beside it. A `part` is no
        trace of its own.
        """
        if self.source.path == STDIN_NAME or self.source.excerpt:
            return None
        try:
            found = Records(read_source(path_beside(self.source.path, path)))
        except UnreadableSourceError:
            return None
        if part:
            self.neighbours.append(found)
        return found

    def _rows(self, ledger: Ledger) -> Iterator[Record]:
        for row in self._table.rows():
            ref = SourceRef(self.source.path, row.offset, row.length, row.line)
            if row.value is None:
                ledger.skip(ref, "a row that has not as many cells as the header")
            else:
                yield Record(row.value, ref)

    @cached_property
    def _table(self) -> Table:
        return Table(self.source)

    def _place(self, outer: SourceRef, offsets: ByteOffsets, span: Span, where: str) -> SourceRef:
        """Of what stands in a record."""
        first = offsets.offset(span.start)
        length = offsets.offset(span.end) - first
        offset = self.source.further(outer.offset, first)
        return SourceRef(outer.path, offset, length, outer.line, self.source.pointer(outer.pointer, where))

    def _concatenated(self, ledger: Ledger) -> Iterator[Record]:
        offsets = ByteOffsets(self._text)
        line, counted = 1, 0
        for chunk in self._chunks:
            line, counted = line + self._text.count("\n", counted, chunk.start), chunk.start
            first = offsets.offset(chunk.start)
            ref = SourceRef(self.source.path, first, offsets.offset(chunk.end) - first, line)
            if chunk.key:
                yield Record(chunk.value, ref)
            else:
                ledger.skip(ref, "not JSON: text between objects, or an object that is cut")

    @cached_property
    def _text(self) -> str:
        return self.source.text()

    @cached_property
    def _chunks(self) -> tuple[Span, ...]:
        return tuple(concatenated(self._text))

    @cached_property
    def _is_concatenated(self) -> bool:
        """Whether the source is objects one after another, each over several lines, such as a console exporter prints."""
        if (
            self._whole is not None
            or not self._first_lines
            or isinstance(value_or_none(self._first_lines[0]), (dict, list))
        ):
            return False
        start = self._text.find("{")
        if start < 0 or self._text[start + 1 : start + 2] not in ("\n", "\r"):
            return False
        return sum(1 for chunk, _ in zip(self._chunks, range(3), strict=False) if chunk.key) > 0

    @cached_property
    def _first_lines(self) -> tuple[Line, ...]:
        return tuple(line for line, _ in zip(self.source.lines(), range(SAMPLE_RECORDS), strict=False))

    @cached_property
    def _whole(self) -> Any:
        if self.source.head.startswith(_NO_TEXT):
            return None
        try:
            return decode(self.source.data)
        except ValueError:
            return None

    @cached_property
    def _salvaged(self) -> tuple[Any, Cut | None]:
        """What can be read of a document that is no JSON as a whole; nothing where not even one object or list of it can."""
        offset, data = without_bom(0, self.source.data)
        if data[:4096].lstrip()[:1] not in (b"{", b"[", b""):
            return None, None
        text = data.decode("utf-8", "surrogateescape")
        if not text.lstrip().startswith(("{", "[")):
            return None, None
        value, broken = salvage(text)
        found = value.values() if isinstance(value, dict) else value
        if broken is None or not any(isinstance(inner, (dict, list)) for inner in found):
            return None, None
        offsets = ByteOffsets(text, offset)
        start, at, end = offsets.offset(broken.start), offsets.offset(broken.at), offset + len(data)
        what = "the document is cut" if not text[broken.at :].strip() else f"not JSON: {broken.reason}"
        rest = SourceRef(self.source.path, start, end - start)
        return value, Cut(rest, f"{what} at byte {at}; what is whole before it was read")

    @property
    def _is_document(self) -> bool:
        return isinstance(self.document, (dict, list))


def _members(record: Record, path: tuple[str | int, ...]) -> Iterator[Record]:
    held = record.value
    for key in path:
        held = held.get(key) if isinstance(held, dict) else None
    items = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    yield from (Record(inner, replace(record.source, pointer=pointer(*path, key))) for key, inner in items)


def _locate(source: Source, ref: SourceRef, path: tuple[str | int, ...]) -> tuple[str, int]:
    """The text of a record, and where the value at `path` starts in it: at its end where there is none."""
    text = source.at(ref.offset, ref.length).decode("utf-8", "surrogateescape")
    return text, start_of(text, path)
