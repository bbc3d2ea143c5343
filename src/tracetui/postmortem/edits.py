"""The edits that a postmortem is made of. The journal holds them; applying one twice changes nothing more."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

import msgspec

from tracetui.postmortem.document import EMPTY, PERSON, PINS, Entry, Pin, Postmortem, Row, Suggestion, split_address

_NUMBERED = re.compile(r"r(\d+)(?:-|$)")
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""Without those that are mistaken for one another."""


class SetText(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="edit", tag="set"):
    """Put `text` at an address; a row that is not there yet is added."""

    address: str
    text: str
    by: str = ""
    at: str = ""
    source: str = PERSON
    """Another source than "person" puts a suggestion back."""


class AddRow(msgspec.Struct, frozen=True, tag_field="edit", tag="add"):
    table: str
    row: str


class RemoveRow(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="edit", tag="remove"):
    table: str
    row: str
    for_good: bool = True
    """It is not suggested again."""


class AddPin(msgspec.Struct, frozen=True, tag_field="edit", tag="pin"):
    pin: Pin


class RemovePin(msgspec.Struct, frozen=True, tag_field="edit", tag="unpin"):
    pin: str
    """Its id."""


class Decide(msgspec.Struct, frozen=True, tag_field="edit", tag="decide"):
    """A person chose from the two values of a conflict; the one that is to stand is set beside it."""

    address: str


Edit = SetText | AddRow | RemoveRow | AddPin | RemovePin | Decide


def apply(postmortem: Postmortem, edit: Edit) -> Postmortem:
    """The document after one edit."""
    match edit:
        case SetText():
            return _set(postmortem, edit)
        case AddRow(table, row):
            return add_row(postmortem, table, row)
        case RemoveRow(table, row, for_good):
            return _remove_row(postmortem, table, row, for_good=for_good)
        case AddPin(pin):
            others = tuple(known for known in postmortem.pins if known.id != pin.id)
            return msgspec.structs.replace(postmortem, pins=(*others, pin))
        case RemovePin(pin_id):
            return msgspec.structs.replace(
                postmortem,
                pins=tuple(known for known in postmortem.pins if known.id != pin_id),
                removed=_with(postmortem.removed, f"{PINS}/{pin_id}"),
            )
        case Decide(address):
            return msgspec.structs.replace(
                postmortem, undecided=tuple(known for known in postmortem.undecided if known.address != address)
            )
    raise AssertionError(edit)


def put(postmortem: Postmortem, address: str, entry: Entry) -> Postmortem:
    """The document with `entry` at an address, its row added where there is none."""
    return put_all(postmortem, {address: entry})


def put_all(postmortem: Postmortem, entries: Mapping[str, Entry]) -> Postmortem:
    """The document with each entry at its address, in one pass: a long session has ten thousands of them."""
    fields, notes = dict(postmortem.fields), dict[str, Entry]()
    cells: dict[str, dict[str, dict[str, Entry]]] = {}
    for address, entry in entries.items():
        if "/" not in address:
            fields[address] = entry
            continue
        table, row_id, column = split_address(address)
        if table == PINS:
            notes[row_id] = entry
        else:
            cells.setdefault(table, {}).setdefault(row_id, {})[column] = entry
    tables = dict(postmortem.tables)
    for table, changed in cells.items():
        held = tables.get(table, ())
        known = {row.id for row in held}
        rows = (*held, *(Row(row_id) for row_id in changed if row_id not in known))
        tables[table] = tuple(
            Row(row.id, {**row.cells, **changed[row.id]}) if row.id in changed else row for row in rows
        )
    pins = tuple(
        msgspec.structs.replace(pin, note=notes[pin.id]) if pin.id in notes else pin for pin in postmortem.pins
    )
    return msgspec.structs.replace(postmortem, fields=fields, tables=tables, pins=pins)


def add_row(postmortem: Postmortem, table: str, row_id: str) -> Postmortem:
    """The document with an empty row at the end of a table, unless it has that row."""
    if postmortem.row(table, row_id):
        return postmortem
    rows = (*postmortem.tables.get(table, ()), Row(row_id))
    return msgspec.structs.replace(postmortem, tables={**postmortem.tables, table: rows})


def next_row_id(postmortem: Postmortem, table: str) -> str:
    """An id that no row of the table has or had, here or in what someone else is writing meanwhile: `r3-k7m2`."""
    taken = [row.id for row in postmortem.tables.get(table, ())]
    taken += [address.partition("/")[2] for address in postmortem.removed if address.startswith(f"{table}/")]
    numbers = [int(found[1]) for row_id in taken if (found := _NUMBERED.match(row_id))]
    return f"r{max(numbers, default=0) + 1}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


def take_back(postmortem: Postmortem, address: str, *, by: str, at: str) -> SetText | None:
    """The edit that takes a pre-filled value out, or puts the suggestion in where it is not; None where nothing was
    suggested."""
    entry = postmortem.entry(address)
    suggested = suggestion(entry)
    if suggested is None:
        return None
    if entry.from_person:
        return SetText(address, suggested.text, "", at, suggested.source)
    return SetText(address, "", by, at)


def suggestion(entry: Entry) -> Suggestion | None:
    """What the trace says about a value: held beside it, or the value itself."""
    if entry.suggested is not None:
        return entry.suggested
    return None if entry.from_person else Suggestion(entry.text, entry.source)


def _set(postmortem: Postmortem, edit: SetText) -> Postmortem:
    before = postmortem.entry(edit.address)
    kept = suggestion(before)
    if edit.source != PERSON:
        kept = None
    entry = Entry(text=edit.text, source=edit.source, by=edit.by, at=edit.at, suggested=kept)
    if entry.from_person and not entry.text and before == EMPTY:
        return postmortem
    return put(postmortem, edit.address, entry)


def _remove_row(postmortem: Postmortem, table: str, row_id: str, *, for_good: bool) -> Postmortem:
    rows = tuple(row for row in postmortem.tables.get(table, ()) if row.id != row_id)
    return msgspec.structs.replace(
        postmortem,
        tables={**postmortem.tables, table: rows},
        removed=_with(postmortem.removed, f"{table}/{row_id}") if for_good else postmortem.removed,
    )


def _with(addresses: tuple[str, ...], address: str) -> tuple[str, ...]:
    return addresses if address in addresses else (*addresses, address)
