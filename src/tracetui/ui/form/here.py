"""A part of the form that shows that the keys are in it."""

from __future__ import annotations

from textual.containers import Vertical


class HereVertical(Vertical):
    """Has the class `-here` while something in it has the keys."""

    def on_descendant_focus(self) -> None:
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        self.remove_class("-here")
