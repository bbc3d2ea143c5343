"""A pinned quote with its place, above the note on it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tracetui.postmortem.document import Pin
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import KEY, QUIET, STRONG, content, shown


class QuoteLines(Widget):
    DEFAULT_CSS = "QuoteLines { height: auto; margin: 0 1 1 1; padding: 0 1; border-left: outer $key; }"

    def __init__(self, pin: Pin) -> None:
        super().__init__()
        self._pin = pin

    def render(self) -> Content:
        pin = self._pin
        place = f"{pin.source.path}{f':{pin.source.line}' if pin.source.line else ''}"
        role = f" {GLYPHS.dot} {pin.role}" if pin.role else ""
        return Content("\n").join(
            [
                content((pin.place, STRONG), (role, QUIET)),
                Content.styled(shown(pin.quote), KEY),
                content((f"{place} {GLYPHS.dot} byte {pin.source.offset}, {pin.source.length} bytes", QUIET)),
                content((f"copy: {pin.file}" if pin.file else "the record has no copy in the store", QUIET)),
            ]
        )
