"""What the form and the row editor share: fields on the screen, and what happens to what is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tracetui.errors import TracetuiError
from tracetui.postmortem.form import Table
from tracetui.ui.external_editor import EditorError, edit_text
from tracetui.ui.form.desk import Desk, offer, reason_of
from tracetui.ui.form.editors import ChoiceEditor, TextEditor
from tracetui.ui.form.field_row import FieldRow
from tracetui.ui.form.hint_line import HintLine
from tracetui.ui.form.rows_field import RowsField
from tracetui.ui.form.save_state import FormHeader
from tracetui.ui.key_names import key_of
from tracetui.ui.present import line
from tracetui.ui.screens.base import Leave
from tracetui.ui.screens.picker import PickerScreen

_Answer = TypeVar("_Answer")
_LINT_AFTER_S = 0.4
"""The lint speaks when the typing rests."""


class FieldsPane(VerticalScroll, can_focus=False):
    """The fields, one under another."""

    DEFAULT_CSS = """
    FieldsPane { width: 1fr; max-width: 140; height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """


class FieldsScreen(Screen[Leave]):
    """Subclasses compose the header, a `FieldsPane` with rows, the hint line and the rest."""

    TAKES_CTRL_P = True
    AUTO_FOCUS = ""
    # With priority: over a slow line keys come in bursts, and a text that follows Tab must go to the next field. Other
    # bindings are only looked at after the widget that had the keys has seen them.
    BINDINGS = [
        Binding(
            "tab", "other_field(1)", "next field", show=False, priority=True, id="field.next", tooltip="Next field"
        ),
        Binding(
            "shift+tab",
            "other_field(-1)",
            "previous field",
            show=False,
            priority=True,
            id="field.previous",
            tooltip="Previous field",
        ),
        Binding("enter", "next_from_line", "next field", show=False, priority=True, id="field.enter", system=True),
        Binding(
            "ctrl+r",
            "take_back",
            "take back",
            priority=True,
            id="field.take-back",
            tooltip="Take the trace's value out, or put it in",
        ),
        Binding(
            "ctrl+s", "save", "save", show=False, id="form.save", tooltip="Save now, and try again where it failed"
        ),
    ]

    def __init__(self, desk: Desk | None = None) -> None:
        """`desk` may come later; until then nothing is typed."""
        super().__init__()
        self._desk = desk
        self.header = FormHeader()
        self.hint_line = HintLine()
        self._resting: Timer | None = None
        self._undo: list[Callable[[], None]] = []

    @property
    def desk(self) -> Desk:
        assert self._desk is not None
        return self._desk

    @property
    def field_row(self) -> FieldRow | None:
        """The row of the field that has the keys."""
        return _row_of(self.focused)

    def changed(self) -> None:
        """Something was written and the typing rests: subclasses show what depends on it."""

    def refuses(self, address: str, text: str) -> bool:
        """Whether a value may not be written now; says why."""
        return False

    # Typing

    def write(self, row: FieldRow, text: str) -> None:
        """A person gave a value: into the journal with it, before anything else happens."""
        if self.refuses(row.address, text):
            row.put(self.desk.postmortem.entry(row.address))
            return
        followed = self.guarded(lambda: self.desk.write(row.address, text))
        row.show_source(self.desk.postmortem.entry(row.address))
        for other in self.query(FieldRow):
            if other.address == followed:
                other.put(self.desk.postmortem.entry(followed))
        self.show_hint()
        self.header.refresh()
        self.rest()

    @on(TextEditor.NowAsked)
    def put_now(self, event: TextEditor.NowAsked) -> None:
        event.stop()
        now = self.desk.editing.stamp()
        event.editor.write_over(now if event.editor.field_kind == "time" else now[:10])

    @on(ChoiceEditor.Asked)
    def pick(self, event: ChoiceEditor.Asked) -> None:
        event.stop()
        editor = event.editor
        if editor.field.vocabulary is None:
            return

        def take(code: str | None) -> None:
            if code is not None:
                editor.choose(code)

        self.app.push_screen(PickerScreen(editor.field.label, editor.field.vocabulary, editor.code), take)

    def action_take_back(self) -> None:
        row = self.field_row
        if row is not None and self.guarded(lambda: self.desk.take_back(row.address)):
            row.put(self.desk.postmortem.entry(row.address))
            self.show_hint()
            self.rest()

    def action_external_editor(self) -> None:
        row = self.field_row
        if row is None or not isinstance(row.editor, TextEditor):
            return
        try:
            with self.app.suspend():
                # Inside: a suspended app that an exception leaves is dead.
                try:
                    text, problem = edit_text(row.editor.text), ""
                except EditorError as failed:
                    text, problem = row.editor.text, str(failed)
        except SuspendNotSupported:
            text, problem = row.editor.text, "this terminal cannot be handed to an editor"
        if problem:
            self.tell(problem, wrong=True)
        elif text != row.editor.text:
            text = text if row.editor.many else " ".join(text.split())
            self.guarded(lambda: self.desk.write(row.address, text))
            row.put(self.desk.postmortem.entry(row.address))
            self.rest()

    def action_save(self) -> None:
        self.desk.editing.save()

    def action_other_field(self, direction: int) -> None:
        self.focus_next() if direction > 0 else self.focus_previous()

    def action_next_from_line(self) -> None:
        self.focus_next()

    # Rows

    @on(RowsField.Opened)
    def open_row(self, event: RowsField.Opened) -> None:
        event.stop()
        self.edit_row(event.table, event.row)

    @on(RowsField.Added)
    def add_row(self, event: RowsField.Added) -> None:
        event.stop()
        row = self.guarded(lambda: self.desk.add_row(event.table.id))
        if row:
            self.edit_row(event.table, row)

    @on(RowsField.Removed)
    def remove_row(self, event: RowsField.Removed) -> None:
        event.stop()
        put_back = self.guarded(lambda: self.desk.remove_row(event.table.id, event.row))
        if put_back:
            self._undo.append(put_back)
            self.tell(f"the {event.table.row} is removed; {key_of('row.undo-remove', 'u')} brings it back")
        self.show_rows(event.table)
        self.rest()

    def action_undo_remove(self) -> None:
        if self._undo:
            self.guarded(self._undo.pop())
            for rows in self.query(RowsField):
                rows.show()
            self.rest()

    @on(RowsField.Ticked)
    def tick(self, event: RowsField.Ticked) -> None:
        event.stop()
        address = f"{event.table.id}/{event.row}/done"
        done = self.desk.postmortem.text(address) == "yes"
        self.guarded(lambda: self.desk.write(address, "" if done else "yes"))
        self.show_rows(event.table)
        self.rest()

    def edit_row(self, table: Table, row: str) -> None:
        """Open the row editor."""
        from tracetui.ui.screens.row_editor import RowScreen

        def back(_: Leave | None) -> None:
            self.show_rows(table, row)
            self.rest()

        self.app.push_screen(RowScreen(self.desk, table, row), back)

    def show_rows(self, table: Table, row: str | None = None) -> None:
        for rows in self.query(RowsField):
            if rows.table.id == table.id:
                rows.show(row)

    # What is said about it

    def rest(self) -> None:
        """Look at the lint once the typing rests."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_LINT_AFTER_S, self.show_findings)

    def show_findings(self) -> None:
        if self._desk is None:
            return  # the form was left while the typing rested
        for row in self.query(FieldRow):
            row.show_findings(self.desk.findings_at(row.address))
        for rows in self.query(RowsField):
            rows.refresh(layout=True)
        self.changed()

    def on_descendant_focus(self) -> None:
        self.show_hint()
        self.refresh_bindings()

    def show_hint(self) -> None:
        row, focused = self.field_row, self.focused
        if row is not None:
            entry = self.desk.postmortem.entry(row.address)
            other = offer(entry)
            self.hint_line.show(
                row.field.hint,
                f"{key_of('field.take-back', 'ctrl+r')} for what the trace says: {other}"
                if other
                else reason_of(entry),
            )
        else:
            self.hint_line.show(focused.table.hint if isinstance(focused, RowsField) else "")

    def tell(self, words: str, *, wrong: bool = False) -> None:
        self.notify(line(words), severity="warning" if wrong else "information", markup=False, timeout=6)

    def guarded(self, act: Callable[[], _Answer]) -> _Answer | None:
        """Do something to the document; where that is refused, say why."""
        try:
            return act()
        except TracetuiError as problem:
            self.tell(problem.message, wrong=True)
            return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        row = self.field_row
        if action == "next_from_line":
            return row is not None and isinstance(row.editor, TextEditor) and not row.editor.many
        if action == "take_back":
            return row is not None and self.desk.can_take_back(row.address)
        return True


def _row_of(focused: Widget | None) -> FieldRow | None:
    """The field row around a widget."""
    if focused is None:
        return None
    return next((node for node in focused.ancestors if isinstance(node, FieldRow)), None)
