"""A large file in one line: where it failed or was flagged, and how many of each there are."""

from __future__ import annotations

from textual.content import Content

from tracetui.ingest.line_overview import STRETCH_LINES
from tracetui.ingest.line_survey import Survey
from tracetui.ui import present
from tracetui.ui.line_facts import in_stretches, line_map
from tracetui.ui.minimap import pointed
from tracetui.ui.present import content
from tracetui.ui.widgets.told_lines import ToldLines


class LineMap(ToldLines):
    DEFAULT_CSS = "LineMap { height: 1; background: $background; color: $foreground; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._survey = Survey()
        self._lines = 0
        self._line: int | None = 0
        self._painted: tuple[object, Content, Content] = (None, Content(""), Content(""))
        """What the strip and the counts were made of, and both: they stay while only the cursor moves."""
        self._drawn = Content("")

    def show(self, survey: Survey, *, lines: int, line: int | None) -> None:
        """`lines`: how many there are by now; `line`: the one under the cursor, where its number is known."""
        self._survey, self._lines, self._line = survey, lines, line
        drawn = self._drawn
        if not self.render().is_same(drawn):
            self.refresh()

    def render(self) -> Content:
        made_of = (id(self._survey), len(self._survey), self._lines, self.size.width)
        if self._painted[0] != made_of:
            left, right = line_map(self._survey.overview, self._lines, self.size.width)
            self._painted = (made_of, content(*left), content(*right))
        here = self._line // STRETCH_LINES if self._line is not None else None
        _, stretches, counts = self._painted
        self._drawn = present.spread(pointed(stretches, here, in_stretches(self._lines)), counts, self.size.width)
        return self._drawn
