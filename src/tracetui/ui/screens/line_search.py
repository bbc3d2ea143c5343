"""Finding text in a large file, from the line under the cursor on."""

from __future__ import annotations

from textual import on

from tracetui.ingest.line_file import LineFile
from tracetui.ui.background import in_background
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import KEY, QUIET, WARN
from tracetui.ui.screens.whole import WholeFileScreen
from tracetui.ui.widgets.line_list import LineList
from tracetui.ui.widgets.prompt_line import PromptLine


class LineSearchScreen(WholeFileScreen):
    """The search runs beside the keys; a later one, or `stop_search`, ends it."""

    def __init__(self, file: LineFile) -> None:
        super().__init__(file.path, file.format)
        self._file = file
        self._search = 0

    @property
    def _list(self) -> LineList:
        return self.query_one(LineList)

    def go_to(self, line: int) -> None:
        raise NotImplementedError

    def stop_search(self) -> None:
        self._search += 1

    def action_search(self) -> None:
        self.query_one(PromptLine).ask("search", "/", self._list.found, "text in the file, from this line on")

    def action_next_hit(self) -> None:
        if self._list.found:
            self._find(self._list.cursor + 1)

    @on(PromptLine.Answered)
    def _search_for(self, event: PromptLine.Answered) -> None:
        self._list.focus()
        if event.kind != "search":
            return
        self._list.found = event.text
        self._list.rows_changed()
        if event.text:
            self._find(self._list.cursor)

    @on(PromptLine.Cancelled)
    def _focus_back(self) -> None:
        self._list.focus()

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
        self.say(*(("", QUIET) if at is not None else (f"not found from here on{so_far}", WARN)))
        if at is not None and file is self._list.file and file is not self._file:
            self._list.put_cursor(at)
        elif at is not None:
            self.go_to(at if file is self._file else self._file.line_at(file.place(at)[0]))
