"""The lines of a file that is read by place, or its last ones while the number of them is not known."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message

from tracetui.ingest.line_file import LineFile
from tracetui.ui.line_rows import line_row
from tracetui.ui.widgets.row_list import RowList

END = -1
"""Stands for the last line, whatever its number."""


class LineList(RowList):
    """Tells the screen what is wanted: a line may not have been read yet."""

    @dataclass
    class Wanted(Message):
        line: int
        """0-based; `END` is the last."""

    class Selected(Message):
        """The line under the cursor is to be opened."""

    def __init__(self, file: LineFile) -> None:
        super().__init__()
        self.file = file
        self.found = ""

    def show(self, file: LineFile) -> None:
        self.file = file
        self.rows_changed()

    def show_same_place(self, file: LineFile) -> None:
        """The same bytes under the cursor, at the same height, now as lines of `file`."""
        height = self.cursor - self.scroll_offset.y
        cursor = file.line_at(self.file.place(self.cursor)[0])
        self.show(file)
        self.scroll_to(y=max(cursor - height, 0), animate=False, force=True)
        self.put_cursor(cursor)

    def row_count(self) -> int:
        return len(self.file)

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return line_row(self.file, position, current=current, width=width, found=self.found)

    def longer(self) -> None:
        """There are more rows below; those that were painted stay as they are."""
        self.set_row_count(self.row_count())

    def to_number(self, number: int) -> None:
        self.post_message(self.Wanted(number - 1))

    def action_last(self) -> None:
        count = self.take_count()
        self.post_message(self.Wanted(END if count is None else count - 1))

    def chosen(self) -> None:
        self.post_message(self.Selected())
