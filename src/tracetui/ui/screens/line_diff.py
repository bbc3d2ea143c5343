"""A large file of lines beside that of a good run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import on

from tracetui.ingest.line_file import LineFile
from tracetui.ingest.token_children import Reading, begin
from tracetui.ui.background import in_background
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import KEY, QUIET, line
from tracetui.ui.screens.line_search import LineSearchScreen
from tracetui.ui.widgets.prompt_line import PromptLine

if TYPE_CHECKING:
    from tracetui.ui.drafted import Drafted

_REFUSED = "only two files of session trace lines, not packed and of one session each, can be laid side by side"


class LineDiffScreen(LineSearchScreen):
    """Both are laid side by side beside the keys; another request, or `stop_drafting`, ends it."""

    def __init__(self, file: LineFile) -> None:
        super().__init__(file)
        self._readings: tuple[Reading, Reading] | None = None

    def action_against(self) -> None:
        folder = os.path.dirname(self._file.path)
        self.query_one(PromptLine).ask("good run", "good run", folder + os.sep if folder else "", "path of a trace")

    def stop_drafting(self) -> None:
        for reading in self._readings or ():
            reading.stop()
        self._readings = None

    @on(PromptLine.Answered)
    def _lay_beside(self, event: PromptLine.Answered) -> None:
        if event.kind != "good run" or not event.text.strip():
            return
        from tracetui.ui.drafted import drafted  # not on the way to the first lines

        self.stop_drafting()
        good = os.path.expanduser(event.text.strip())
        self._readings = readings = begin(self._file.path, good, format_name=self._file.format)
        if readings is None:
            self._refuse(_REFUSED if os.path.isfile(good) else f"{good}: no such file")
            return
        self.say(f"looking at the lines of both {GLYPHS.more}, {key_of('lines.stop', 'escape')} stops", KEY)
        in_background(self, lambda: drafted(readings), lambda found: self._show_beside(readings, found))

    def _show_beside(self, readings: tuple[Reading, Reading], found: Drafted | None) -> None:
        from tracetui.ui.screens.draft import DraftScreen

        if readings is not self._readings:
            return
        self._readings = None
        self.say("", QUIET)
        if found is None:
            self._refuse(_REFUSED)
        elif self.is_active:
            self.app.push_screen(DraftScreen(found))

    def _refuse(self, why: str) -> None:
        self.app.notify(line(why), severity="warning", markup=False, timeout=8)
