"""The marks of files that are read by place: excerpts of one, and the whole, come and go while the app runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.ui.state import Opened, places_of

if TYPE_CHECKING:
    from tracetui.postmortem.document import Pin


class MarksByPlace:
    """What was marked in the files whose lines or parts were shown."""

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._pins: list[Pin] = []

    def watch(self, path: str) -> None:
        """Its lines or parts are shown."""
        self._paths.add(path)

    def put_on(self, opened: Opened) -> Opened:
        """With the marks that its lines got in this run of the app."""
        if not self._is_watched(opened):
            return opened
        sources = {place for step in opened.session.steps for place in places_of(step)}
        return opened.with_(pins=tuple(pin for pin in self._pins if pin.source in sources))

    def take_from(self, opened: Opened | None) -> None:
        """Keep what is marked in it now in place of what was."""
        if opened is None or not self._is_watched(opened):
            return
        sources = {place for step in opened.session.steps for place in places_of(step)}
        self._pins = [pin for pin in self._pins if pin.source not in sources]
        self._pins += [pin for pin in opened.pins if pin.source in sources]

    def _is_watched(self, opened: Opened) -> bool:
        return opened.trace.path.partition("!")[0] in self._paths
