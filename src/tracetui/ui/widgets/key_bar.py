"""The last line: the keys that work now, as many as fit."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen

from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_line import fitting
from tracetui.ui.present import KEY, QUIET, content
from tracetui.ui.widgets.told_lines import ToldLines

_NAMES = {
    "enter": "enter",
    "escape": "esc",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "colon": ":",
    "equals_sign": "=",
    "up": GLYPHS.up,
    "down": GLYPHS.down,
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """A key as people write it: of several alternatives the first."""
    first = key.split(",")[0]
    return _NAMES.get(first, first.replace("ctrl+", "^") if first.startswith("ctrl+") else first)


class KeyBar(ToldLines):
    """Shows the bindings with `show=True` that are active; the order is that of the bindings, `?` stays at the end."""

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; background: $bar; color: $foreground; padding: 0 1; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        shown = [
            active.binding for active in self.screen.active_bindings.values() if active.binding.show and active.enabled
        ]
        seen: dict[str, str] = {}
        for binding in shown:
            key = binding.key_display or key_name(binding.key)
            seen.setdefault(binding.description, key)
        kept = fitting([(key, description) for description, key in seen.items()], self.size.width)
        return Content("  ").join(content((key, f"bold {KEY}"), (f" {what}", QUIET)) for key, what in kept)
