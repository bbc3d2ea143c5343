"""Two people changed one postmortem: what can be joined is joined, the rest is put to a person. Nobody's words vanish."""

from __future__ import annotations

from msgspec.structs import replace

from tracetui.postmortem.changes import entries
from tracetui.postmortem.document import PINS, Conflict, Pin, Postmortem, split_address
from tracetui.postmortem.edits import add_row, put


def merge(base: Postmortem, mine: Postmortem, theirs: Postmortem) -> tuple[Postmortem, tuple[Conflict, ...]]:
    """`theirs` with my changes since `base` put in; where both changed a value it is mine for now, and a conflict.

    Rows and pins that either added stay; those that either removed go, unless the other changed them since. The conflicts
    are among the `undecided` of the document too, with those that either side still had.
    """
    merged = _with_removals(base, mine, theirs)
    conflicts: list[Conflict] = []
    for address, entry in entries(mine):
        before, other = base.entry(address), theirs.entry(address)
        if entry.text == before.text:
            continue
        if other.text not in (before.text, entry.text):
            conflicts.append(Conflict(address, entry, other))
        merged = put(_with_row(merged, mine, address), address, entry)
    for table, rows in mine.tables.items():
        for row in rows:
            if base.row(table, row.id) is None:
                merged = add_row(merged, table, row.id)
    merged = replace(
        merged,
        removed=tuple(address for address in merged.removed if not _is_there(merged, address)),
        undecided=tuple({one.address: one for one in (*_still_undecided(base, mine, theirs), *conflicts)}.values()),
    )
    return merged, tuple(conflicts)


def both(conflict: Conflict) -> str:
    """One text that holds mine and theirs, told apart."""
    who = conflict.theirs.by or "another program"
    return f"{conflict.mine.text}\n\n[by {who}] {conflict.theirs.text}"


def _with_removals(base: Postmortem, mine: Postmortem, theirs: Postmortem) -> Postmortem:
    """`theirs` without what I removed and they left as it was; with the pins that I added or wrote on."""
    removed = [address for address in mine.removed if address not in base.removed]
    tables = {
        table: tuple(row for row in rows if f"{table}/{row.id}" not in removed or row != base.row(table, row.id))
        for table, rows in theirs.tables.items()
    }
    known = {pin.id: pin for pin in base.pins}
    pins = {pin.id: pin for pin in theirs.pins if f"{PINS}/{pin.id}" not in removed or _is_news(pin, known)}
    pins |= {pin.id: pin for pin in mine.pins if pin.id not in pins and _is_news(pin, known)}
    everything = tuple(dict.fromkeys((*theirs.removed, *mine.removed)))
    return replace(theirs, tables=tables, pins=tuple(pins.values()), removed=everything)


def _is_news(pin: Pin, known: dict[str, Pin]) -> bool:
    """Whether a pin was added, or its note written, since."""
    return pin.id not in known or pin.note.text != known[pin.id].note.text


def _with_row(merged: Postmortem, mine: Postmortem, address: str) -> Postmortem:
    """With my whole row around a cell that I changed, where they removed it."""
    if "/" not in address:
        return merged
    table, row_id, _ = split_address(address)
    row = mine.row(table, row_id)
    if row is not None and merged.row(table, row_id) is None:
        for column, entry in row.cells.items():
            merged = put(merged, f"{table}/{row_id}/{column}", entry)
    return merged


def _is_there(held: Postmortem, address: str) -> bool:
    table, _, row_id = address.partition("/")
    return any(pin.id == row_id for pin in held.pins) if table == PINS else held.row(table, row_id) is not None


def _still_undecided(base: Postmortem, mine: Postmortem, theirs: Postmortem) -> list[Conflict]:
    """Conflicts from before that neither side has decided."""
    earlier = {conflict.address: conflict for conflict in (*base.undecided, *mine.undecided, *theirs.undecided)}
    open_in = [{conflict.address for conflict in side.undecided} for side in (base, mine, theirs)]
    return [
        conflict
        for address, conflict in earlier.items()
        if address not in open_in[0] or (address in open_in[1] and address in open_in[2])
    ]
