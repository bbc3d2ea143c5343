"""The tutorial: the app itself on the sample incident, with a lesson on top that waits for its key."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping

from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.screen import Screen

from tracetui.samples import INCIDENT, sample_path
from tracetui.ui.app import TracetuiApp
from tracetui.ui.lessons import LESSONS
from tracetui.ui.run import run_to_its_end
from tracetui.ui.widgets.lesson_strip import LessonStrip


class TutorialApp(TracetuiApp):
    """Nothing is simulated: a lesson ends when the program has done what its key asks for."""

    def __init__(self, store_root: str) -> None:
        """`store_root`: where what is written during the tutorial goes."""
        super().__init__(str(sample_path(INCIDENT)), store_root=store_root)
        self.lesson = 0
        """Position of the lesson that is shown."""

    def on_mount(self) -> None:
        # Textual calls the handler of the parent class too.
        self.screen_change_signal.subscribe(self, lambda screen: self.call_after_refresh(self._show_lesson))
        self._show_lesson()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        screen = type(self.screen).__name__
        done = await super().run_action(action, default_namespace, namespaces)
        lesson = LESSONS[self.lesson]
        if done and (action, screen) == (lesson.action, lesson.screen):
            self.lesson = min(self.lesson + 1, len(LESSONS) - 1)
            self._show_lesson()
        return done

    def _show_lesson(self) -> None:
        screen: Screen[object] = self.screen
        if not screen.is_attached:
            return
        strips = screen.query(LessonStrip)
        if not strips:
            screen.mount(LessonStrip(markup=False))
        for strip in screen.query(LessonStrip):
            strip.show(self.lesson, type(screen).__name__)


def run_tutorial() -> int:
    """Until it is left; the exit code. What is written meanwhile goes to a folder that is thrown away.

    Raises TracetuiError where no app can be shown.
    """
    with tempfile.TemporaryDirectory(prefix="tracetui-tutorial-") as folder:
        return run_to_its_end(lambda: TutorialApp(folder))
