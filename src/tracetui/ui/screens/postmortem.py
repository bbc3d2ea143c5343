"""The postmortem form: sections at the left, the fields of one at the right; on a narrow terminal one or the other.

What is typed goes to the journal with every key. Escape goes one place back and discards nothing.
"""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tracetui.export import render
from tracetui.export.redact import SECRETS, Rule
from tracetui.postmortem.fields import SECTIONS, section_of
from tracetui.postmortem.form import Section, Table
from tracetui.store.incident import HELD
from tracetui.ui.form.desk import Desk
from tracetui.ui.form.editors import ChoiceEditor, TextEditor
from tracetui.ui.form.field_row import FieldRow
from tracetui.ui.form.keys import FORM_KEYS
from tracetui.ui.form.row_lines import PINS_TABLE, pin_rows, table_rows
from tracetui.ui.form.rows_field import RowsField, TitledRows
from tracetui.ui.form.section_list import SectionList
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import QUIET, content
from tracetui.ui.screens.base import Leave
from tracetui.ui.screens.changes import ChangesScreen
from tracetui.ui.screens.exports import ExportsScreen
from tracetui.ui.screens.fields import FieldsPane
from tracetui.ui.screens.history import HistoryScreen
from tracetui.ui.screens.missing import MissingScreen
from tracetui.ui.screens.preview import PreviewScreen
from tracetui.ui.screens.saving import SavingScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar

SPLIT_WIDTH = 100
_SHOW_AFTER_S = 0.08


class PostmortemScreen(SavingScreen):
    HELP = (
        "The postmortem, filled in from the trace. Sections on one side, fields on the other; every keystroke "
        "is saved. What you wrote is never overwritten by what the trace says."
    )
    BINDINGS = FORM_KEYS
    DEFAULT_CSS = """
    PostmortemScreen > .opening { padding: 1 2; }
    PostmortemScreen #form { height: 1fr; }
    PostmortemScreen SectionList { width: 1fr; }
    PostmortemScreen FieldsPane { display: none; }
    PostmortemScreen.-fields SectionList { display: none; }
    PostmortemScreen.-fields FieldsPane { display: block; }
    PostmortemScreen.-split SectionList { display: block; width: 32; border-right: solid $faint; }
    PostmortemScreen.-split FieldsPane { display: block; }
    """

    split: reactive[bool] = reactive(False, toggle_class="-split")
    """Sections and fields side by side."""
    in_fields: reactive[bool] = reactive(False, toggle_class="-fields", bindings=True)
    """The fields have the keys; on a narrow terminal they have the screen."""

    def __init__(self, opened: Opened, section: str = SECTIONS[0].id) -> None:
        """`section`: id of the one to start at."""
        super().__init__(opened)
        self._section = section_of(f"{section}.") or SECTIONS[0]
        self._showing = 0
        self._turning = asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield self.header
        yield Static(content((f"opening the postmortem {GLYPHS.more}", QUIET)), classes="opening", markup=False)
        yield self.hint_line
        yield KeyBar()

    def on_mount(self) -> None:
        self.open_incident(take_over=False)

    def on_resize(self) -> None:
        self.split = self.size.width >= SPLIT_WIDTH

    async def begin(self, desk: Desk) -> None:
        await self.query(".opening, #form").remove()
        if not self.is_attached:  # left while it was opened
            return
        sections = SectionList(desk)
        form = Horizontal(sections, FieldsPane(), id="form")
        await self.mount(form, before=self.hint_line)
        sections.focus()
        sections.put_cursor(self._section.number - 1)
        await self._show_section(self._section)

    async def show_again(self) -> None:
        await self._show_section(self._section)

    # Sections

    @on(SectionList.Moved)
    def _follow_cursor(self, event: SectionList.Moved) -> None:
        event.stop()
        self._showing += 1
        request = self._showing

        async def show() -> None:
            # Where it is now: a key that turned to another section has put it there.
            sections = self.query_one_optional(SectionList)
            if request == self._showing and sections is not None and SECTIONS[sections.cursor] != self._section:
                await self._show_section(SECTIONS[sections.cursor])

        self.set_timer(_SHOW_AFTER_S, show)

    @on(SectionList.Chosen)
    async def _enter_section(self, event: SectionList.Chosen) -> None:
        event.stop()
        self._showing += 1
        await self._show_section(SECTIONS[event.position])
        self._enter_fields()

    async def _show_section(self, section: Section) -> None:
        self._section = section
        async with self._turning:
            # Another section may have been asked for meanwhile, or the form left.
            if section is self._section and self._desk is not None and self.query(FieldsPane):
                await self._turn_to(section)

    async def _turn_to(self, section: Section) -> None:
        pane = self.query_one(FieldsPane)
        self.header.show(self.desk, f"{section.number}/{len(SECTIONS)} {section.title}")
        with self.app.batch_update():
            await pane.remove_children()
            if not pane.is_attached or self._desk is None:  # left meanwhile
                return
            await pane.mount(*self._contents(section))
            pane.scroll_home(animate=False)
        if self._desk is not None:  # not left meanwhile
            self.show_findings()

    def _contents(self, section: Section) -> list[Widget]:
        """The fields and tables of a section, with their values."""
        contents: list[Widget] = []
        for field in section.fields:
            address = f"{section.id}.{field.id}"
            contents.append(FieldRow(field, address, self.desk.postmortem.entry(address), self.write))
        contents += [TitledRows(self._rows_of(table)) for table in section.tables]
        if section.id == "evidence":
            pins = RowsField(PINS_TABLE, lambda: pin_rows(self.desk.postmortem), lambda row: 0, can_add=False)
            contents.insert(0, TitledRows(pins))
        return contents

    def _rows_of(self, table: Table) -> RowsField:
        return RowsField(
            table,
            lambda: table_rows(self.desk.postmortem, table),
            lambda row: len(self.desk.findings_at(f"{table.id}/{row}")),
            can_add=not table.fixed,
        )

    def _enter_fields(self) -> None:
        self.in_fields = True
        editors = self.query_one(FieldsPane).query("TextEditor, ChoiceEditor, RowsField")
        if editors:
            editors.first().focus()

    async def action_section(self, sections: int) -> None:
        """The next or previous section; the keys stay in the fields where they were there."""
        number = (self._section.number - 1 + sections) % len(SECTIONS)
        inside = self.in_fields or isinstance(self.focused, (TextEditor, ChoiceEditor, RowsField))
        self.query_one(SectionList).put_cursor(number)
        self._showing += 1
        await self._show_section(SECTIONS[number])
        if inside:
            self._enter_fields()

    async def go_to(self, address: str) -> None:
        """Put the keys on the value at an address."""
        section = section_of(address)
        if section is None:
            return
        self.query_one(SectionList).put_cursor(section.number - 1)
        self._showing += 1
        await self._show_section(section)
        self.in_fields = True
        table, _, rest = address.partition("/")
        for row in self.query(FieldRow):
            if row.address == address:
                row.editor.focus()
        for rows in self.query(RowsField):
            if rows.table.id == table:
                rows.show(rest.partition("/")[0])
                rows.focus()

    def on_descendant_focus(self) -> None:
        if self._desk is None:
            return
        super().on_descendant_focus()
        self.in_fields = isinstance(self.focused, (TextEditor, ChoiceEditor, RowsField))

    def changed(self) -> None:
        for sections in self.query(SectionList):
            sections.show()

    def refuses(self, address: str, text: str) -> bool:
        """Final only when nothing is missing."""
        if address != "identity.status" or text != "final" or not self.desk.blockers():
            return False
        self.action_missing()
        return True

    # Other screens

    def action_preview(self) -> None:
        rules: tuple[Rule, ...] = SECRETS + getattr(self.app, "own_rules", ())
        self.app.push_screen(PreviewScreen(render("markdown", self.desk.postmortem, rules=rules)))

    def action_missing(self) -> None:
        async def go(address: str | None) -> None:
            if address is not None:
                await self.go_to(address)

        self.app.push_screen(MissingScreen(self.desk.blockers()), go)

    def action_history(self) -> None:
        self.app.push_screen(HistoryScreen(self.desk.postmortem, self.desk.editing.history))

    def action_changes(self) -> None:
        if self.desk.postmortem.undecided:
            self.ask_undecided()
            return

        async def decided(answers: dict[str, bool] | None) -> None:
            self.guarded(lambda: self.desk.decide(answers or {}))
            await self.show_again()
            self.rest()

        self.app.push_screen(ChangesScreen(*self.desk.changes), decided)

    def action_export(self) -> None:
        held = self.desk.postmortem
        self.app.push_screen(ExportsScreen(self.opened, lambda: held))

    def action_out(self) -> None:
        if self._desk is None:
            self.dismiss(Leave())
        elif self.in_fields:
            self.in_fields = False
            self.query_one(SectionList).focus()
        else:
            self.action_leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self._desk is None:
            return action in ("out", "leave")
        if self._is_leaving:
            return False
        if action == "take_over":
            return self.desk.editing.read_only.startswith(HELD)
        if action == "changes":
            return (
                bool(self.desk.changes[1] or self.desk.postmortem.undecided)
                and not self.desk.editing.read_only
                and not isinstance(self.focused, TextEditor)
            )
        if action in ("preview", "export", "missing", "history"):
            return not isinstance(self.focused, TextEditor)
        return super().check_action(action, parameters)
