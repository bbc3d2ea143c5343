"""Tables with a header as text (CSV, TSV): each row an object by the names of its columns, with its exact byte range.

Cells are text in such files whatever they were. JSON, numbers and what Python prints of lists and dicts are decoded; a
cell without anything is None, and what belongs to a column that names an id stays text.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from tracetui.ingest.decode import json_or_none
from tracetui.ingest.source import Source

_DELIMITERS = (",", "\t", ";")
_COLUMNS = 4
"""A header has at least so many; less is likely to be prose."""
_NAME = re.compile(r"[A-Za-z_][\w.\- :/()]{0,99}\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?(?:[eE][-+]?\d{1,3})?\Z")
_PYTHON = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\bNone\b|\bTrue\b|\bFalse\b|\bnan\b""", re.DOTALL)
_IN_JSON = {"None": "null", "True": "true", "False": "false", "nan": "null"}
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|.)|\"", re.DOTALL)
_BOM = b"\xef\xbb\xbf"

csv.field_size_limit(sys.maxsize)  # a prompt in a cell is longer than the 128 kB that the module allows


class Row(NamedTuple):
    """One row after the header, and where it stands."""

    value: dict[str, Any] | None
    """None where it has not as many cells as the header, or is no row at all."""
    offset: int
    length: int
    line: int
    """1-based number of its first line."""


class Table:
    """The rows of a source whose first line is a header."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __bool__(self) -> bool:
        """Whether the source is a table: its header reads like names, and its first row has a cell for each."""
        return bool(self._header) and next((row.value is not None for row in self.rows()), False)

    def rows(self) -> Iterator[Row]:
        """Every row after the header."""
        header, lines = self._header, _Lines(self._source.data)
        for number, cells in enumerate(_cells(lines, self._delimiter)):
            offset, line = lines.taken()
            if number and cells != []:
                fits = cells is not None and len(cells) == len(header)
                value = (
                    {name: _cell(name, text) for name, text in zip(header, cells or (), strict=True)} if fits else None
                )
                yield Row(value, offset, lines.offset - offset, line)

    @cached_property
    def _delimiter(self) -> str:
        first = self._source.head.split(b"\n", 1)[0].decode("utf-8", "replace")
        return max(_DELIMITERS, key=first.count)

    @cached_property
    def _header(self) -> list[str]:
        if self._source.head.lstrip()[:1] in (b"{", b"["):
            return []
        first = self._source.head.removeprefix(_BOM).split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
        names = next(_cells(iter([first]), self._delimiter), None) or []
        named = names[1:] if names[:1] == [""] else names  # the index of a data frame has no name
        is_header = len(named) >= _COLUMNS and len(set(names)) == len(names) and all(map(_NAME.match, named))
        return names if is_header else []


def _cells(lines: Iterator[str], delimiter: str) -> Iterator[list[str] | None]:
    """The cells of each row; None for one that breaks the rules of such files."""
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield None


class _Lines:
    """The lines of some bytes as text, and the place up to which they were taken."""

    def __init__(self, data: bytes) -> None:
        self.offset = 0
        self._line = 0
        self._start = (0, 1)
        self._lines = io.BytesIO(data)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = next(self._lines)
        self.offset += len(raw)
        self._line += 1
        return raw.decode("utf-8", "surrogateescape")

    def taken(self) -> tuple[int, int]:
        """Where the lines taken since the last call began: offset and number of the first."""
        start, self._start = self._start, (self.offset, self._line + 1)
        return start


def _cell(column: str, text: str) -> Any:
    if not text:
        return None
    if text[0] in "{[":
        found = json_or_none(text)
        found = json_or_none(_as_json(text)) if found is None else found
        return text if found is None else found
    if _NUMBER.match(text) and not column.lower().endswith("id"):
        number = float(text)
        return int(number) if number.is_integer() and "e" not in text.lower() else number
    return text


def _as_json(text: str) -> str:
    """What Python prints of lists and dicts of plain values, as JSON. Nothing is evaluated."""
    return _PYTHON.sub(_token, text)


def _token(found: re.Match[str]) -> str:
    written = found[0]
    if written in _IN_JSON:
        return _IN_JSON[written]
    return f'"{_ESCAPE.sub(_escaped, written[1:-1])}"'


def _escaped(found: re.Match[str]) -> str:
    """A letter that Python and JSON escape in different ways."""
    written = found[0]
    if written == '"':
        return '\\"'
    if written.startswith(("\\x", "\\U")) and len(written) > 2:
        letter = int(written[2:], 16)
        return json.dumps(chr(letter))[1:-1] if letter <= sys.maxunicode else written[2:]
    return "'" if written == "\\'" else written
