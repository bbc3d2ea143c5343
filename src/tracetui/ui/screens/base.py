"""What every screen beside the debugger shares."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding
from textual.screen import Screen

from tracetui.ui.state import Opened


class Leave(NamedTuple):
    """How a screen ends: the step that the debugger should go to, and the state it changed, if any."""

    step: int | None = None
    """Index of the step."""
    opened: Opened | None = None


class StepsScreen(Screen[Leave]):
    """A screen over one opened session. Leave it with `self.dismiss(Leave(step=…))`; `q` and escape go back.

    It shows `self.opened`, which never changes under it.
    """

    BINDINGS = [
        Binding("q,escape", "leave", "back", id="screen.back", tooltip="Back to the steps"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    ]

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self.opened = opened

    def action_leave(self) -> None:
        self.dismiss(Leave())
