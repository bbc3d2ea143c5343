"""The timeline: one row a step."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message

from tracetui.ui import rows
from tracetui.ui.columns import Columns
from tracetui.ui.key_names import key_of
from tracetui.ui.state import Opened
from tracetui.ui.widgets.row_list import RowList


class StepList(RowList):
    """Lists the steps of a session, all or those that a filter lets through."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another step."""

        step: int

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, StepList.Highlighted)

    @dataclass
    class Selected(Message):
        """A second click on a step."""

        step: int

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._rows: Sequence[int] = range(len(opened.session.steps))
        self._found = ""
        self._columns: Columns | None = None

    @property
    def step(self) -> int | None:
        """Index of the step under the cursor; None where the filter lets none through."""
        return self._rows[self.cursor] if len(self._rows) else None

    @property
    def shown_steps(self) -> Sequence[int]:
        """Indices of the steps in the list, ascending."""
        return self._rows

    def show(self, opened: Opened) -> None:
        """The same session, with more known about it."""
        self._opened = opened
        self.rows_changed()

    def show_only(self, steps: Sequence[int]) -> None:
        """Filter: list these steps, ascending; the cursor stays at its step or goes to the nearest after it."""
        here = self.step
        self._rows = steps
        self.rows_changed()
        self.set_reactive(StepList.cursor, 0)
        self.go_to(here if here is not None else 0)
        self.moved()

    def mark(self, found: str) -> None:
        """Mark a text that was searched for."""
        self._found = found
        self.rows_changed()

    def go_to(self, step: int) -> None:
        """Put the cursor on a step (its index), or the nearest shown after it."""
        self.put_cursor(bisect_left(self._rows, step))

    def to_number(self, number: int) -> None:
        steps = self._opened.session.steps
        self.go_to(next((step.index for step in steps if step.number >= number), len(steps) - 1))

    def row_count(self) -> int:
        return len(self._rows)

    def when_empty(self) -> str:
        return f"no step passes the filter; {key_of('find.filter', 'f')} changes it"

    def rows_changed(self) -> None:
        self._columns = None
        super().rows_changed()

    def row(self, position: int, *, current: bool, width: int) -> Content:
        if self._columns is None or self._columns.width != width:
            self._columns = rows.columns(self._opened, width)
        return rows.row(self._opened, self._rows[position], self._columns, current=current, found=self._found)

    def moved(self) -> None:
        if self.step is not None:
            self.post_message(self.Highlighted(self.step))

    def chosen(self) -> None:
        if self.step is not None:
            self.post_message(self.Selected(self.step))
