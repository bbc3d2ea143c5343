"""The records of a source: JSON lines, or one JSON document. Decoded leniently, each with its place.

msgspec is fast and strict; what it refuses (NaN, lone surrogates, raw control characters, duplicate depth) the
standard library reads. What neither reads is reported with its line, byte and reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal, NamedTuple

import msgspec

from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Line, Source
from tracetui.ingest.spans import ByteOffsets, children, pointer
from tracetui.model import SourceRef

SAMPLE_RECORDS = 20
_LINES_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
Shape = Literal["document", "lines", "opaque"]


class Record(NamedTuple):
    """One decoded JSON value and its place."""

    value: Any
    source: SourceRef


class Records:
    """Access to a source as JSON: as one document or line by line, decoded once and only when asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def shape(self) -> Shape:
        """`lines`: JSON lines, some perhaps unreadable. `document`: one JSON value. `opaque`: neither.

        A single line that is JSON is a document, unless the file's name says JSON lines.
        """
        first = [line for line in _first_lines(self.source, SAMPLE_RECORDS) if line.data.strip()]
        json_lines = [line for line in first if isinstance(_try(line.data), (dict, list))]
        if json_lines and (len(first) > 1 or self.source.path.endswith(_LINES_SUFFIXES)):
            return "lines"
        return "document" if isinstance(self.document, (dict, list)) else "opaque"

    @cached_property
    def text(self) -> str:
        """The source as text without a byte order mark; use `ref` for places in it."""
        return self.source.text().removeprefix("\ufeff")

    @cached_property
    def document(self) -> Any:
        """The whole source as one JSON value; None where it is not one."""
        try:
            return decode(self.source.data)
        except ValueError:
            return None

    @cached_property
    def sample(self) -> tuple[Any, ...]:
        """Up to 20 leading values to detect a format on: the lines, or the document alone."""
        if self.shape == "document":
            return (self.document,)
        values = (_try(line.data) for line in _first_lines(self.source, SAMPLE_RECORDS))
        return tuple(value for value in values if value is not None)

    def lines(self, ledger: Ledger) -> Iterator[Record]:
        """Every line that is JSON; the others are listed in `ledger`. Blank lines are no records."""
        for line in self.source.lines():
            if not line.data.strip():
                continue
            ref = SourceRef(self.source.path, line.offset, len(line.data), line.number)
            try:
                yield Record(decode(line.data), ref)
            except ValueError as problem:
                ledger.skip(ref, _line_problem(line, problem))

    def items(self, *path: str) -> Iterator[Record]:
        """The items of the list at `path` (keys from the top) in a document, each with its exact byte range."""
        text, at, tokens = self.text, 0, list(path)
        while tokens:
            token = tokens.pop(0)
            at = next(span.start for span in children(text, at) if span.key == token)
        offsets = ByteOffsets(text, self._base)
        for span in children(text, at):
            yield Record(span.value, self._ref(offsets, span.start, span.end, pointer(*path, span.key)))

    def whole(self) -> Record:
        """The document as one record."""
        return Record(self.document, SourceRef(self.source.path, self._base, len(self.source.data) - self._base))

    @property
    def _base(self) -> int:
        return 3 if self.source.data.startswith(b"\xef\xbb\xbf") else 0

    def _ref(self, offsets: ByteOffsets, start: int, end: int, where: str) -> SourceRef:
        first = offsets.offset(start)
        return SourceRef(self.source.path, first, offsets.offset(end) - first, None, where)


def decode(data: bytes) -> Any:
    """A JSON value. Raises ValueError (json.JSONDecodeError, UnicodeError or "nested too deeply")."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff"), strict=False)
    except RecursionError as problem:
        raise ValueError("nested too deeply to be read") from problem


def _try(data: bytes) -> Any:
    try:
        return decode(data)
    except ValueError:
        return None


def _first_lines(source: Source, count: int) -> Iterator[Line]:
    for line, _ in zip(source.lines(), range(count), strict=False):
        yield line


def _line_problem(line: Line, problem: ValueError) -> str:
    if isinstance(problem, json.JSONDecodeError):
        where = f"byte {line.offset + len(problem.doc[: problem.pos].encode('utf-8', 'surrogateescape'))}"
        if not line.ended:
            return f"last line is incomplete ({len(line.data)} bytes): still being written, or cut"
        return f"not JSON: {problem.msg} at {where}"
    return str(problem)
