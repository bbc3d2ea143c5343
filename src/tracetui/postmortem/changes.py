"""What differs between two states of a postmortem, value by value; and the edits that take one or the other."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tracetui.postmortem.document import EMPTY, PINS, Entry, Postmortem
from tracetui.postmortem.edits import SetText, put


class Change(msgspec.Struct, frozen=True):
    """One value that is another now."""

    address: str
    before: Entry
    after: Entry


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


def taken(change: Change, *, at: str) -> SetText:
    """The edit that puts the new value in."""
    entry = change.after
    return SetText(change.address, entry.text, entry.by, entry.at if entry.from_person else at, entry.source)


def kept(change: Change, *, by: str, at: str) -> SetText:
    """The edit that makes the old value a person's: it is not asked about again."""
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
