"""How the rows of the form's tables read: a line that says what a row is, and a quiet one with the rest."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content

from tracetui.postmortem.checklist import Item, items
from tracetui.postmortem.document import EMPTY, PINS, Pin, Postmortem, Row
from tracetui.postmortem.form import Field, Table
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, Piece, content, joined

_ALARMS = {"irreversible": BAD, "unknown": BAD, "external": WARN, "failed": BAD, "absent": WARN, "P0": BAD}
"""Codes that should catch the eye."""


class RowLines(NamedTuple):
    id: str
    lead: Content
    more: Content


def table_rows(postmortem: Postmortem, table: Table) -> list[RowLines]:
    """Every row of a table in order."""
    if table.id == "checklist":
        return [_item(item) for item in items(postmortem)]
    labels = dict(table.fixed)
    return [_row(table, row, labels.get(row.id, "")) for row in postmortem.rows(table.id)]


def pin_rows(postmortem: Postmortem) -> list[RowLines]:
    """The pinned evidence: the quote, then where it stands and the note."""
    return [_pin(pin) for pin in postmortem.evidence]


def _item(item: Item) -> RowLines:
    sign, style = {
        "shown": (GLYPHS.calm, GOOD),
        "ticked": (GLYPHS.calm, GOOD),
        "reasoned": ("-", QUIET),
        "open": (GLYPHS.other, WARN),
    }[item.state]
    words = {"shown": "shown", "ticked": "ticked", "reasoned": "not done, because", "open": "open"}[item.state]
    return RowLines(item.id, content((f"{sign} ", style), item.label), content((f"  {words}: {item.why}", QUIET)))


def _row(table: Table, row: Row, label: str) -> RowLines:
    if label:
        done = row.text("done")
        head: list[Content] = [content((label, STRONG))]
        columns = list(table.columns)
        if columns[0].id == "done":
            sign = content((f"{GLYPHS.calm} ", GOOD)) if done == "yes" else content((f"{GLYPHS.other} ", WARN))
            head = [sign + content(label)]
            columns = columns[1:]
        elif row.text(columns[0].id):
            head.append(_cell(columns[0], row))
            columns = columns[1:]
        return RowLines(row.id, joined(head), _more(columns, row))
    lead = [_cell(column, row) for column in table.columns[: table.lead] if row.text(column.id).strip()]
    return RowLines(
        row.id, joined(lead) if lead else content((f"empty {table.row}", WARN)), _more(table.columns[table.lead :], row)
    )


def _more(columns: tuple[Field, ...] | list[Field], row: Row) -> Content:
    """The other columns: what is filled in, then the names of those that are not."""
    parts = [
        content((f"{column.label.lower()} " if len(columns) > 1 else "", QUIET)) + _cell(column, row, QUIET)
        for column in columns
        if row.text(column.id).strip()
    ]
    missing = [column.label.lower() for column in columns if not row.text(column.id).strip()]
    if missing:
        parts.append(content((f"without {', '.join(missing)}", QUIET)))
    return content("  ") + joined(parts) if parts else content("")


def _cell(column: Field, row: Row, style: str = "") -> Content:
    entry = row.cells.get(column.id, EMPTY)
    text = column.vocabulary.title(entry.text) if column.vocabulary else entry.text
    if column.kind == "step":
        return content(("step ", QUIET), (text, STRONG))
    piece: Piece = (text, _ALARMS.get(entry.text, style))
    return content(piece)


def _pin(pin: Pin) -> RowLines:
    quote = content(
        (pin.place[: -len(str(pin.step))], QUIET),
        (str(pin.step), STRONG),
        " ",
        GLYPHS.open_quote,
        (pin.quote, KEY),
        GLYPHS.close_quote,
    )
    where = pin.source.path.rpartition("/")[2] + (f":{pin.source.line}" if pin.source.line else "")
    parts: list[Piece] = [(f"  {pin.role or pin.origin} {GLYPHS.dot} {where}", QUIET)]
    if pin.note.text:
        parts.append((f" {GLYPHS.dot} {pin.note.text}", ""))
    return RowLines(pin.id, quote, content(*parts))


PINS_TABLE = Table(PINS, "Pinned evidence", "pin", (Field("note", "Note", "text", "what this piece shows"),))
"""The pins as a table of notes, for the row editor."""
