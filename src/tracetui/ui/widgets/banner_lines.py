"""Widgets of the lines above and below the steps: header, verdict, minimap."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tracetui.ui import banner
from tracetui.ui.minimap import minimap
from tracetui.ui.state import Opened


class HeaderLine(Widget):
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


class VerdictBar(Widget):
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


class Minimap(Widget):
    """Where in the session the flags are, and where the cursor is."""

    DEFAULT_CSS = "Minimap { height: 1; background: $background; color: $foreground; padding: 0 1; }"

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._step: int | None = 0
        self._note = ""

    def show(self, opened: Opened) -> None:
        self._opened = opened
        self.refresh()

    def point_at(self, step: int | None, note: str) -> None:
        """The step under the cursor, and what is said at the right end: a filter, a search."""
        self._step, self._note = step, note
        self.refresh()

    def render(self) -> Content:
        return minimap(self._opened, self._step, self._note, self.size.width)
