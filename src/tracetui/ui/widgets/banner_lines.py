"""Widgets of the lines above and below the steps: header, verdict, minimap."""

from __future__ import annotations

from textual.content import Content

from tracetui.ui import banner
from tracetui.ui.minimap import minimap, pointed
from tracetui.ui.state import Opened
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


class Minimap(ToldLines):
    """Where in the session the flags are, and where the cursor is."""

    DEFAULT_CSS = "Minimap { height: 1; background: $background; color: $foreground; padding: 0 1; }"

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._step: int | None = 0
        self._note = ""
        self._parts = Content(""), Content(""), Content("")
        self._made_of: tuple[Opened, str, int] | None = None
        """What the parts were made of: they stay while only the cursor moves."""
        self._drawn = Content("")

    def show(self, opened: Opened) -> None:
        self._opened = opened
        self.refresh()

    def point_at(self, step: int | None, note: str) -> None:
        """The step under the cursor, and what is said at the right end: a filter, a search."""
        self._step, self._note = step, note
        drawn = self._drawn
        if not self.render().is_same(drawn):
            self.refresh()

    def render(self) -> Content:
        made_of = self._opened, self._note, self.size.width
        if self._made_of is None or self._made_of[0] is not self._opened or self._made_of[1:] != made_of[1:]:
            self._made_of, self._parts = made_of, minimap(*made_of)
        first, stretches, rest = self._parts
        self._drawn = first + pointed(stretches, self._step, len(self._opened.session.steps)) + rest
        return self._drawn
