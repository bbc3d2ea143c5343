"""SQLite databases as traces: read from a copy in memory, so that the file is never touched and nothing in it is trusted.

The bytes are handed to SQLite as a database in memory: no file, no journal and no write-ahead log beside it is opened.
Only real tables are read; views, triggers and virtual tables of the file are never run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tracetui.model import SourceRef

if TYPE_CHECKING:
    from sqlite3 import Connection

MAGIC = b"SQLite format 3\0"
_WAL_FLAGS = slice(18, 20)
_PROBE = 48
_MOST_STEPS = 2_000_000_000
"""Virtual machine steps after which a query is stopped: far more than reading every row takes."""


class Row(NamedTuple):
    """One row by column name, and where its largest value stands in the file."""

    values: dict[str, Any]
    source: SourceRef


def is_sqlite(data: bytes) -> bool:
    return data.startswith(MAGIC)


def tables(data: bytes) -> set[str]:
    """The names of the real tables; none where the database cannot be read."""
    import sqlite3

    try:
        with _opened(data) as database:
            return set(_tables(database))
    except (sqlite3.Error, OverflowError):
        return set()


def read_rows(path: str, data: bytes, table: str, columns: Sequence[str], problems: list[str]) -> Iterator[Row]:
    """The rows of a table in order of row id, with those of `columns` that it has. What breaks ends in `problems`."""
    import sqlite3

    at = 0
    try:
        with _opened(data) as database:
            known = _tables(database).get(table, set())
            chosen = [column for column in columns if column in known]
            if not chosen:
                return
            listed = ", ".join(f'"{column}"' for column in chosen)
            for number, found in enumerate(database.execute(f'SELECT {listed} FROM "{table}"'), start=1):
                values = dict(zip(chosen, found, strict=True))
                place = _place(path, data, found, at, f"/{table}/{number}")
                at = place.offset
                yield Row(values, place)
    except (sqlite3.Error, OverflowError) as problem:
        problems.append(f"{table}: {problem}")


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[Connection]:
    import sqlite3

    # A file left in write-ahead mode can only be opened with its log: its main part is read as it stands.
    plain = data[: _WAL_FLAGS.start] + b"\x01\x01" + data[_WAL_FLAGS.stop :]
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        database.deserialize(plain)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        database.execute("PRAGMA cell_size_check = ON")
        database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        steps = iter(range(_MOST_STEPS // 1_000_000))
        database.set_progress_handler(lambda: int(next(steps, None) is None), 1_000_000)
        yield database
    finally:
        database.close()


def _tables(database: Connection) -> dict[str, set[str]]:
    """The columns of each real table that are stored in it. A virtual table has no root page."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite_%'"
    names = [name for (name,) in database.execute(query) if isinstance(name, str)]
    return {name: {row[1] for row in database.execute("SELECT * FROM pragma_table_info(?)", (name,))} for name in names}


def _place(path: str, data: bytes, values: Sequence[Any], at: int, pointer: str) -> SourceRef:
    """Where the row's largest value starts in the file, as far as it stands in one piece; looked for from `at` on."""
    raw = [
        v.encode("utf-8", "surrogateescape") if isinstance(v, str) else v for v in values if isinstance(v, (str, bytes))
    ]
    largest = max(raw, key=len, default=b"")
    probe = largest[:_PROBE]
    start = data.find(probe, at) if probe else -1
    start = start if start >= 0 else data.find(probe, 0, at + _PROBE) if probe else -1
    if start < 0:
        return SourceRef(path, 0, 0, None, pointer)
    length = len(probe)
    while length < len(largest) and data[start + length : start + length + 64] == largest[length : length + 64]:
        length += 64
    while length < len(largest) and data[start + length : start + length + 1] == largest[length : length + 1]:
        length += 1
    return SourceRef(path, start, min(length, len(largest)), None, pointer)
