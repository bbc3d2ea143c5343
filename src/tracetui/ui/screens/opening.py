"""Shown while a trace is read, and only where that takes a moment."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import KEY, QUIET, content, elide_start, line


class OpeningScreen(Screen[None]):
    BINDINGS = [Binding("q,escape", "app.quit", "quit", id="app.quit")]
    DEFAULT_CSS = "OpeningScreen { align: center middle; } OpeningScreen Static { width: auto; }"

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        yield Static(
            content(
                ("tracetui ", f"bold {KEY}"), (f"reading {elide_start(line(self._path), 56)} {GLYPHS.more}", QUIET)
            ),
            markup=False,
        )
