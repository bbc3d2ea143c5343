"""Widgets of the lines above and below the steps: header, verdict, minimap."""

from __future__ import annotations

from textual.content import Content

from tracetui.ui import banner
from tracetui.ui.minimap import minimap
from tracetui.ui.state import Opened
from tracetui.ui.widgets.pointed_line import PointedLine
from tracetui.ui.widgets.told_lines import ToldLines


class HeaderLine(ToldLines):
    """What is opened, with its totals."""

    DEFAULT_CSS = "HeaderLine { height: 1; background: $bar; color: $foreground; padding: 0 1; }"

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened

    def show(self, opened: Opened) -> None:
        self._opened = opened
        self.refresh()

    def render(self) -> Content:
        return banner.header(self._opened, self.size.width)


class VerdictBar(ToldLines):
    """The verdict in two lines; its ground is calm unless something was found."""

    DEFAULT_CSS = """
    VerdictBar { height: 2; background: $background; color: $foreground; padding: 0 1; }
    VerdictBar.-alarm { background: $alarm; }
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self.show(opened)

    def show(self, opened: Opened) -> None:
        self._opened = opened
        self.set_class(not banner.is_calm(opened.triage), "-alarm")
        self.refresh()

    def render(self) -> Content:
        return Content("\n").join(banner.verdict(self._opened, self.size.width))


class Minimap(PointedLine):
    """Where in the session the flags are, and where the cursor is."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._step: int | None = 0
        self._note = ""

    def show(self, opened: Opened) -> None:
        self._opened = opened
        self.line_changed()

    def point_at(self, step: int | None, note: str) -> None:
        """The step under the cursor, and what is said at the right end: a filter, a search."""
        self._step = step
        if note != self._note:
            self._note = note
            self.line_changed()
        else:
            self.pointer_moved()

    def parts(self) -> tuple[Content, Content, Content]:
        return minimap(self._opened, self._note, self.size.width)

    def here(self) -> tuple[int | None, int]:
        return self._step, len(self._opened.session.steps)
