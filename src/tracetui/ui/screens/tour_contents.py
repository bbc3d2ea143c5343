"""All pages of a tour: their order, their titles, what the presenter wants to say, and which are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tracetui.tour.pages import Page
from tracetui.ui import present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import KEY, QUIET, STRONG, content
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.row_list import RowList


class PageList(RowList):
    """Rows of pages."""

    @dataclass
    class Selected(Message):
        """Enter on a page."""

    def __init__(self, pages: Sequence[Page]) -> None:
        super().__init__()
        self.pages = list(pages)

    def row_count(self) -> int:
        return len(self.pages)

    def row(self, position: int, *, current: bool, width: int) -> Content:
        page = self.pages[position]
        number = sum(not earlier.hidden for earlier in self.pages[: position + 1])
        mark = (GLYPHS.cursor if current else " ", KEY)
        place = ("    hidden " if page.hidden else f"{number:>4}  ", QUIET)
        title = (page.title, QUIET if page.hidden else STRONG if current else "")
        # The room may be looking on: that there are notes, never what they say.
        notes = (f"   {GLYPHS.dot} notes" if page.notes else "", QUIET)
        return present.elide(content(mark, place, title, notes), width)

    def chosen(self) -> None:
        self.post_message(self.Selected())


class TourContentsScreen(Screen[tuple[Sequence[Page], str]]):
    """Dismissed with the pages as they are arranged now, and the id of the page under the cursor."""

    HELP = (
        "The pages of the walkthrough in their order, with what is hidden and your notes. What you change is "
        "kept with the incident."
    )
    BINDINGS = [
        Binding("enter", "choose", "show it", id="pages.open", tooltip="Go on from this page"),
        Binding("J", "shift(1)", "later", id="pages.later", tooltip="Move this page towards the end"),
        Binding("K", "shift(-1)", "earlier", id="pages.earlier", tooltip="Move this page towards the beginning"),
        Binding("h", "hide", "hide", id="pages.hide", tooltip="Leave this page out, or take it in again"),
        Binding("r", "rename", "rename", id="pages.rename", tooltip="Another title for this page"),
        Binding(
            "n", "say", "notes", id="pages.notes", tooltip="What you want to say; shown in the second terminal only"
        ),
        Binding("q,escape,t", "leave", "back", id="pages.back", tooltip="Back to the page; the order is kept"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    ]
    DEFAULT_CSS = """
    TourContentsScreen > .head { height: 2; padding: 0 1; color: $quiet; }
    """

    def __init__(self, pages: Sequence[Page], current: str) -> None:
        super().__init__()
        self._first = pages
        self._current = current

    def compose(self) -> ComposeResult:
        told = "the pages of the walkthrough, in the order in which they are shown"
        yield Static(content((told, QUIET)), classes="head", markup=False)
        yield PageList(self._first)
        yield PromptLine()
        yield KeyBar()

    @property
    def list(self) -> PageList:
        return self.query_one(PageList)

    def on_mount(self) -> None:
        self.list.focus()
        self.list.put_cursor(next((at for at, page in enumerate(self._first) if page.id == self._current), 0))

    @on(PageList.Selected)
    def action_choose(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        self.dismiss((tuple(self.list.pages), self.list.pages[self.list.cursor].id))

    def action_shift(self, places: int) -> None:
        pages, at = self.list.pages, self.list.cursor
        other = at + places
        if 0 <= other < len(pages):
            pages[at], pages[other] = pages[other], pages[at]
            self.list.rows_changed()
            self.list.put_cursor(other)

    def action_hide(self) -> None:
        page = self.list.pages[self.list.cursor]
        self._put(replace(page, hidden=not page.hidden))

    def action_rename(self) -> None:
        self.query_one(PromptLine).ask("title", "title", self.list.pages[self.list.cursor].title)

    def action_say(self) -> None:
        self.query_one(PromptLine).ask("notes", "to say", self.list.pages[self.list.cursor].notes)

    @on(PromptLine.Answered)
    def _take(self, event: PromptLine.Answered) -> None:
        self.list.focus()
        page, text = self.list.pages[self.list.cursor], event.text.strip()
        if event.kind == "notes":
            self._put(replace(page, notes=text))
        elif text:
            self._put(replace(page, title=text))

    @on(PromptLine.Cancelled)
    def _leave_as_it_is(self) -> None:
        self.list.focus()

    def _put(self, page: Page) -> None:
        self.list.pages[self.list.cursor] = page
        self.list.rows_changed()
