"""Shown while a trace is read, and only where that takes a moment, or where it has yet to be written."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tracetui.text import elide
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import KEY, QUIET, WARN, content, elide_start, line


class OpeningScreen(Screen[None]):
    BINDINGS = [Binding("q,escape", "app.quit", "quit", id="app.quit")]
    DEFAULT_CSS = "OpeningScreen { align: center middle; } OpeningScreen Static { width: auto; text-align: center; }"

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self.is_waiting = False
        """Whether there is nothing to read yet."""

    def compose(self) -> ComposeResult:
        yield Static(self._told("reading"), markup=False)

    def _told(self, what: str) -> Content:
        return content(
            ("tracetui ", f"bold {KEY}"), (f"{what} {elide_start(line(self._path), 56)} {GLYPHS.more}", QUIET)
        )

    def wait_for(self, problem: str) -> None:
        """It will be there, or readable, once it is written: say why it is not."""
        self.is_waiting = True
        why = line(problem.removeprefix(f"{self._path}: "))
        told = Content("\n").join(
            (
                self._told("waiting for"),
                content((elide(why, 76), WARN)),
                content((f"{key_of('app.quit', 'q')} quits", QUIET)),
            )
        )
        self.query_one(Static).update(told)
