"""What the screens share that list what a source holds: one row each, words leave some of them, Enter opens one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.message import Message
from textual.screen import Screen

from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.row_list import RowList

Item = TypeVar("Item")


class ItemList(RowList, Generic[Item]):
    """Rows of items. Subclasses make the row of one, and open the one that is chosen."""

    class Moved(Message):
        """The cursor stands on another item, or on none."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Sequence[Item] = ()

    def show(self, items: Sequence[Item]) -> None:
        """The same place in the list stays under the cursor, unless it is gone."""
        self._shown = items
        self.rows_changed()
        self.put_cursor(self.cursor)
        self.moved()

    @property
    def item(self) -> Item | None:
        """The one under the cursor."""
        return self._shown[self.cursor] if self._shown else None

    def moved(self) -> None:
        self.post_message(self.Moved())

    def row_count(self) -> int:
        return len(self._shown)


class FilteredScreen(Screen[None]):
    """Subclasses hold one `ItemList` and a `PromptLine`, and show the items that hold `self.words`."""

    SOUGHT_IN: ClassVar[str]
    """Where the words are sought, as the prompt tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.filter_text = ""

    @property
    def words(self) -> list[str]:
        return self.filter_text.lower().split()

    def show_items(self) -> None:
        """Show those that hold the words, and how many they are."""
        raise NotImplementedError

    def action_choose(self) -> None:
        self.query_one(RowList).chosen()

    def action_filter(self) -> None:
        self.query_one(PromptLine).ask("filter", "/", self.filter_text, self.SOUGHT_IN)

    def action_unfilter(self) -> None:
        self.filter_text = ""
        self.show_items()

    @on(PromptLine.Changed)
    def _filter_as_typed(self, event: PromptLine.Changed) -> None:
        self.filter_text = event.text
        self.show_items()

    @on(PromptLine.Answered)
    @on(PromptLine.Cancelled)
    def _focus_back(self) -> None:
        self.query_one(RowList).focus()

    def action_leave(self) -> None:
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc and q go back to all items; from there q leaves."""
        if action in ("unfilter", "leave"):
            return bool(self.filter_text) == (action == "unfilter")
        return super().check_action(action, parameters)
