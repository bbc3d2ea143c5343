"""A large file in one line: where it failed or was flagged, and how many of each there are."""

from __future__ import annotations

from textual.content import Content

from tracetui.ingest.line_overview import STRETCH_LINES
from tracetui.ingest.line_survey import Survey
from tracetui.ui import present
from tracetui.ui.line_facts import in_stretches, line_map
from tracetui.ui.present import content
from tracetui.ui.widgets.pointed_line import PointedLine


class LineMap(PointedLine):
    def __init__(self) -> None:
        super().__init__()
        self._survey = Survey()
        self._lines = 0
        self._at: int | None = 0
        self._told: object = None
        """What the line was made of."""

    def show(self, survey: Survey, *, lines: int, line: int | None) -> None:
        """`lines`: how many there are by now; `line`: see `point`."""
        told = id(survey), len(survey), lines
        if told == self._told:
            self.point(line)
            return
        self._survey, self._lines, self._at, self._told = survey, lines, line, told
        self.line_changed()

    def point(self, line: int | None) -> None:
        """At the line under the cursor, where its number is known. The map stays as it is: with each key it would cost more
        than the key."""
        self._at = line
        self.pointer_moved()

    def parts(self) -> tuple[Content, Content, Content]:
        width = self.size.width
        left, right = (content(*pieces) for pieces in line_map(self._survey.overview, self._lines, width))
        return Content(""), left, present.spread(Content(""), right, width - left.cell_length)

    def here(self) -> tuple[int | None, int]:
        return self._at // STRETCH_LINES if self._at is not None else None, in_stretches(self._lines)
