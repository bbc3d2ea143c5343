"""A pane of text of any size: wraps at its width, paints only what is visible, and has a cursor row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tracetui.ui.document import Anchor, Document, Wrapped
from tracetui.ui.finding import next_in
from tracetui.ui.folding import folded
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.hits import Hits, values_of
from tracetui.ui.present import content, shown
from tracetui.ui.text_keys import TEXT_KEYS
from tracetui.ui.widgets.line_view import LineView
from tracetui.ui.widgets.painting import paint

_EMPTY = Document()
_GUTTER = 2
_BELOW = -1
"""Stands for the rows below the last one."""


class TextPane(LineView, can_focus=True):
    """Shows a `Document`."""

    DEFAULT_CSS = """
    TextPane {
        & > .text-pane--cursor { background: $cursor-quiet; }
        &:focus > .text-pane--cursor { background: $cursor; }
    }
    """
    COMPONENT_CLASSES = {"text-pane--cursor"}
    BINDINGS = TEXT_KEYS

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that keys act on."""

    @dataclass
    class Followed(Message):
        """Enter on a block that came from a step."""

        step: int

    @dataclass
    class ValuesFollowed(Message):
        """Enter on a line with values that have an identity."""

        values: tuple[str, ...]

    def __init__(self, *, values: bool = False) -> None:
        """`values`: whether Enter on a line of a block follows the values on it."""
        super().__init__()
        self._follows_values = values
        self._whole = _EMPTY
        self._folded_blocks: set[int] = set()
        """Positions of the anchors whose blocks are folded."""
        self._lines: Sequence[int] = ()
        """For each line shown, which of the whole document it is."""
        self._hits = Hits()
        self._document = _EMPTY
        self._wrapped = Wrapped(_EMPTY, 1)
        self._needles: tuple[tuple[str, str], ...] = ()
        self._strips: dict[tuple[int, bool], Strip] = {}

    @property
    def document(self) -> Document:
        return self._document

    def show(self, document: Document, *, needles: tuple[tuple[str, str], ...] = (), keep_place: bool = False) -> None:
        """Show a document from its start; `needles` are (text, style) to be styled wherever the text occurs."""
        line = self._wrapped.line_at(self.cursor) if keep_place and len(self._wrapped) else 0
        worked = self._what_works()
        self._whole = document
        if not keep_place:
            self._folded_blocks = set()
        self._folded_blocks = {at for at in self._folded_blocks if at < len(document.anchors)}
        self._needles = tuple((shown(needle), style) for needle, style in needles)
        self._fold()
        self.search(self._hits.needle)
        self._put_cursor(self._wrapped.row_of(line) if keep_place else 0)
        if not keep_place:
            self.scroll_to(y=0, animate=False, force=True)
        if worked != self._what_works() and self.has_focus:
            self.refresh_bindings()

    def _what_works(self) -> list[bool | None]:
        """Of the keys that the key bar shows only where the text has something for them."""
        return [self.check_action(action, ()) for action in ("change", "concealed", "fold", "follow")]

    def mark(self, needles: tuple[tuple[str, str], ...]) -> None:
        """Change what is styled, and nothing else."""
        self._needles = tuple((shown(needle), style) for needle, style in needles)
        self._repaint()

    def search(self, needle: str) -> None:
        """Count a text in the whole document, folded blocks too; a capital makes case matter."""
        self._hits = Hits.of(self._whole, needle)

    @property
    def hits(self) -> tuple[int, int]:
        """Hits of the search up to the cursor's line, and in all."""
        return self._hits.up_to(self._whole_line()), len(self._hits.lines)

    def show_first(self, needle: str) -> None:
        """Put the cursor on the first line at or after it that holds `needle`, wrapping round once."""
        self.search(needle)
        line = self._hits.first_from(self._whole_line())
        if line is not None:
            self._show_line(line)

    def _show_line(self, line: int) -> None:
        """Put the cursor on a line of the whole document, and open the block that it is in."""
        at = bisect_right(self._whole.anchors, line, key=lambda anchor: anchor.line) - 1
        if at in self._folded_blocks:
            self._folded_blocks.discard(at)
            self._fold()
        self._put_cursor(self._wrapped.row_of(bisect_right(self._lines, line) - 1), margin=3)

    def _fold(self) -> None:
        self._document, self._lines = folded(self._whole, self._folded_blocks)
        self._lay_out()

    def _line(self) -> int:
        """The shown line that the cursor is on."""
        return self._wrapped.line_at(self.cursor) if len(self._wrapped) else 0

    def _whole_line(self) -> int:
        """The same, of the whole document."""
        return self._lines[self._line()] if self._lines else 0

    def block(self) -> Anchor | None:
        """The block that the cursor is in."""
        return self._document.anchor_of(self._wrapped.line_at(self.cursor)) if len(self._wrapped) else None

    def line_text(self) -> str:
        """The line that the cursor is on, however many rows it takes; display-safe."""
        return self._document.lines[self._line()].text if len(self._wrapped) else ""

    def block_text(self) -> str:
        """The text of that block, or of the whole document where it has no blocks; display-safe."""
        lines, anchors = self._document.lines, self._document.anchors
        block = self.block()
        if block is None:
            return "\n".join(line.text for line in lines)
        after = next((anchor.line for anchor in anchors if anchor.line > block.line), len(lines))
        return "\n".join(line.text for line in lines[block.line : after]).rstrip("\n")

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self._wrapped) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        for row in (old, new):
            self.refresh_line(row)

    def row_strip(self, row: int, width: int) -> Strip:
        below = row >= len(self._wrapped)
        key = (_BELOW, False) if below else (row, row == self.cursor)
        if key not in self._strips:
            self._strips[key] = paint(self, content(), width) if below else self._strip(*key, width)
        return self._strips[key]

    def _strip(self, row: int, at_cursor: bool, width: int) -> Strip:
        # Where two panes stand side by side the sign says which of them has the keys: no colour is needed for that.
        gutter = (
            content((GLYPHS.cursor.ljust(_GUTTER), "$key")) if at_cursor and self.has_focus else content(" " * _GUTTER)
        )
        body = gutter + self._wrapped.row(row, self._needles)
        return paint(self, body, width, *(("text-pane--cursor",) if at_cursor else ()))

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self, event: events.Resize) -> None:
        width = self.text_width
        if width != self._wrapped.width and len(self._document.lines):
            line = self._wrapped.line_at(self.cursor) if len(self._wrapped) else 0
            self._lay_out()
            self._put_cursor(self._wrapped.row_of(line))

    def on_click(self, event: events.Click) -> None:
        self._put_cursor(self.scroll_offset.y + event.y)

    def action_move(self, rows: int) -> None:
        self._put_cursor(self.cursor + rows)

    def action_page(self, pages: float) -> None:
        rows = max(int(abs(pages) * self.size.height), 1) * (1 if pages > 0 else -1)
        self.scroll_relative(y=rows, animate=False)
        self._put_cursor(self.cursor + rows)

    def action_top(self) -> None:
        self._put_cursor(0)

    def action_bottom(self) -> None:
        self._put_cursor(len(self._wrapped) - 1)

    def action_change(self, direction: int) -> None:
        self._to_block([anchor.line for anchor in self._document.anchors if anchor.change], direction)

    def action_concealed(self, direction: int) -> None:
        self._to_block([anchor.line for anchor in self._document.anchors if anchor.concealed], direction)

    def _to_block(self, lines: Sequence[int], direction: int) -> None:
        """To the next of these lines, which becomes the top of the pane."""
        at = next_in(lines, self._line(), direction, wrap=False)
        if at is not None:
            row = self._wrapped.row_of(at)
            self._put_cursor(row)
            self.scroll_to(y=max(row - 1, 0), animate=False, force=True)

    def action_fold(self) -> None:
        """Fold the block at the cursor, or open it."""
        at = bisect_right(self._document.anchors, self._line(), key=lambda anchor: anchor.line) - 1
        if at >= 0 and self._document.anchors[at].folds:
            self._folded_blocks ^= {at}
            self._fold()
            self._put_cursor(self._wrapped.row_of(self._document.anchors[at].line))

    def action_hit_here(self, direction: int) -> None:
        line = self._hits.next_line(self._whole_line(), direction)
        if line is not None:
            self._show_line(line)

    def action_follow(self) -> None:
        anchor, line = self.block(), self._line()
        inside = self._follows_values and line < len(self._document.lines) and (anchor is None or anchor.line != line)
        values = values_of(self._document.lines[line].text) if inside else ()
        if values:
            self.post_message(self.ValuesFollowed(values))
        elif anchor is not None and anchor.step is not None:
            self.post_message(self.Followed(anchor.step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "change":
            return any(anchor.change for anchor in self._document.anchors)
        if action == "concealed":
            return any(anchor.concealed for anchor in self._document.anchors)
        if action == "fold":
            return any(anchor.folds for anchor in self._document.anchors)
        if action == "hit_here":
            return parameters[0] in (1, -1) and self._hits.next_line(self._whole_line(), int(parameters[0])) is not None
        if action == "follow":
            return self._follows_values or any(anchor.step is not None for anchor in self._document.anchors)
        return True

    @property
    def text_width(self) -> int:
        """Cells for a line of text."""
        return max(self.scrollable_content_region.width - _GUTTER, 8)

    def _lay_out(self) -> None:
        self._wrapped = Wrapped(self._document, self.text_width)
        self.set_row_count(len(self._wrapped))
        self._repaint()

    def _repaint(self) -> None:
        self._strips.clear()
        self.refresh()

    def _put_cursor(self, row: int, margin: int = 0) -> None:
        self.cursor = row
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor - margin < top:
            self.scroll_to(y=max(self.cursor - margin, 0), animate=False, force=True)
        elif self.cursor + margin >= top + height:
            self.scroll_to(y=self.cursor + margin - height + 1, animate=False, force=True)
