"""Whether what was typed is on disk, in words that are always on the screen."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tracetui.store.journal import SaveState
from tracetui.ui.form.desk import Desk
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import GOOD, KEY, QUIET, STRONG, WARN, Piece, content, elide, spread

_LOOK_EVERY_S = 0.2


def state_words(state: SaveState) -> Piece:
    """saved 02:14:07 · saving … · NOT SAVED: why"""
    if state.kind == "failed":
        return f" NOT SAVED: {state.why} ", "bold reverse $bad"
    if state.kind == "saving":
        return f"saving {GLYPHS.more}", WARN
    if state.why:
        return f"saved {state.at:%H:%M:%S}, {state.why}", WARN
    return f"saved {state.at:%H:%M:%S}", GOOD


class FormHeader(Widget):
    """Which incident, what of it, and its save state. It looks at the state itself: saving happens in a thread."""

    DEFAULT_CSS = "FormHeader { height: 1; background: $bar; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._desk: Desk | None = None
        self._where = ""
        self._shown: object = None

    def on_mount(self) -> None:
        self.set_interval(_LOOK_EVERY_S, self._look)

    def show(self, desk: Desk, where: str) -> None:
        self._desk, self._where = desk, where
        self.refresh()

    def _look(self) -> None:
        state = state_words(self._desk.state) if self._desk is not None else None
        if state != self._shown:
            self._shown = state
            self.refresh()

    def render(self) -> Content:
        if self._desk is None:
            return content(("postmortem", f"bold {KEY}"))
        name = self._desk.editing.id or "postmortem"
        state = elide(content(state_words(self._desk.state)), max(self.size.width - len(name) - 1, 12))
        left = content((f"{name} ", f"bold {KEY}"), (self._where, STRONG))
        title = self._desk.postmortem.text("identity.title")
        if title:
            left = left + content((f"  {title}", QUIET))
        return spread(left, state, self.size.width)
