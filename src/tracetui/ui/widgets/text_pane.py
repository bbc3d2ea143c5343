"""A pane of text of any size: wraps at its width, paints only what is visible, and has a cursor row."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.ui.document import Anchor, Document, Wrapped
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import content, shown
from tracetui.ui.widgets.painting import paint

_EMPTY = Document()
_GUTTER = 2


class TextPane(ScrollView, can_focus=True):
    """Shows a `Document`."""

    DEFAULT_CSS = """
    TextPane {
        width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        background: $background; color: $foreground;
        & > .text-pane--cursor { background: $cursor-quiet; }
        &:focus > .text-pane--cursor { background: $cursor; }
    }
    """
    COMPONENT_CLASSES = {"text-pane--cursor"}
    BINDINGS = [
        Binding("j,down", "move(1)", "down", show=False, id="text.down", tooltip="Next line"),
        Binding("k,up", "move(-1)", "up", show=False, id="text.up", tooltip="Previous line"),
        Binding(
            "ctrl+d,pagedown", "page(0.5)", "half down", show=False, id="text.half-down", tooltip="Half a page down"
        ),
        Binding("ctrl+u,pageup", "page(-0.5)", "half up", show=False, id="text.half-up", tooltip="Half a page up"),
        Binding("space", "page(1)", "page down", show=False, id="text.page-down", tooltip="A page down"),
        Binding("g,home", "top", "top", show=False, id="text.top", tooltip="First line"),
        Binding("G,end", "bottom", "end", show=False, id="text.bottom", tooltip="Last line"),
        Binding(
            "left_curly_bracket",
            "change(-1)",
            "previous change",
            show=False,
            id="text.previous-change",
            tooltip="Previous new, changed or dropped message",
        ),
        Binding(
            "right_curly_bracket",
            "change(1)",
            "changes",
            key_display="{ }",
            id="text.next-change",
            tooltip="Next new, changed or dropped message",
        ),
        Binding("enter", "follow", "its step", id="text.follow", tooltip="Go to the step that this block came from"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that keys act on."""

    @dataclass
    class Followed(Message):
        """Enter on a block that came from a step."""

        step: int

    def __init__(self) -> None:
        super().__init__()
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
        self._document = document
        self._needles = tuple((shown(needle), style) for needle, style in needles)
        self._lay_out()
        self._put_cursor(self._wrapped.row_of(line) if keep_place else 0)
        if not keep_place:
            self.scroll_to(y=0, animate=False, force=True)

    def mark(self, needles: tuple[tuple[str, str], ...]) -> None:
        """Change what is styled, and nothing else."""
        self._needles = tuple((shown(needle), style) for needle, style in needles)
        self._repaint()

    def show_first(self, needle: str) -> None:
        """Put the cursor on the first line at or after it that holds `needle`, wrapping round once."""
        needle = shown(needle).casefold()
        lines = self._document.lines
        here = self._wrapped.line_at(self.cursor) if len(self._wrapped) else 0
        order = [*range(here, len(lines)), *range(here)]
        found = next((at for at in order if needle in lines[at].text.casefold()), None)
        if found is not None:
            self._put_cursor(self._wrapped.row_of(found), margin=3)

    def block(self) -> Anchor | None:
        """The block that the cursor is in."""
        return self._document.anchor_of(self._wrapped.line_at(self.cursor)) if len(self._wrapped) else None

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

    def render_line(self, y: int) -> Strip:
        row, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if row >= len(self._wrapped):
            return paint(self, content(), width)
        key = row, row == self.cursor
        if key not in self._strips:
            self._strips[key] = self._strip(*key, width)
        return self._strips[key]

    def _strip(self, row: int, at_cursor: bool, width: int) -> Strip:
        gutter = content((GLYPHS.cursor.ljust(_GUTTER), "$key")) if at_cursor else content(" " * _GUTTER)
        body = gutter + self._wrapped.row(row, self._needles)
        return paint(self, body, width, *(("text-pane--cursor",) if at_cursor else ()))

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self, event: events.Resize) -> None:
        width = self._text_width()
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
        here = self._wrapped.line_at(self.cursor) if len(self._wrapped) else 0
        changes = [anchor.line for anchor in self._document.anchors if anchor.change]
        ahead = [at for at in changes if at > here] if direction > 0 else [at for at in reversed(changes) if at < here]
        if ahead:
            row = self._wrapped.row_of(ahead[0])
            self._put_cursor(row)
            self.scroll_to(y=max(row - 1, 0), animate=False, force=True)

    def action_follow(self) -> None:
        anchor = self.block()
        if anchor is not None and anchor.step is not None:
            self.post_message(self.Followed(anchor.step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "change":
            return any(anchor.change for anchor in self._document.anchors)
        if action == "follow":
            return any(anchor.step is not None for anchor in self._document.anchors)
        return True

    def _text_width(self) -> int:
        # The scrollbar's column is kept free, so that its coming and going does not wrap the text anew.
        bar = 0 if self.show_vertical_scrollbar else self.styles.scrollbar_size_vertical
        return max(self.scrollable_content_region.width - bar - _GUTTER, 8)

    def _lay_out(self) -> None:
        self._wrapped = Wrapped(self._document, self._text_width())
        self.virtual_size = Size(0, len(self._wrapped))
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
