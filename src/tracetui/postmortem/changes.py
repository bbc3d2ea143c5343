"""What differs between two states of a postmortem, value by value; and the edits that take one or the other."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tracetui.postmortem.document import EMPTY, PINS, Entry, Postmortem, Row
from tracetui.postmortem.edits import RemoveRow, SetText, put

TABLES_OF_TRIAGE = ("cascade", "blast_radius")
"""Those whose rows triage names."""


class Change(msgspec.Struct, frozen=True):
    """One value that is another now."""

    address: str
    """`table/row` where a whole row goes."""
    before: Entry
    after: Entry
    row: Row | None = None
    """The row that goes; None for a value."""


def changes_between(before: Postmortem, after: Postmortem) -> tuple[Change, ...]:
    """Every value of `after` that says something else than in `before`, in the order of the document."""
    return tuple(
        Change(address, before.entry(address), entry)
        for address, entry in entries(after)
        if entry.text != before.text(address)
    )


def hold_back(before: Postmortem, after: Postmortem) -> tuple[Postmortem, tuple[Change, ...]]:
    """`after` with every value that the trace had filled in before as it was, and those changes: a person has seen the old
    ones, and may have acted on them. What was empty before is filled in."""
    held = tuple(
        change
        for change in changes_between(before, after)
        if change.before.text and not change.before.from_person and not change.after.from_person
    )
    for change in held:
        after = put(after, change.address, change.before)
    return after, held


def no_longer_said(held: Postmortem, fresh: Postmortem) -> tuple[Change, ...]:
    """What triage filled in earlier and does not say any more: values to be emptied, rows to go. `fresh` is what it says now.

    A row that a person touched is never among them, nor is a value of another source: a good run may only not be at hand.
    """
    values = (
        Change(address, entry, Entry(source="triage"))
        for address, entry in held.fields.items()
        if entry.text and entry.source.startswith("triage") and not fresh.text(address)
    )
    rows = (
        Change(f"{table}/{row.id}", Entry(text=_in_short(row), source="triage"), Entry(source="triage"), row)
        for table in TABLES_OF_TRIAGE
        for row in held.tables.get(table, ())
        if fresh.row(table, row.id) is None and row.cells and not any(cell.from_person for cell in row.cells.values())
    )
    return (*values, *rows)


def _in_short(row: Row) -> str:
    return "  ".join(cell.text for cell in row.cells.values() if cell.text.strip())


def taken(change: Change, *, at: str) -> SetText | RemoveRow:
    """The edit that puts the new value in, or takes the row out; triage may name it again."""
    if change.row is not None:
        return RemoveRow(change.address.partition("/")[0], change.row.id, for_good=False)
    entry = change.after
    return SetText(change.address, entry.text, entry.by, entry.at if entry.from_person else at, entry.source)


def kept(change: Change, *, by: str, at: str) -> SetText:
    """The edit that makes the old value, or the first cell of the row, a person's: it is not asked about again."""
    if change.row is not None:
        column, entry = next((at, cell) for at, cell in change.row.cells.items() if cell.text)
        return SetText(f"{change.address}/{column}", entry.text, by, at)
    return SetText(change.address, change.before.text, by, at)


def entries(postmortem: Postmortem) -> Iterator[tuple[str, Entry]]:
    """(address, value) of all that is written, notes of pins last."""
    yield from postmortem.fields.items()
    for table, rows in postmortem.tables.items():
        for row in rows:
            for column, entry in row.cells.items():
                yield f"{table}/{row.id}/{column}", entry
    for pin in postmortem.pins:
        if pin.note != EMPTY:
            yield f"{PINS}/{pin.id}/note", pin.note
