"""The postmortem as it is kept: values by address, each with where it comes from and who put it there when.

The form (`fields`) says which addresses there are; the document holds those that have a value, and keeps addresses
that it does not know. Frozen: an edit gives a new document (`edits.apply`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from tracetui.errors import StoreError
from tracetui.model import SourceRef
from tracetui.postmortem.fields import FIELDS, TABLES
from tracetui.text import escaped_json

SCHEMA = "tracetui.postmortem/1"
_SCHEMA_NAME, _, _SCHEMA_VERSION = SCHEMA.rpartition("/")
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a version of the schema to what makes its documents those of the next; a version whose documents fit as they are
needs none."""
_AFTER_A_MERGE = """git config merge.tracetui.driver 'tracetui postmortem merge-driver %O %A %B'
git checkout --merge -- {path}"""
"""What joins it after all."""
PERSON = "person"
PINS = "pins"
"""The table name in addresses of a pin's note: `pins/<id>/note`."""


class Suggestion(msgspec.Struct, frozen=True):
    """What the trace says a value is."""

    text: str
    source: str
    """"trace", "trace: step 3", "triage", "comparison"; after the colon, where in it."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One value."""

    text: str = ""
    """What people read; the code for a choice. As typed, or verbatim from the trace: hostile until shown."""
    source: str = PERSON
    by: str = ""
    """Who wrote it; empty for what the trace filled in."""
    at: str = ""
    """When, ISO 8601 with offset."""
    suggested: Suggestion | None = None
    """What the trace would put here, kept beside what a person wrote."""

    @property
    def from_person(self) -> bool:
        return self.source == PERSON


EMPTY = Entry()


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    cells: dict[str, Entry] = {}
    """By column id."""

    def text(self, column: str) -> str:
        return self.cells.get(column, EMPTY).text


class GoodRun(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The good run that a quote is from, told so that it can be found again, or be seen to be another one now."""

    path: str
    """Absolute."""
    session_id: str
    sha256: str = ""
    """Of the file; empty where it could not be read."""
    beside: int | None = None
    """Number of the incident's step that it is aligned with, or that comes next; None after the last."""


class Pin(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A piece of evidence: an exact quote, and the record that it stands in."""

    id: str
    step: int
    """The number of the step in its run, as people see it."""
    run: GoodRun | None = None
    """None: it is from the run that the postmortem is about."""
    quote: str
    role: str = ""
    """What it shows, in a few words."""
    source: SourceRef
    origin: str = PERSON
    """"triage", or "person" for one pinned by hand."""
    note: Entry = EMPTY
    file: str = ""
    """Name of the copy of the record in the incident's `evidence` folder; empty until it is kept."""
    sha256: str = ""
    """Of that copy."""

    @property
    def place(self) -> str:
        """Where it stands, for people: "step 3", "good run, step 4"."""
        return f"good run, step {self.step}" if self.run is not None else f"step {self.step}"

    @property
    def order(self) -> tuple[float, bool]:
        """What pins are sorted by in a story of the incident: what a good run did stands after the step beside it."""
        if self.run is None:
            return self.step, False
        return (self.run.beside if self.run.beside is not None else float("inf")), True


class Conflict(msgspec.Struct, frozen=True):
    """One value that two people changed, each to something else."""

    address: str
    mine: Entry
    theirs: Entry


class Postmortem(msgspec.Struct, frozen=True, kw_only=True):
    """One incident's findings."""

    schema: str = SCHEMA
    id: str = ""
    created_at: str = ""
    created_by: str = ""
    trace_path: str = ""
    """The source that it is about, absolute; with `session_id` what tells the same incident again."""
    session_id: str = ""
    fields: dict[str, Entry] = {}
    """By address `section.field`."""
    tables: dict[str, tuple[Row, ...]] = {}
    removed: tuple[str, ...] = ()
    """`table/row` of rows that the trace suggests and a person took out; they are not suggested again."""
    pins: tuple[Pin, ...] = ()
    undecided: tuple[Conflict, ...] = ()
    """What was joined and no person has chosen from yet; the values hold `mine` until then."""

    @property
    def evidence(self) -> tuple[Pin, ...]:
        """The pins in the order of the story."""
        return tuple(sorted(self.pins, key=lambda pin: pin.order))

    def entry(self, address: str) -> Entry:
        """The value at `section.field`, `table/row/column` or `pins/id/note`; EMPTY where there is none."""
        if "/" not in address:
            return self.fields.get(address, EMPTY)
        table, row_id, column = split_address(address)
        if table == PINS:
            return next((pin.note for pin in self.pins if pin.id == row_id), EMPTY)
        row = self.row(table, row_id)
        return row.cells.get(column, EMPTY) if row else EMPTY

    def text(self, address: str) -> str:
        return self.entry(address).text

    def row(self, table: str, row_id: str) -> Row | None:
        return next((row for row in self.tables.get(table, ()) if row.id == row_id), None)

    def has_rows(self, table: str) -> bool:
        """Whether any cell of a table holds something."""
        return any(entry.text.strip() for row in self.rows(table) for entry in row.cells.values())

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table in order; those of a table with fixed rows are all there."""
        held = self.tables.get(table, ())
        fixed = TABLES[table].fixed if table in TABLES else ()
        if not fixed:
            return held
        by_id = {row.id: row for row in held}
        return tuple(by_id.get(row_id, Row(row_id)) for row_id, _ in fixed)


def split_address(address: str) -> tuple[str, str, str]:
    """(table, row, column) of a cell's address. Row ids may hold no slash."""
    table, row_id, column = address.split("/")
    return table, row_id, column


def from_earlier(data: bytes) -> int | None:
    """The version of what an earlier tracetui wrote; None for this one's and for what is no postmortem."""
    try:
        version = int(json.loads(data)["schema"].rpartition("/")[2])
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    return version if version < int(_SCHEMA_VERSION) else None


def _upgraded(found: dict[str, Any], version: int) -> dict[str, Any]:
    """What an earlier version wrote in the shape of this one, a version at a time."""
    if version >= int(_SCHEMA_VERSION):
        return found
    for step in range(version, int(_SCHEMA_VERSION)):
        if step in UPGRADES:
            found = UPGRADES[step](found)
    return found | {"schema": SCHEMA}


def from_later(postmortem: Postmortem) -> bool:
    """Whether a later tracetui wrote it, so that it may be read and must not be written here."""
    return int(postmortem.schema.rpartition("/")[2]) > int(_SCHEMA_VERSION)


def stamp(now: datetime) -> str:
    """ISO 8601 to the second, with the offset; `now` must know its time zone."""
    return now.isoformat(timespec="seconds")


def encode(postmortem: Postmortem) -> bytes:
    """The bytes of `postmortem.json`: sorted keys, one value a line, LF, UTF-8; hidden code points as escapes.

    Fields without a value stand in it too: two people who fill in neighbours, each in a branch, change lines that are
    apart, so that git merges them.
    """
    written = msgspec.to_builtins(postmortem)
    written["fields"] = {address: {"text": ""} for address in FIELDS} | written["fields"]
    if not postmortem.undecided:
        del written["undecided"]
    text = json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True)
    return (escaped_json(text) + "\n").encode()


def decode(data: bytes, *, path: str = "") -> Postmortem:
    """The document that `encode` wrote.

    What a later version wrote can be read where its values are as they are here (`from_later` tells), never written: what
    this version does not know of it is not kept. Raises StoreError for what is no postmortem.
    """
    try:
        found: Any = json.loads(data)
        schema = found["schema"]
    except (ValueError, RecursionError, KeyError, TypeError) as problem:
        if b"\n<<<<<<< " in data:
            raise StoreError(f"{path}: a git merge stopped in it", hint=_AFTER_A_MERGE.format(path=path)) from problem
        raise StoreError(f"{path}: is not a postmortem: {problem}", hint="restore it from version control") from problem
    name, _, version = str(schema).rpartition("/")
    if name != _SCHEMA_NAME or not version.isdigit():
        raise StoreError(f"{path}: holds {schema!r}, not {SCHEMA}")
    try:
        held = msgspec.convert(_upgraded(found, int(version)), Postmortem)
        return msgspec.structs.replace(held, fields={at: entry for at, entry in held.fields.items() if entry != EMPTY})
    except msgspec.ValidationError as problem:
        if int(version) > int(_SCHEMA_VERSION):
            raise StoreError(
                f"{path}: was written by a later tracetui ({schema})", hint="update tracetui to open it"
            ) from problem
        raise StoreError(f"{path}: {problem}", hint="restore it from version control") from problem
