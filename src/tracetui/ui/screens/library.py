"""The library: past incidents with search and likeness, what they say together, their actions, and recent traces."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen

from tracetui.errors import TracetuiError
from tracetui.store.actions import Action, actions
from tracetui.store.incidents import Store, Summary
from tracetui.store.library import read_library
from tracetui.store.likeness import most_similar
from tracetui.store.stats import Stats, stats
from tracetui.ui import figures
from tracetui.ui.background import in_background
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.library_figures import actions_page, figures_page
from tracetui.ui.library_rows import LibraryRow, library_rows, row_content, similar_rows
from tracetui.ui.present import KEY, QUIET, WARN, content, line
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.row_list import RowList
from tracetui.ui.widgets.text_pane import TextPane
from tracetui.ui.widgets.told_lines import ToldLine


class Shelf(msgspec.Struct, frozen=True):
    """All that the library shows, read in a thread."""

    summaries: tuple[Summary, ...] = ()
    stats: Stats | None = None
    actions: tuple[Action, ...] = ()
    problem: str = ""


class LibraryList(RowList):
    """Rows of `LibraryRow`."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[LibraryRow] = ()

    def show(self, rows: Sequence[LibraryRow]) -> None:
        self.rows = rows
        self.rows_changed()
        self.put_cursor(0)

    @property
    def at_cursor(self) -> LibraryRow | None:
        return self.rows[self.cursor] if self.rows else None

    def row_count(self) -> int:
        return len(self.rows)

    def when_empty(self) -> str:
        return f"nothing holds these words; {key_of('library.everything', 'escape')} shows everything"

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return row_content(self.rows[position], width)

    def moved(self) -> None:
        self.screen.refresh_bindings()

    def chosen(self) -> None:
        if isinstance(self.screen, LibraryScreen):
            self.screen.action_choose()


class LibraryScreen(Screen[None]):
    HELP = (
        "Past incidents, the newest first, then traces that were opened lately. A new failure is often an old "
        "one: search, or look for what is like it."
    )
    BINDINGS = [
        Binding(
            "enter", "choose", "open", id="library.open", tooltip="An incident's postmortem over its trace; a trace"
        ),
        Binding("slash,f", "search", "search", id="library.search", tooltip="Incidents that hold these words"),
        Binding("l", "similar", "like it", id="library.similar", tooltip="Incidents like this one, with the reasons"),
        Binding(
            "s", "page('figures')", "figures", id="library.figures", tooltip="Modes over time, what recurs, owners"
        ),
        Binding("a", "page('actions')", "actions", id="library.actions", tooltip="Open actions, the overdue first"),
        Binding("escape,q", "everything", "back", id="library.everything", tooltip="The whole list again"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
        Binding("q", "leave", "quit", id="app.quit", tooltip="Quit"),
    ]
    DEFAULT_CSS = "LibraryScreen > .head { height: 1; background: $bar; padding: 0 1; }"

    def __init__(self, store: Store, recent: Sequence[str]) -> None:
        """`recent`: paths of traces that were opened lately, the latest first."""
        super().__init__()
        self._store = store
        self._recent = recent
        self._shelf = Shelf()
        self._asked = 0
        self._page = ""
        self._narrowed = False

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        yield LibraryList()
        yield TextPane()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(TextPane).display = False
        self.query_one(LibraryList).focus()

    def on_screen_resume(self) -> None:
        """Also on return from an incident, which may have changed."""
        store = self._store
        in_background(self, lambda: read_shelf(store, date.today()), self._read)

    def on_resize(self) -> None:
        if self._page:
            self.action_page(self._page)

    def _read(self, shelf: Shelf) -> None:
        if shelf == self._shelf and self.query_one(LibraryList).rows:
            return
        self._shelf = shelf
        if not self.query_one(PromptLine).is_asking:
            self.action_everything()
        elif not self._narrowed:
            # What is being typed goes on, over what has come in.
            self.query_one(LibraryList).show(library_rows(shelf.summaries, self._recent))
            self._tell()

    def _tell(self, what: str = "") -> None:
        self._narrowed = bool(what)
        shelf, late = self._shelf, sum(action.overdue for action in self._shelf.actions)
        told = what or figures.plural(len(shelf.summaries), "incident")
        overdue = f" {GLYPHS.dot} {figures.plural(late, 'action')} overdue" if late else ""
        self.query_one(".head", ToldLine).tell(
            content(("tracetui ", f"bold {KEY}"), (f"library   {told}", QUIET), (overdue or shelf.problem, WARN))
        )
        self.refresh_bindings()

    def _show_page(self, name: str) -> None:
        self._page = name
        rows, pane = self.query_one(LibraryList), self.query_one(TextPane)
        rows.display, pane.display = not name, bool(name)
        (pane if name else rows).focus()

    def action_everything(self) -> None:
        self._asked += 1
        self._narrowed = False
        self._show_page("")
        self.query_one(LibraryList).show(library_rows(self._shelf.summaries, self._recent))
        self._tell()

    def action_page(self, name: str) -> None:
        shelf = self._shelf
        if shelf.stats is not None:
            page = figures_page(shelf.stats, self.size.width) if name == "figures" else actions_page(shelf.actions)
            self.query_one(TextPane).show(page)
            self._show_page(name)
            self._tell()

    def action_search(self) -> None:
        self._show_page("")
        self.query_one(PromptLine).ask("search", "/", "", "words of an incident, or of a path")

    @on(PromptLine.Changed)
    def _search_as_typed(self, event: PromptLine.Changed) -> None:
        self._asked += 1
        if not event.text.strip():
            self.query_one(LibraryList).show(library_rows(self._shelf.summaries, self._recent))
            return
        asked, words, store = self._asked, event.text, self._store
        in_background(
            self, lambda: found_rows(store, words, self._recent), lambda rows: self._found(asked, words, rows)
        )

    def _found(self, asked: int, words: str, rows: Sequence[LibraryRow]) -> None:
        if asked == self._asked:
            self.query_one(LibraryList).show(rows)
            self._tell(f"{len(rows)} with {GLYPHS.open_quote}{words}{GLYPHS.close_quote}")

    @on(PromptLine.Answered)
    def _keep_found(self) -> None:
        self.query_one(LibraryList).focus()

    @on(PromptLine.Cancelled)
    def _forget_found(self) -> None:
        self.action_everything()

    def action_similar(self) -> None:
        row = self.query_one(LibraryList).at_cursor
        if row is not None and row.kind == "incident":
            self._asked += 1
            asked, store, summaries = self._asked, self._store, self._shelf.summaries
            told = f"like {row.key}"
            in_background(
                self, lambda: like_rows(store, row.key, summaries), lambda rows: self._found_like(asked, told, rows)
            )

    def _found_like(self, asked: int, told: str, rows: Sequence[LibraryRow]) -> None:
        if asked == self._asked:
            self.query_one(LibraryList).show(rows)
            self._tell(f"{figures.plural(len(rows), 'incident')} {told}")

    def action_choose(self) -> None:
        from tracetui.ui.app import TracetuiApp

        row = self.query_one(LibraryList).at_cursor
        if row is None or not isinstance(self.app, TracetuiApp):
            return
        if row.kind == "tutorial":
            self.app.leave_for_tutorial()
        elif row.kind != "incident":
            self.app.open_path(row.key)
        elif row.summary is not None and not row.summary.problem:
            path = row.summary.trace_path
            if os.path.exists(path):
                self.app.open_path(path, session=row.summary.session_id, incident_id=row.key)
            else:
                why = f"its trace is not at {path or 'a known place'}; `tracetui postmortem show {row.key}` prints it"
                self.notify(line(why), severity="warning", markup=False, timeout=8)

    def action_leave(self) -> None:
        self.app.exit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        row = self.query_one(LibraryList).at_cursor if self.is_mounted else None
        is_inside = bool(self._page) or self._narrowed
        answers = {
            "choose": not self._page and row is not None,
            "similar": not self._page and row is not None and row.kind == "incident",
            "everything": is_inside,
            "leave": not is_inside,
            "page": bool(self._shelf.summaries),
        }
        return answers.get(action, True)


def read_shelf(store: Store, today: date) -> Shelf:
    """Everything in a store; its problem where it cannot be read."""
    try:
        library = read_library(store)
        unreadable = f"   {len(library.problems)} unreadable" if library.problems else ""
        found = library.incidents
        return Shelf(store.list(), stats(found, today=today), actions(found, today=today), unreadable)
    except TracetuiError as problem:
        return Shelf(problem=f"   {problem.message}")


def found_rows(store: Store, words: str, recent: Sequence[str]) -> tuple[LibraryRow, ...]:
    """Incidents that hold the words, best first, with the place; then traces by their path."""
    from tracetui.store.index import Index  # loads sqlite3

    try:
        hits = Index(store).search(words)
    except TracetuiError:
        hits = ()
    rows = [LibraryRow(kind="incident", key=hit.summary.id, summary=hit.summary, note=hit.excerpt) for hit in hits]
    return (*rows, *library_rows((), recent, words))


def like_rows(store: Store, incident_id: str, summaries: Sequence[Summary]) -> tuple[LibraryRow, ...]:
    """Incidents like one of them."""
    from tracetui.store.index import Index  # loads sqlite3

    try:
        known = Index(store).likenesses()
    except TracetuiError:
        return ()
    wanted = known.pop(incident_id, None)
    return similar_rows(most_similar(wanted, known, limit=10), summaries) if wanted is not None else ()
