"""The rows of a table in the form: a list with a cursor. Enter opens a row, `a` adds one, `d` removes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tracetui.postmortem.form import Table
from tracetui.ui.form.here import HereVertical
from tracetui.ui.form.row_lines import RowLines
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import KEY, QUIET, STRONG, WARN, content, elide, spread


class RowsField(Widget, can_focus=True):
    """Two lines a row. `read` gives the rows as they are now; `remarks` counts what the lint says of one."""

    DEFAULT_CSS = """
    RowsField { height: auto; background: $background; }
    """
    BINDINGS = [
        Binding("enter", "open", "open", id="row.open", tooltip="Open the row"),
        Binding("a,plus", "add", "add", id="row.add", tooltip="Add a row"),
        Binding("d,delete", "remove", "remove", id="row.remove", tooltip="Remove the row; it can be brought back"),
        Binding("u", "screen.undo_remove", "undo", show=False, id="row.undo-remove", tooltip="Bring a row back"),
        Binding("space", "tick", "tick", id="row.tick", tooltip="Done, or not"),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
    ]

    at: reactive[int] = reactive(0)
    """Position of the row under the cursor."""

    @dataclass
    class Opened(Message):
        table: Table
        row: str

    @dataclass
    class Added(Message):
        table: Table

    @dataclass
    class Removed(Message):
        table: Table
        row: str

    @dataclass
    class Ticked(Message):
        table: Table
        row: str

    def __init__(
        self, table: Table, read: Callable[[], list[RowLines]], remarks: Callable[[str], int], *, can_add: bool
    ) -> None:
        super().__init__()
        self.table = table
        self.can_add = can_add
        self._read = read
        self._remarks = remarks
        self._rows = read()

    @property
    def row(self) -> str | None:
        """Id of the row under the cursor."""
        return self._rows[self.at].id if self._rows else None

    def show(self, row: str | None = None) -> None:
        """Read the rows again; put the cursor on one."""
        self._rows = self._read()
        ids = [lines.id for lines in self._rows]
        self.at = ids.index(row) if row in ids else self.at
        self.refresh(layout=True)
        self.refresh_bindings()

    def validate_at(self, at: int) -> int:
        return max(0, min(at, len(self._rows) - 1))

    def watch_at(self) -> None:
        self._bring_into_view()

    def on_focus(self) -> None:
        self._bring_into_view()

    def _bring_into_view(self) -> None:
        scroller = next((node for node in self.ancestors if isinstance(node, VerticalScroll)), None)
        if self.has_focus and scroller is not None:
            top = self.region.y - scroller.region.y + scroller.scroll_offset.y + 2 * self.at
            scroller.scroll_to_region(Region(0, top, 1, 2), animate=False)

    def render(self) -> Content:
        if not self._rows:
            hint = f"; {key_of('row.add', 'a')} adds one" if self.can_add else ""
            return content((f"  no {self.table.row} yet{hint}", KEY if self.has_focus else QUIET))
        lines: list[Content] = []
        for position, row in enumerate(self._rows):
            here = self.has_focus and position == self.at
            cursor = content((GLYPHS.cursor if here else " ", KEY), " ")
            count = self._remarks(row.id)
            remark = content((f"!{count}", WARN)) if count else content("")
            lead = spread(cursor + row.lead, remark, self.size.width)
            if here:
                lead = lead.stylize(STRONG)
            lines += [lead, elide(cursor + row.more, self.size.width)]
        return Content("\n").join(lines)

    def action_move(self, rows: int) -> None:
        if not 0 <= self.at + rows < len(self._rows):
            self.screen.focus_next() if rows > 0 else self.screen.focus_previous()
        else:
            self.at += rows

    def action_open(self) -> None:
        if self.row is not None:
            self.post_message(self.Opened(self.table, self.row))
        elif self.can_add:
            self.action_add()

    def action_add(self) -> None:
        self.post_message(self.Added(self.table))

    def action_remove(self) -> None:
        if self.row is not None:
            self.post_message(self.Removed(self.table, self.row))

    def action_tick(self) -> None:
        if self.row is not None:
            self.post_message(self.Ticked(self.table, self.row))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return {
            "open": bool(self._rows) or self.can_add,
            "add": self.can_add,
            "remove": bool(self._rows) and not self.table.fixed,
            "tick": bool(self.table.fixed) and self.table.columns[0].id == "done",
        }.get(action, True)


class TitledRows(HereVertical):
    """A table under its title."""

    DEFAULT_CSS = """
    TitledRows { height: auto; margin: 1; }
    TitledRows.-here Title { color: $key; }
    """

    def __init__(self, rows: RowsField) -> None:
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        yield Title(self.rows.table)
        yield self.rows


class Title(Widget):
    DEFAULT_CSS = "Title { height: 1; }"

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def render(self) -> Content:
        hint = f"  {self._table.hint}" if self._table.hint else ""
        return elide(content((self._table.label, STRONG), (hint, QUIET)), self.size.width)
