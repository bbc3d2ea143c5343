"""From a line of a large file to the debugger around it."""

from __future__ import annotations

from textual import on

from tracetui.errors import TracetuiError
from tracetui.ingest.line_file import LineFile
from tracetui.ui.background import in_background
from tracetui.ui.excerpts import Excerpt, load_around
from tracetui.ui.present import KEY, WARN, line
from tracetui.ui.screens.line_diff import LineDiffScreen
from tracetui.ui.surveying import Surveying
from tracetui.ui.widgets.line_list import LineList


class LineExcerptScreen(LineDiffScreen):
    """The steps around the line are read beside the keys, those of its session where the survey knows them."""

    _surveying: Surveying

    def __init__(self, file: LineFile) -> None:
        super().__init__(file)
        self._opening = False
        """Whether the line is opened as soon as its number is known."""

    @property
    def _at_end_only(self) -> bool:
        """Whether the last lines are shown, before the file has been read up to them."""
        return self._list.file is not self._file

    @on(LineList.Selected)
    def action_open_here(self) -> None:
        self._opening = self._at_end_only
        if self._opening:
            self.say("opens as soon as its number is known", KEY)
        if self._opening or not len(self._file):
            return
        file, at, surveying = self._file, self._list.cursor, self._surveying

        def work() -> Excerpt | TracetuiError | None:
            try:
                return load_around(file, at, surveying.survey if surveying.is_complete else None)
            except TracetuiError as problem:
                return problem

        in_background(self, work, self._open)

    def _open(self, found: Excerpt | TracetuiError | None) -> None:
        from tracetui.ui.app import TracetuiApp

        if not self.is_active:
            return
        if found is None or isinstance(found, TracetuiError):
            self.say(found.message if found is not None else "this line holds no step", WARN)
            return
        assert isinstance(self.app, TracetuiApp)
        self.app.open_excerpt(*found, self._surveying.whole_prompts_of(found.session))
        self.app.notify(line(found.loaded.traces[0].report.notes[-1]), markup=False, timeout=6)
