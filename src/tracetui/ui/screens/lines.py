"""A session trace too large to read whole, or one that still grows: its lines, and the debugger around any of them."""

from __future__ import annotations

from datetime import UTC, datetime

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tracetui.errors import TracetuiError
from tracetui.ingest.line_file import LineFile, Piece
from tracetui.model import Session
from tracetui.ui import figures
from tracetui.ui.background import in_background
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.loading import Loaded, load_around
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN, content, elide_start, line
from tracetui.ui.screens.whole import WholeFileScreen
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.line_list import END, LineList
from tracetui.ui.widgets.prompt_line import PromptLine

_FIRST_BYTES = 1 << 20
"""Read before the first screen."""
_STEP_BYTES = 32 << 20
"""Read at a time afterwards, in a thread."""
_LOOK_SECONDS = 0.5
_PATH_CELLS = 8
"""Of the path at least so much is shown."""


class LinesScreen(WholeFileScreen):
    BINDINGS = [
        Binding("enter", "open_here", "debug here", id="lines.open", tooltip="Debug the steps around this line"),
        Binding(
            "w", "whole", "whole file", id="lines.whole", tooltip="Read the whole file, for its verdict; Esc stops"
        ),
        Binding("slash", "search", "search", id="find.text", tooltip="Find text in the file, from this line on"),
        Binding("n", "next_hit", "next hit", id="find.next", tooltip="Next line that holds the text"),
        Binding("F", "follow", "follow", id="lines.follow", tooltip="Show lines as they are appended, or stop that"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
        Binding("q", "leave", "quit", id="screen.leave", tooltip="Leave the file; quits where nothing is below it"),
        Binding(
            "escape", "stop", "stop", show=False, id="lines.stop", tooltip="Stop the search, or reading the whole file"
        ),
    ]
    DEFAULT_CSS = "LinesScreen > .head { height: 1; background: $bar; padding: 0 1; }"

    def __init__(self, file: LineFile, *, number: int | None = None, follow: bool = False) -> None:
        """`number`: the line to start at, 1-based; `follow`: start at the end and stay there."""
        super().__init__(file.path)
        self._file, self._following = file, follow
        self._wanted = number - 1 if number is not None else END if follow else None
        self._reading = False
        self._opening = False
        self._search = 0
        self._told = ("", QUIET)
        file.take(file.read_on(_FIRST_BYTES))

    def compose(self) -> ComposeResult:
        yield Static("", classes="head", markup=False)
        yield LineList(self._file)
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self._list.focus()
        self.set_interval(_LOOK_SECONDS, self._look)
        self.tell()
        if self._wanted is not None:
            self.go_to(self._wanted)
        self._read_on()

    @property
    def _list(self) -> LineList:
        return self.query_one(LineList)

    def go_to(self, line: int) -> None:
        """To a line, at once or as soon as the file has been read that far; -1 is the last."""
        self._wanted = line
        if line != END or self._file.done or not self._show_end():
            if self._at_end_only:
                self._list.show(self._file)
            self._go()
        self.tell()

    def _show_end(self) -> bool:
        """The last lines, without their numbers; not where the numbers are about to be known."""
        if self._file.size - self._file.read <= _STEP_BYTES:
            return False
        try:
            end = self._file.ending()
        except TracetuiError:
            return False
        if end is None:
            return False
        self._wanted = None
        self._list.show(end)
        self._list.put_cursor(len(end) - 1)
        return True

    @property
    def _at_end_only(self) -> bool:
        """Whether the last lines are shown, before the file has been read up to them."""
        return self._list.file is not self._file

    def _go(self) -> None:
        if self._wanted is None or self._at_end_only:
            return
        reached = self._file.done or 0 <= self._wanted < self._file.complete
        self._list.put_cursor(self._wanted if 0 <= self._wanted < len(self._file) else len(self._file) - 1)
        if reached:
            self._wanted = None

    def _read_on(self) -> None:
        if not self._reading and not self._file.done:
            self._reading, file = True, self._file
            in_background(self, lambda: file.read_on(_STEP_BYTES), lambda piece: self._have_read(file, piece))

    def _have_read(self, file: LineFile, piece: Piece) -> None:
        self._reading = False
        if file is self._file:
            at_end = self._following and self._list.cursor >= self._list.row_count() - 1
            file.take(piece)
            if piece.done and self._at_end_only:
                self._list.show_same_place(file)
            elif piece.done:
                self._list.rows_changed()
            else:
                self._list.longer()
            self._wanted = END if at_end else self._wanted
            self._go()
            self.tell()
            if piece.done and self._opening:
                self.say("", QUIET)
                self.action_open_here()
        self._read_on()

    def _look(self) -> None:
        """Whether the file is still what was read; only where it is followed."""
        if self.whole is not None:
            self.tell()
        if not self._following or self._reading or not self._file.done:
            return
        change = self._file.change()
        if change == "grown":
            self._file.done = False
            self._read_on()
        elif change != "same":
            self._read_anew(change)

    def _read_anew(self, change: str) -> None:
        try:
            file = LineFile(self._file.path)
        except TracetuiError as problem:
            self.say(line(problem.message), BAD)
            return
        file.take(file.read_on(_FIRST_BYTES))
        self._file = file
        self._list.show(file)
        self._told = (f"{change} at {datetime.now(UTC):%H:%M:%S} UTC, read anew", WARN)
        self._wanted = END
        self._go()
        self.tell()
        self._read_on()

    @on(LineList.Moved)
    def tell(self) -> None:
        """The head: where the cursor is, how much has been read."""
        file, at = self._file, self._list.cursor
        number = GLYPHS.more if self._at_end_only else f"{at + 1:,}"
        pieces = [(f"   line {number} of {len(file):,}{'' if file.done else '+'}", QUIET)]
        pieces.append((f" {GLYPHS.dot} {figures.size(file.read)}", QUIET))
        if not file.done:
            pieces.append((f" {GLYPHS.dot} indexed {100 * file.read // max(file.size, 1)} %", f"bold {KEY}"))
        if self._following:
            pieces.append((f" {GLYPHS.dot} following", GOOD))
        if self.whole is not None:
            pieces.append((f" {GLYPHS.dot} whole file {self.whole.percent} %, esc stops", f"bold {KEY}"))
        if self._told[0]:
            pieces += [(f" {GLYPHS.dot} ", QUIET), self._told]
        told = content(*pieces)
        path = elide_start(line(file.path), max(self.size.width - 2 - told.cell_length, _PATH_CELLS))
        self.query_one(".head", Static).update(content((path, STRONG)) + told)

    def say(self, what: str, style: str) -> None:
        self._told = (what, style)
        self.tell()

    def action_follow(self) -> None:
        self._following = not self._following
        if self._following:
            self.go_to(END)
            self._look()
        self.tell()

    @on(LineList.Wanted)
    def _go_to_wanted(self, event: LineList.Wanted) -> None:
        self.go_to(event.line)

    @on(LineList.Selected)
    def action_open_here(self) -> None:
        self._opening = self._at_end_only
        if self._opening:
            self.say("opens as soon as its number is known", KEY)
        if self._opening or not len(self._file):
            return
        file, at = self._file, self._list.cursor

        def work() -> tuple[Loaded, Session, int] | TracetuiError | None:
            try:
                return load_around(file, at)
            except TracetuiError as problem:
                return problem

        in_background(self, work, self._open)

    def _open(self, found: tuple[Loaded, Session, int] | TracetuiError | None) -> None:
        from tracetui.ui.app import TracetuiApp

        if not self.is_current:
            return
        if found is None or isinstance(found, TracetuiError):
            self.say(found.message if found is not None else "this line holds no step", WARN)
            return
        assert isinstance(self.app, TracetuiApp)
        loaded, session, step = found
        self.app.open_excerpt(loaded, session, step)
        self.app.notify(line(loaded.traces[0].report.notes[-1]), markup=False, timeout=6)

    def action_search(self) -> None:
        self.query_one(PromptLine).ask("search", "/", self._list.found, "text in the file, from this line on")

    def action_next_hit(self) -> None:
        if self._list.found:
            self._find(self._list.cursor + 1)

    @on(PromptLine.Answered)
    def _search_for(self, event: PromptLine.Answered) -> None:
        self._list.focus()
        self._list.found = event.text
        self._list.rows_changed()
        if event.text:
            self._find(self._list.cursor)

    @on(PromptLine.Cancelled)
    def _focus_back(self) -> None:
        self._list.focus()

    def action_stop(self) -> None:
        self._search += 1
        self._opening = False
        self.stop_whole()
        self.say("", QUIET)

    def _find(self, first: int) -> None:
        self._search += 1
        search, file, text = self._search, self._list.file, self._list.found
        self.say(f"searching {GLYPHS.more}", KEY)
        in_background(
            self,
            lambda: file.find(text, first, lambda: search != self._search),
            lambda at: self._found(search, file, at),
        )

    def _found(self, search: int, file: LineFile, at: int | None) -> None:
        if search != self._search:
            return
        so_far = "" if self._file.done else " in what is indexed so far"
        self._told = ("", QUIET) if at is not None else (f"not found from here on{so_far}", WARN)
        if at is not None and file is self._list.file and self._at_end_only:
            self._list.put_cursor(at)
        elif at is not None:
            self.go_to(at if file is self._file else self._file.line_at(file.place(at)[0]))
        self.tell()
