"""A trace of lines too large to read whole, or one that still grows: its lines, and the debugger around any of them."""

from __future__ import annotations

from datetime import UTC, datetime

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from tracetui.errors import TracetuiError
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_standouts import SAYS
from tracetui.ingest.line_starts import Piece
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.paging import open_again
from tracetui.ui.background import in_background
from tracetui.ui.figures import plural
from tracetui.ui.key_names import key_of
from tracetui.ui.line_rows import changed_words, lines_head
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, WARN, line
from tracetui.ui.screens.line_excerpt import LineExcerptScreen
from tracetui.ui.surveying import Surveying
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.line_list import END, LineList
from tracetui.ui.widgets.line_map import LineMap
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.told_lines import ToldLine

_FIRST_BYTES = 1 << 20
"""Read before the first screen."""
_STEP_BYTES = 32 << 20
"""Read at a time afterwards, in a thread."""
_LOOK_SECONDS = 0.5


class LinesScreen(LineExcerptScreen):
    HELP = "A trace too large to read whole, or one that grows: its lines. One is debugged with the steps around it."
    BINDINGS = [
        Binding("enter", "open_here", "debug here", id="lines.open", tooltip="Debug the steps around this line"),
        Binding("w", "whole", "whole file", id="lines.whole", tooltip="Read the whole file, for its verdict"),
        Binding("slash", "search", "search", id="find.text", tooltip="Find text in the file, from this line on"),
        Binding("d", "against", "diff", id="lines.diff", tooltip="Lay it beside the file of a good run"),
        Binding(
            "right_square_bracket",
            "marked(1)",
            "next flag",
            id="flag.next",
            tooltip="Next line that failed, has a recorded flag, stands out or cannot be read",
        ),
        Binding(
            "left_square_bracket",
            "marked(-1)",
            "previous flag",
            show=False,
            id="flag.previous",
            tooltip="The one before",
        ),
        Binding("n", "next_hit", "next hit", id="find.next", tooltip="Next line that holds the text"),
        Binding("F", "follow", "follow", id="lines.follow", tooltip="Show lines as they are appended, or stop that"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
        Binding("q", "leave", "quit", id="screen.leave", tooltip="Leave the file; quits where nothing is below it"),
        Binding(
            "escape",
            "stop",
            "stop",
            show=False,
            id="lines.stop",
            tooltip="Stop the search, unpacking, reading the whole, or the comparison",
        ),
    ]
    DEFAULT_CSS = "LinesScreen > .head { height: 1; background: $bar; padding: 0 1; }"

    def __init__(
        self, file: LineFile, known: Survey | None = None, *, number: int | None = None, follow: bool = False
    ) -> None:
        """`known`: of the lines that have been read of `file`; `number`: the line to start at, 1-based; `follow`: start at
        the end and stay there."""
        super().__init__(file)
        self._following = follow
        self._wanted = number - 1 if number is not None else END if follow else None
        self._reading = False
        self._told, self._changed = ("", QUIET), ""
        self._seen = 0
        """Lines that there were when the cursor stood at the end."""
        if known is None:
            file.take(file.read_on(_FIRST_BYTES))
        file.read_apart()
        self._surveying = Surveying(self, file, self.tell, known)

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        yield LineList(self._file)
        yield LineMap()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self._list.focus()
        # At once, so that it is painted together with the list.
        self.watch(self._list, "cursor", self._point, init=False)
        self.set_interval(_LOOK_SECONDS, self._look)
        self.tell()
        if self._wanted is not None:
            self.go_to(self._wanted)
        # The first lines are shown before anything else is looked at.
        self.call_after_refresh(self._look_on)

    def on_unmount(self) -> None:
        super().on_unmount()
        self._surveying.stop()
        self._file.stop_unpacking()

    def _look_on(self) -> None:
        """Where the file is known from the last time, there may be nothing left to do."""
        self._surveying.go_on()
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
        end = self._file.ending()
        if end is None:
            return False
        self._wanted = None
        self._list.show(end)
        self._list.put_cursor(len(end) - 1)
        return True

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
            self._surveying.go_on()
            if piece.done:
                self.tell()
            if piece.done and file.problem:
                self.app.notify(line(file.problem), severity="warning", markup=False, timeout=12)
            if piece.done and self._opening:
                self.say("", QUIET)
                self.action_open_here()
        self._read_on()

    def _look(self) -> None:
        """Whether the file is still what was read: shown where it is followed, else said."""
        if self.whole is not None or not self._file.done:
            self.tell()
        if self._reading or not self._file.done:
            return
        change = self._file.change()
        shown_anew = self._following and change != "gone"
        self._changed, told = "" if shown_anew else changed_words(change), self._changed
        if self._changed != told:
            self.tell()
        if not shown_anew:
            return
        if change == "grown":
            self._file.done = False
            self._read_on()
        elif change != "same":
            self._read_anew(change)

    def _read_anew(self, change: str) -> None:
        try:
            file = open_again(self._file)
        except TracetuiError as problem:
            self.say(line(problem.message), BAD)
            return
        file.take(file.read_on(_FIRST_BYTES))
        file.read_apart()
        self._surveying.stop()
        self._file, self._surveying = file, Surveying(self, file, self.tell)
        self._list.show(file)
        self._told = (f"{change} at {datetime.now(UTC):%H:%M:%S} UTC, read anew", WARN)
        self._wanted = END
        self._go()
        self.tell()
        self._look_on()

    def tell(self) -> None:
        """The head, and the map of what is known by now."""
        self._tell_head()
        self.query_one(LineMap).show(self._surveying.survey, lines=len(self._file), line=self._here)

    def _point(self) -> None:
        self._tell_head()
        self.query_one(LineMap).point(self._here)

    @property
    def _here(self) -> int | None:
        return None if self._at_end_only else self._list.cursor

    def _tell_head(self) -> None:
        """Where the cursor is, how much has been read."""
        file, here = self._file, self._here
        state: list[tuple[str, str]] = []
        if file.unpacked < 100:
            state.append((f"unpacked {file.unpacked} %, {key_of('lines.stop', 'escape')} stops", f"bold {KEY}"))
        elif not file.done:
            state.append((f"indexed {100 * file.read // max(file.size, 1)} %", f"bold {KEY}"))
        elif file.problem:
            state.append(("not all of it could be unpacked", WARN))
        if self._following:
            new = len(file) - self._seen if here is not None and here < len(file) - 1 else 0
            self._seen = len(file) - new
            told = f": {plural(new, 'new line')}, {key_of('row.last', 'G')}" if new > 0 else ""
            state.append((f"following{told}", GOOD))
        if self._changed:
            state.append((self._changed, WARN))
        if self.whole is not None:
            state.append((f"whole file {self.whole.percent} %, {key_of('lines.stop', 'escape')} stops", f"bold {KEY}"))
        if self._surveying.failed:
            state.append(("survey stopped", WARN))
        if self._told[0]:
            state.append(self._told)
        self.query_one(ToldLine).tell(lines_head(file, here, state, self.size.width - 2))

    def say(self, what: str, style: str) -> None:
        self._told = (what, style)
        self.tell()

    def action_follow(self) -> None:
        self._following = not self._following
        if self._following:
            self._seen = len(self._file)
            self.go_to(END)
            self._look()
        self.tell()

    @on(LineList.Wanted)
    def _go_to_wanted(self, event: LineList.Wanted) -> None:
        self.go_to(event.line)

    def action_marked(self, direction: int) -> None:
        """To the next line that stands out, as far as the survey has come."""
        line = None if self._at_end_only else self._surveying.survey.next_marked(self._list.cursor, direction)
        if line is not None:
            kinds = self._surveying.survey.kinds_of(self._surveying.survey.marks[line])
            self.say("; ".join(SAYS[kind] for kind in kinds if kind in SAYS), KEY)
            self.go_to(line)
        else:
            so_far = "" if self._surveying.is_complete else " in what is surveyed so far"
            self.say(f"no further line is marked{so_far}", WARN)

    def action_stop(self) -> None:
        self.stop_search()
        self.stop_drafting()
        self._opening = False
        self.stop_whole()
        self._file.stop_unpacking()
        self.say("", QUIET)
