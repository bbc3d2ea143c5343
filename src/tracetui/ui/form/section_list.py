"""The sections of the form, with how much of each is filled and what the lint says of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message

from tracetui.postmortem.fields import SECTIONS
from tracetui.ui.form.desk import Desk, filled, findings_by_section
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import GOOD, KEY, QUIET, STRONG, WARN, content, spread
from tracetui.ui.widgets.row_list import RowList

_SECOND_DIGIT_WITHIN_S = 1.0


class SectionList(RowList):
    """A number goes to its section; a second digit follows within a second."""

    @dataclass
    class Moved(Message):
        position: int

    @dataclass
    class Chosen(Message):
        position: int

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._findings = findings_by_section(desk.findings)
        self._number = 0
        self._typed_at = 0.0

    def show(self) -> None:
        """Count again."""
        self._findings = findings_by_section(self._desk.findings)
        self.rows_changed()

    def row_count(self) -> int:
        return len(SECTIONS)

    def row(self, position: int, *, current: bool, width: int) -> Content:
        section = SECTIONS[position]
        some, of = filled(self._desk.postmortem, section)
        count = self._findings[section.id]
        left = content(
            (GLYPHS.cursor if current else " ", KEY),
            (f"{section.number:>2} ", KEY),
            (section.title, STRONG if current else ""),
        )
        right = content((f"!{count} " if count else "", WARN), (f"{some}/{of}", GOOD if some == of else QUIET), " ")
        return spread(left, right, width)

    def moved(self) -> None:
        self.post_message(self.Moved(self.cursor))

    def chosen(self) -> None:
        self.post_message(self.Chosen(self.cursor))

    async def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.chosen()
        elif event.character and event.character.isdecimal():
            event.stop()
            event.prevent_default()
            self._digit(int(event.character), event.time)

    def _digit(self, digit: int, typed_at: float) -> None:
        """`typed_at` is when the key came, however late it is acted on."""
        longer, follows = self._number * 10 + digit, typed_at - self._typed_at < _SECOND_DIGIT_WITHIN_S
        self._number = longer if follows and longer <= len(SECTIONS) else digit
        self._typed_at = typed_at
        self.to_number(self._number)
