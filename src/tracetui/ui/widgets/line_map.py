"""A large file in one line: where it failed or was flagged, and how many of each there are."""

from __future__ import annotations

from textual.content import Content

from tracetui.ingest.line_columns import ERROR, UNREAD
from tracetui.ingest.line_survey import STRETCH_LINES, Survey
from tracetui.ui import figures, present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.minimap import pointed, strip
from tracetui.ui.present import BAD, QUIET, WARN, content
from tracetui.ui.state import letter_of
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
            self._painted = (made_of, *line_map(self._survey, self._lines, self.size.width))
        here = self._line // STRETCH_LINES if self._line is not None else None
        _, stretches, counts = self._painted
        self._drawn = present.spread(pointed(stretches, here, _length(self._lines)), counts, self.size.width)
        return self._drawn


def line_map(survey: Survey, lines: int, width: int) -> tuple[Content, Content]:
    """`__!__E__` and `12 failed · 3 flagged · 2 unread · 4 sessions`; how far the survey is, while it is not at the end."""
    right, length = content(*_counts(survey, lines)), _length(lines)
    letters = {at: letters_of(survey, mark) for at, mark in survey.stretches.items() if at < length}
    return strip(letters, length, max(width - right.cell_length - 2, 0)), right


def _length(lines: int) -> int:
    """In stretches."""
    return max(-(-lines // STRETCH_LINES), 1)


def letters_of(survey: Survey, mark: int) -> str:
    """A small letter is what stands out at a glance, a capital one a flag that is recorded."""
    kinds = survey.kinds_of(mark)
    found = dict.fromkeys(letter_of(kind.upper()).lower() if kind.islower() else letter_of(kind) for kind in kinds)
    return "".join(found) + ("!" if mark & ERROR else "") + ("x" if mark & UNREAD else "")


def _counts(survey: Survey, lines: int) -> list[tuple[str, str]]:
    counts = [
        (figures.plural(survey.flagged, "flagged line"), f"bold {WARN}") if survey.flagged else ("", ""),
        (f"{survey.errors:,} failed", BAD) if survey.errors else ("", ""),
        (f"{survey.unread:,} unread", WARN) if survey.unread else ("", ""),
        (figures.plural(len(survey.names) - 1, "session"), QUIET) if len(survey.names) > 1 else ("", ""),
    ]
    if len(survey) < lines:
        counts.append((f"surveyed {100 * len(survey) // max(lines, 1)} %", QUIET))
    told = [piece for piece in counts if piece[0]]
    return [part for at, piece in enumerate(told) for part in ([(f" {GLYPHS.dot} ", QUIET)] if at else []) + [piece]]
