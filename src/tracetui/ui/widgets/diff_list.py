"""The list of a comparison: pairs of steps, of any number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message

from tracetui.ui import diff_rows
from tracetui.ui.compared import Compared
from tracetui.ui.diff_folds import Fold, folds
from tracetui.ui.diff_rows import TWO_COLUMNS, Line
from tracetui.ui.widgets.row_list import RowList


class DiffList(RowList):
    """Lists the pairs of a comparison whose kind is not hidden."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another pair."""

        pair: int

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DiffList.Highlighted)

    @dataclass
    class Selected(Message):
        """A second click on a pair."""

    def __init__(self) -> None:
        super().__init__()
        self._compared: Compared | None = None
        self._positions: Sequence[int] = ()
        self._unfolded: set[int] = set()
        """First pairs of the equal stretches that are shown in full."""
        self._folds: Sequence[Fold] = ()
        self._lines: list[Line] = []
        self._in_columns = False

    @property
    def pair(self) -> int | None:
        """Position in the alignment of the pair under the cursor."""
        return self._lines[self.cursor].pair if self._lines else None

    @property
    def fold(self) -> Fold | None:
        """The equal stretch that the line under the cursor stands for."""
        return self._lines[self.cursor].fold if self._lines else None

    @property
    def is_of_good(self) -> bool:
        """Whether the line under the cursor shows the good run's step alone."""
        line = self._lines[self.cursor] if self._lines else None
        if line is None or line.fold is not None or self._compared is None:
            return False
        return line.side == "good" or self._compared.pairs[line.pair].bad is None

    @property
    def listed(self) -> Sequence[int]:
        """Positions of the pairs that have a line, ascending; of a fold that of its first pair."""
        return list(dict.fromkeys(line.pair for line in self._lines))

    def show(self, compared: Compared, hidden: frozenset[str]) -> None:
        """Show the pairs that are not hidden; the cursor stays at its pair or goes to the nearest after it."""
        here = self.pair
        if compared is not self._compared:
            self._unfolded.clear()
        self._compared, self._positions = compared, compared.listed(hidden)
        self._folds = list(folds(compared, self._positions))
        self._show_lines(here or 0)

    def fold_here(self) -> None:
        """Unfold the stretch under the cursor, or fold the one that it stands in."""
        here = self.pair
        if self._compared is None or here is None:
            return
        for fold in self._folds:
            if fold.first <= here <= fold.last:
                self._unfolded ^= {fold.first}
                self._show_lines(here if fold.first in self._unfolded else fold.first)

    def fold_all(self) -> None:
        """Fold every stretch, or unfold all where none is unfolded."""
        if self._compared is not None:
            self._unfolded = set() if self._unfolded else {fold.first for fold in self._folds}
            self._show_lines(self.pair or 0)

    def _show_lines(self, here: int) -> None:
        self._lay_out()
        self.rows_changed()
        self.go_to(here)
        self.moved()

    def go_to(self, pair: int, *, centred: bool = False) -> None:
        """Put the cursor on a pair, or the nearest listed after it."""
        self.put_cursor(bisect_left(self._lines, pair, key=lambda line: line.last))
        if centred:
            self.scroll_to(y=max(self.cursor - self.size.height // 2, 0), animate=False, force=True)

    def row_count(self) -> int:
        return len(self._lines)

    def when_empty(self) -> str:
        return "comparing" if self._compared is None else "every kind of pair is hidden; + shows them"

    def row(self, position: int, *, current: bool, width: int) -> Content:
        assert self._compared is not None
        return diff_rows.row(self._compared, self._lines[position], current=current, width=width)

    def to_number(self, number: int) -> None:
        """Go to the step of the bad run with this number, or the next one."""
        if self._compared is not None:
            named, pairs = self._compared.number, self._compared.pairs
            found = (at for at in self._positions if (bad := pairs[at].bad) is not None and named(bad) >= number)
            at = next(found, len(pairs))
            self.go_to(at)
            if (fold := self.fold) is not None and fold.first < at <= fold.last:
                self.fold_here()
                self.go_to(at)

    def moved(self) -> None:
        if self.pair is not None:
            self.post_message(self.Highlighted(self.pair))

    def chosen(self) -> None:
        self.post_message(self.Selected())

    def on_resize(self) -> None:
        here = self.pair
        if self._in_columns != (self.scrollable_content_region.width >= TWO_COLUMNS):
            self._lay_out()
        super().on_resize()
        if here is not None:
            self.go_to(here)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._in_columns = width >= TWO_COLUMNS
        if self._compared is not None:
            closed = (fold for fold in self._folds if fold.first not in self._unfolded)
            self._lines = diff_rows.lines_of(self._compared, self._positions, width, closed)
