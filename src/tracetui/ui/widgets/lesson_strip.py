"""The lesson of the tutorial, on top of whatever screen is shown."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.lessons import LESSONS, STEPS, WAYS_IN, with_keys
from tracetui.ui.present import KEY, QUIET, STRONG, content

_NAMES = {"right": GLYPHS.arrow}


class LessonStrip(Static):
    """What to look at, and the key to press; never takes the keys itself."""

    DEFAULT_CSS = """
    LessonStrip { dock: top; height: auto; max-height: 5; width: 100%; background: $bar; padding: 0 1;
        border-bottom: solid $key; }
    """

    def show(self, at: int, screen: str) -> None:
        """`at`: position of the lesson; `screen`: class of the screen that is shown."""
        self.update(lesson_content(at, screen))


def lesson_content(at: int, screen: str) -> Content:
    """Two paragraphs: what is to be seen, and what to press next."""
    lesson = LESSONS[at]
    told = content((f"{at + 1}/{len(LESSONS)} ", f"bold {KEY}"), with_keys(lesson.told))
    if screen == lesson.screen:
        key = key_of(lesson.binding, lesson.key)
        asked = content(
            ("press ", QUIET),
            (f" {_NAMES.get(key, key)} ", f"bold reverse {KEY}"),
            (f" {lesson.does}", STRONG),
        )
    else:
        way_in = WAYS_IN.get(lesson.screen) if screen == STEPS else None
        way = (
            f"press {key_of(*way_in)} to go on with the lesson"
            if way_in
            else f"the lesson goes on where you came from: {key_of('screen.back', 'q')} goes back"
        )
        asked = content((way, STRONG))
    return Content("\n").join((told, asked))
