"""Two people changed one postmortem: what can be joined is joined, the rest is put to a person. Nobody's words vanish."""

from __future__ import annotations

import msgspec

from tracetui.postmortem.changes import entries
from tracetui.postmortem.document import PINS, Entry, Postmortem
from tracetui.postmortem.edits import add_row, put


class Conflict(msgspec.Struct, frozen=True):
    """One value that both changed, each to something else."""

    address: str
    mine: Entry
    theirs: Entry


def merge(base: Postmortem, mine: Postmortem, theirs: Postmortem) -> tuple[Postmortem, tuple[Conflict, ...]]:
    """`theirs` with my changes since `base` put in; where both changed a value it is mine for now, and a conflict.

    Rows and pins that either added stay; those that either removed go, unless the other changed them since.
    """
    merged = _with_removals(base, mine, theirs)
    conflicts: list[Conflict] = []
    for address, entry in entries(mine):
        before, other = base.entry(address), theirs.entry(address)
        if entry.text == before.text:
            continue
        if other.text not in (before.text, entry.text):
            conflicts.append(Conflict(address, entry, other))
        merged = put(merged, address, entry)
    for table, rows in mine.tables.items():
        for row in rows:
            if base.row(table, row.id) is None:
                merged = add_row(merged, table, row.id)
    return merged, tuple(conflicts)


def both(conflict: Conflict) -> str:
    """One text that holds mine and theirs, told apart."""
    who = conflict.theirs.by or "another program"
    return f"{conflict.mine.text}\n\n[by {who}] {conflict.theirs.text}"


def _with_removals(base: Postmortem, mine: Postmortem, theirs: Postmortem) -> Postmortem:
    removed = [address for address in mine.removed if address not in base.removed]
    tables = {
        table: tuple(row for row in rows if f"{table}/{row.id}" not in removed or row != base.row(table, row.id))
        for table, rows in theirs.tables.items()
    }
    pins = {pin.id: pin for pin in mine.pins if all(pin.id != known.id for known in base.pins)}
    pins = {pin.id: pin for pin in theirs.pins if f"{PINS}/{pin.id}" not in removed} | pins
    everything = tuple(dict.fromkeys((*theirs.removed, *mine.removed)))
    return msgspec.structs.replace(theirs, tables=tables, pins=tuple(pins.values()), removed=everything)
