"""The messages of a prompt of any length, one row each: read when they come into view."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message as TextualMessage

from tracetui.errors import TracetuiError
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.parts import characters_of
from tracetui.ui import figures
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.pages.context_head import SIGNS
from tracetui.ui.present import BAD, FOUND, KEY, QUIET, STRONG, around, content, said, spread
from tracetui.ui.widgets.row_list import RowList

_ROLE_CELLS = 10


class MessageList(RowList):
    """Tells the screen where the cursor went."""

    class Moved(TextualMessage):
        """The cursor stands on another message."""

    class Chosen(TextualMessage):
        """The message under the cursor is to be read."""

    def __init__(self) -> None:
        super().__init__()
        self.prompt: PromptByPlace | None = None
        self.found = ""
        """The text searched for."""
        self._empty = ""

    def show(self, prompt: PromptByPlace) -> None:
        """From its end, where what is new stands."""
        self.prompt = prompt
        self.rows_changed()
        self.put_cursor(len(prompt) - 1)

    def say(self, empty: str) -> None:
        """What stands there while there is no prompt."""
        self._empty = empty
        self.rows_changed()

    def when_empty(self) -> str:
        return self._empty

    def row_count(self) -> int:
        return len(self.prompt) if self.prompt is not None else 0

    def row(self, position: int, *, current: bool, width: int) -> Content:
        assert self.prompt is not None
        cells = len(f"{len(self.prompt):,}")
        number = (f"{position + 1:,}".rjust(cells), STRONG if current else QUIET)
        left = content((GLYPHS.cursor if current else " ", KEY), number, " ")
        try:
            placed = self.prompt[position]
        except TracetuiError as problem:
            return spread(left + content((problem.message, BAD)), content(), width)
        sign = SIGNS["new" if placed.is_new else "kept"]
        left += content((f"{sign.letter} ", f"bold {sign.style}"), (placed.message.role.ljust(_ROLE_CELLS), KEY))
        tokens = self.prompt.scale.tokens(characters_of(placed.message))
        line = f"  line {placed.line + 1:,}" if placed.line is not None else ""
        right = content((f"~{figures.tokens(tokens)} tok{line}", QUIET))
        room = max(width - left.cell_length - right.cell_length - 1, 0)
        words = content(said(placed.message))
        return spread(left + around(words, [(self.found, FOUND)] if self.found else [], room), right, width)

    def moved(self) -> None:
        self.post_message(self.Moved())

    def chosen(self) -> None:
        self.post_message(self.Chosen())
