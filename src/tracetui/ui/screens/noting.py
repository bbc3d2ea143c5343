"""Screens over the steps on which something can be pinned with a note."""

from __future__ import annotations

from textual import on

from tracetui.postmortem.document import Pin
from tracetui.ui.pinning import noted, with_pin
from tracetui.ui.screens.asking import AskingScreen
from tracetui.ui.screens.base import StepsScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.prompt_line import PromptLine


class NotingScreen(StepsScreen):
    """Subclasses compose a `PromptLine`, and leave with `self.opened`, which holds what was pinned."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._pinned: Pin | None = None
        """What gets the note that is being asked for."""

    def take_keys(self) -> None:
        """Give the keys back to what had them."""
        raise NotImplementedError

    def ask_note(self, pin: Pin, note: str = "") -> None:
        """Ask for the note of a pin; a note that it has already stands there."""
        self._pinned = pin
        held = next((known.note.text for known in self.opened.pins if known.id == pin.id), note)
        self.query_one(PromptLine).ask("note", f"note on {pin.place}", held, "Enter marks it")

    @on(PromptLine.Answered)
    def _pin(self, event: PromptLine.Answered) -> None:
        if self._pinned is not None:
            self.opened = with_pin(self.opened, noted(self._pinned, event.text))
            self._keep()
            self.notify(f"{self._pinned.place} is marked", markup=False, timeout=3)
        self.take_keys()

    def _keep(self) -> None:
        """Into the incident now: nobody knows whether this screen will be left in peace."""
        for screen in self.app.screen_stack:
            if isinstance(screen, AskingScreen):
                screen.pin(screen.opened.with_(pins=self.opened.pins))

    @on(PromptLine.Cancelled)
    def _unasked(self) -> None:
        self.take_keys()
