"""The timeline: one row a step. Rows are made when they come into view, so length does not matter."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.ui import rows
from tracetui.ui.present import QUIET, content
from tracetui.ui.state import Opened
from tracetui.ui.widgets.painting import paint

_CACHED_ROWS = 4000


class StepList(ScrollView, can_focus=True):
    """Lists the steps of a session, all or those that a filter lets through."""

    DEFAULT_CSS = """
    StepList {
        width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        background: $background; color: $foreground;
        & > .step-list--cursor { background: $cursor-quiet; }
        &:focus > .step-list--cursor { background: $cursor; }
        &:ansi > .step-list--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES = {"step-list--cursor"}
    BINDINGS = [
        Binding("j,down", "move(1)", "down", show=False, id="step.next", tooltip="Next step; a count goes before"),
        Binding("k,up", "move(-1)", "up", show=False, id="step.previous", tooltip="Previous step"),
        Binding("g,home", "first", "first", show=False, id="step.first", tooltip="First step; 12g goes to step 12"),
        Binding("G,end", "last", "last", show=False, id="step.last", tooltip="Last step; 12G goes to step 12"),
        Binding("ctrl+d,pagedown", "page(0.5)", "half page down", show=False, id="step.half-page-down"),
        Binding("ctrl+u,pageup", "page(-0.5)", "half page up", show=False, id="step.half-page-up"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Position in the rows shown; `step` is the step there."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another step."""

        step: int

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, StepList.Highlighted)

    @dataclass
    class Selected(Message):
        """Enter or a click on the step under the cursor."""

        step: int

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._rows: Sequence[int] = range(len(opened.session.steps))
        self._found = ""
        self._count = ""
        self._columns: rows.Columns | None = None
        self._strips: dict[tuple[int, bool], Strip] = {}

    @property
    def step(self) -> int | None:
        """Index of the step under the cursor; None where the filter lets none through."""
        return self._rows[self.cursor] if len(self._rows) else None

    @property
    def shown_steps(self) -> Sequence[int]:
        """Indices of the steps in the list, ascending."""
        return self._rows

    def on_mount(self) -> None:
        self.virtual_size = Size(0, len(self._rows))

    def show(self, opened: Opened) -> None:
        """The same session, with more known about it."""
        self._opened = opened
        self._repaint()

    def show_only(self, steps: Sequence[int]) -> None:
        """Filter: list these steps, ascending; the cursor stays at its step or the nearest after it."""
        here = self.step
        self._rows = steps
        self.virtual_size = Size(0, len(steps))
        self._repaint()
        self.set_reactive(StepList.cursor, 0)
        self.go_to(here if here is not None else 0)
        self._announce()

    def mark(self, found: str) -> None:
        """Mark a text that was searched for."""
        self._found = found
        self._repaint()

    def go_to(self, step: int) -> None:
        """Put the cursor on a step, or the nearest shown after it."""
        position = _position(self._rows, step)
        if abs(position - self.cursor) > self.size.height:
            self.scroll_to(y=max(position - self.size.height // 3, 0), animate=False, force=True)
        self._put_cursor(position)

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self._rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_line(old)
        self.refresh_line(new)
        self._announce()

    def render_line(self, y: int) -> Strip:
        position, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if position >= len(self._rows):
            empty = not len(self._rows) and y == 1
            return paint(self, content(("  no step passes the filter; f changes it", QUIET) if empty else ""), width)
        key = position, position == self.cursor
        if key not in self._strips:
            if len(self._strips) > _CACHED_ROWS:
                self._strips.clear()
            self._strips[key] = self._strip(*key, width)
        return self._strips[key]

    def _strip(self, position: int, current: bool, width: int) -> Strip:
        if self._columns is None or self._columns.width != width - 1:
            self._columns = rows.columns(self._opened, width - 1)
        made = rows.row(self._opened, self._rows[position], self._columns, current=current, found=self._found)
        return paint(self, made, width, *(("step-list--cursor",) if current else ()))

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self, event: events.Resize) -> None:
        self._repaint()
        self._put_cursor(self.cursor)

    def on_click(self, event: events.Click) -> None:
        position = self.scroll_offset.y + event.y
        if position < len(self._rows):
            if position == self.cursor and event.chain > 1:
                self.action_select()
            self._put_cursor(position)

    def on_key(self, event: events.Key) -> None:
        """Digits before a motion are its count."""
        if (
            event.character
            and event.character.isascii()
            and event.character.isdigit()
            and (self._count or event.character != "0")
        ):
            self._count = (self._count + event.character)[:9]
            event.stop()
            event.prevent_default()
        elif event.key not in ("j", "k", "down", "up", "g", "G", "ctrl+d", "ctrl+u"):
            self._count = ""

    def take_count(self) -> int | None:
        """The count typed before this key, used up."""
        count, self._count = self._count, ""
        return int(count) if count else None

    def action_move(self, rows: int) -> None:
        self._put_cursor(self.cursor + rows * (self.take_count() or 1))

    def action_first(self) -> None:
        self._to_number(self.take_count() or 0)

    def action_last(self) -> None:
        count = self.take_count()
        self._put_cursor(len(self._rows) - 1) if count is None else self._to_number(count)

    def action_page(self, pages: float) -> None:
        rows = max(int(abs(pages) * self.size.height), 1) * (1 if pages > 0 else -1) * (self.take_count() or 1)
        self.scroll_relative(y=rows, animate=False)
        self._put_cursor(self.cursor + rows)

    def action_select(self) -> None:
        if self.step is not None:
            self.post_message(self.Selected(self.step))

    def _to_number(self, number: int) -> None:
        steps = self._opened.session.steps
        self.go_to(next((step.index for step in steps if step.number >= number), len(steps) - 1))

    def _announce(self) -> None:
        if self.step is not None:
            self.post_message(self.Highlighted(self.step))

    def _repaint(self) -> None:
        self._strips.clear()
        self._columns = None
        self.refresh()

    def _put_cursor(self, position: int) -> None:
        self.cursor = position
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)


def _position(shown: Sequence[int], step: int) -> int:
    return bisect_left(shown, step)
