"""The sessions of a source that holds several, or of a folder: one row each, with the verdict as it becomes known."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tracetui.analysis.findings import Triage
from tracetui.analysis.triage import triage
from tracetui.analysis.verdict import recurring
from tracetui.model import Session
from tracetui.ui import figures
from tracetui.ui.apart import Tell, UnwantedError
from tracetui.ui.background import in_background, in_child
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.loading import Loaded, is_long, what_came
from tracetui.ui.present import QUIET, STRONG, WARN, content, elide_start, line
from tracetui.ui.screens.filtered import FilteredScreen, ItemList
from tracetui.ui.session_rows import ORDERS, Listed, Table
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.told_lines import ToldLine

_GLANCE_SECONDS = 3.0
_TOLD_CELLS = 50
"""Kept free beside the path for the counts."""


class SessionList(ItemList[Listed]):
    """Rows of `Listed`."""

    @dataclass
    class Selected(Message):
        listed: Listed

    def __init__(self) -> None:
        super().__init__()
        self._table: Table | None = None

    def rows_changed(self) -> None:
        self._table = None
        super().rows_changed()

    def table(self, width: int) -> Table:
        """The columns at a width."""
        if self._table is None or self._table.width != width:
            self._table = Table(self._shown, width)
        return self._table

    def when_empty(self) -> str:
        return f"no session holds these words; {key_of('session.unfilter', 'escape')} shows all"

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return self.table(width).row(self._shown[position], current=current, width=width)

    def chosen(self) -> None:
        if self.item is not None:
            self.post_message(self.Selected(self.item))


class ColumnNames(Static):
    DEFAULT_CSS = "ColumnNames { height: 1; background: $background; }"

    def render(self) -> Content:
        # One cell is the list's scrollbar.
        return self.screen.query_one(SessionList).table(self.size.width - 1).heading()


class SessionsScreen(FilteredScreen):
    HELP = (
        "The sessions of this source, one row each; the verdict of each comes as it is worked out. Below the list: what "
        "the session under the cursor was asked."
    )
    SOUGHT_IN = "words in the request, id, agent, file or verdict"
    BINDINGS = [
        Binding("enter", "choose", "open", id="session.open", tooltip="Open this session in the debugger"),
        Binding("slash,f", "filter", "filter", id="session.filter", tooltip="Only sessions that hold these words"),
        Binding("s", "sort", "sort", id="session.sort", tooltip="By flags, cost, tokens, time, duration, file order"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
        Binding("q", "leave", "quit", id="screen.leave", tooltip="Leave the list; quits where nothing is below it"),
        Binding("escape,q", "unfilter", "all", id="session.unfilter", tooltip="All sessions again"),
    ]
    DEFAULT_CSS = """
    SessionsScreen > .head, SessionsScreen > .asked { height: 1; background: $bar; padding: 0 1; }
    SessionsScreen > .asked { background: $background; }
    """

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._loaded = loaded
        self._listed = [loaded.listed(trace, session) for trace, session in loaded.sessions]
        self._order = 0
        self._came = ""

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        yield ColumnNames()
        yield SessionList()
        yield ToldLine(classes="asked")
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(SessionList).focus()
        self.show_items()
        self._analyse()
        self.set_interval(_GLANCE_SECONDS, self._glance)

    def _glance(self) -> None:
        if self.is_active:
            in_background(self, lambda: what_came(self._loaded), self._tell_came)

    def _tell_came(self, came: str) -> None:
        if came != self._came:
            self._came = came
            self.show_items()

    def put_in(self, before: Session, opened: Opened) -> None:
        """What is known of a session now, which was listed as `before`."""
        for position, listed in enumerate(self._listed):
            if listed.session is before:
                self._listed[position] = Listed(opened.trace, opened.session, opened.facts, triage=opened.triage)
        self.show_items()

    def _analyse(self) -> None:
        """One session after the other, each shown as soon as it is known."""
        sessions, policy = [listed.session for listed in self._listed], self._loaded.policy

        def work(tell: Tell) -> None:
            for position, session in enumerate(sessions):
                if not tell((position, triage(session, policy=policy))):
                    raise UnwantedError

        long = is_long(*(session.steps for session in sessions))
        in_child(self, work, lambda _: self._tell_recurring(), apart=long, hear=self._analysed)

    def _analysed(self, known: tuple[int, Triage]) -> None:
        position, found = known
        if self._listed[position].triage is not None:  # it was opened, and may have grown, meanwhile
            return
        self._listed[position] = msgspec.structs.replace(self._listed[position], triage=found)
        self.show_items()

    def _tell_recurring(self) -> None:
        """Once all are known, what occurs in more than one is escalated."""
        triages = recurring([listed.triage for listed in self._listed if listed.triage is not None])
        if len(triages) == len(self._listed):
            pairs = zip(self._listed, triages, strict=True)
            self._listed = [msgspec.structs.replace(listed, triage=found) for listed, found in pairs]
            self.show_items()

    def show_items(self) -> None:
        words = self.words
        shown = [listed for listed in self._listed if listed.holds(words)]
        shown.sort(key=ORDERS[self._order].key)
        self.query_one(SessionList).show(shown)
        self.query_one(ColumnNames).refresh()
        self._tell(len(shown))

    def _tell(self, shown: int) -> None:
        loaded, everything = self._loaded, len(self._listed)
        count = (
            figures.plural(everything, "session") if shown == everything else f"{shown:,} of {everything:,} sessions"
        )
        came = f" {GLYPHS.dot} {self._came}: open it again" if self._came else ""
        room = max(self.size.width - _TOLD_CELLS - len(came), 20)
        pieces = [(elide_start(line(loaded.path), room), STRONG), (f"   {count}", QUIET)]
        pieces.append((f" {GLYPHS.dot} {figures.plural(len(loaded.traces), 'file')}", QUIET))
        pieces.append((f" {GLYPHS.dot} by {ORDERS[self._order].name}", QUIET))
        if loaded.problems:
            pieces.append((f" {GLYPHS.dot} {figures.plural(len(loaded.problems), 'file')} unread", WARN))
        pieces.append((came, WARN))
        self.query_one(".head", ToldLine).tell(content(*pieces))

    @on(SessionList.Moved)
    def _tell_what_was_asked(self) -> None:
        current = self.query_one(SessionList).item
        told = content(("asked  ", QUIET), current.asked) if current is not None and current.asked else content("")
        self.query_one(".asked", ToldLine).tell(told)

    @on(SessionList.Selected)
    def _open(self, event: SessionList.Selected) -> None:
        from tracetui.ui.app import TracetuiApp

        assert isinstance(self.app, TracetuiApp)
        self.app.open_session(event.listed.trace, event.listed.session, triage=event.listed.triage)

    def action_sort(self) -> None:
        self._order = (self._order + 1) % len(ORDERS)
        self.show_items()
