"""One row of a table with all its cells: an action, a why, an item of the checklist, the note on a pin."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget

from tracetui.postmortem.document import PINS, Pin
from tracetui.postmortem.form import Table
from tracetui.ui.form.desk import Desk
from tracetui.ui.form.field_row import FieldRow
from tracetui.ui.form.quote_lines import QuoteLines
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.screens.base import Leave
from tracetui.ui.screens.fields import FieldsPane, FieldsScreen
from tracetui.ui.widgets.key_bar import KeyBar


class RowScreen(FieldsScreen):
    BINDINGS = [
        Binding(
            "escape", "close_row", "back", priority=True, id="row.close", tooltip="Back to the form; everything is kept"
        ),
        Binding("ctrl+n", "other_row(1)", "next", priority=True, id="row.next-row", tooltip="The next row"),
        Binding(
            "ctrl+p", "other_row(-1)", "previous", priority=True, id="row.previous-row", tooltip="The previous row"
        ),
    ]

    def __init__(self, desk: Desk, table: Table, row: str) -> None:
        super().__init__(desk)
        self._table = table
        self._row = row

    def compose(self) -> ComposeResult:
        yield self.header
        with FieldsPane():
            yield from self._cells()
        yield self.hint_line
        yield KeyBar()

    def on_mount(self) -> None:
        self.header.show(self.desk, self._where())
        rows = self.query(FieldRow)
        if rows:  # none, where another key has closed this already
            rows.first().editor.focus()
            self.show_findings()

    def _where(self) -> str:
        rows = self._row_ids()
        place = f"{self._table.row} {rows.index(self._row) + 1} of {len(rows)}" if self._row in rows else self._row
        return f"{self._table.label} {GLYPHS.dot} {dict(self._table.fixed).get(self._row, place)}"

    def _cells(self) -> list[Widget]:
        pin = self._pin()
        cells: list[Widget] = [QuoteLines(pin)] if pin is not None else []
        for column in self._table.columns:
            address = f"{self._table.id}/{self._row}/{column.id}"
            cells.append(FieldRow(column, address, self.desk.postmortem.entry(address), self.write))
        return cells

    def _pin(self) -> Pin | None:
        pins = self.desk.postmortem.pins if self._table.id == PINS else ()
        return next((pin for pin in pins if pin.id == self._row), None)

    def _row_ids(self) -> list[str]:
        if self._table.id == PINS:
            return [pin.id for pin in self.desk.postmortem.evidence]
        return [row.id for row in self.desk.postmortem.rows(self._table.id)]

    async def action_other_row(self, rows: int) -> None:
        ids = self._row_ids()
        at = ids.index(self._row) + rows if self._row in ids else 0
        if 0 <= at < len(ids):
            self._row = ids[at]
            pane = self.query_one(FieldsPane)
            await pane.remove_children()
            if pane.is_attached:
                await pane.mount(*self._cells())
                self.on_mount()

    def action_close_row(self) -> None:
        self.dismiss(Leave())
