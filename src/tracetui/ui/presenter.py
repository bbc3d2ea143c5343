"""The presenter's second terminal: the page that the room sees, what to say, the next page, the time since the start."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Static

from tracetui.errors import EXIT_NOTHING_FOUND
from tracetui.ui import terminal, themes
from tracetui.ui.ascii_lines import AS_SHOWN
from tracetui.ui.keymap import users_keys
from tracetui.ui.present import KEY, QUIET, STRONG, content
from tracetui.ui.tour_place import TourPlace, place_file, read_place
from tracetui.ui.widgets.key_bar import KeyBar

_LOOK_EVERY_S = 0.5


class PresenterApp(App[int]):
    """Shows what the walkthrough of one session tells of itself."""

    BINDINGS = [Binding("q,escape,ctrl+q", "leave", "quit", id="presenter.quit", tooltip="Close this screen")]
    DEFAULT_CSS = "Screen { background: $background; color: $foreground; padding: 1 2; } Static { height: auto; }"

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.animation_level = "none"
        self._file = file

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*themes.as_wanted(super().get_line_filters()), terminal.Backstop(), *AS_SHOWN]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.offered(os.environ, self.console.color_system, colorless=self.no_color)[0]
        self._look()
        self.set_interval(_LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        self.query_one(Static).update(told(read_place(self._file), time.time()))

    def action_leave(self) -> None:
        self.exit(EXIT_NOTHING_FOUND)


def told(place: TourPlace | None, now: float) -> Content:
    """What the presenter reads; `now` in seconds since the epoch."""
    if place is None:
        return content(("no walkthrough is running; start it in another terminal: tracetui walk PATH", QUIET))
    minutes, seconds = divmod(max(int(now - place.started_at), 0), 60)
    notes = place.notes or "no notes on this page: t, then n in the walkthrough writes some"
    lines = [
        content(
            (f"page {place.number} of {place.of}", f"bold {KEY}"),
            (f"    {minutes}:{seconds:02d} since the start", QUIET),
        ),
        content(""),
        content((place.title, STRONG)),
        content(""),
        content((notes, "" if place.notes else QUIET)),
        content(""),
        content(("next: ", QUIET), place.next_title or "the end"),
    ]
    return Content("\n").join(lines)


def run_presenter(trace_path: str, session_id: str) -> int:
    """Until it is closed; the exit code. `trace_path`: absolute."""
    terminal.prepare_environment()
    app = PresenterApp(place_file(trace_path, session_id))
    app.set_keymap(users_keys().keys)
    return app.run(mouse=False) or EXIT_NOTHING_FOUND
