"""The last line: the keys that work now, as many as fit."""

from __future__ import annotations

from textual.content import Content
from textual.keys import KEY_NAME_REPLACEMENTS
from textual.screen import Screen

from tracetui.ui.key_line import fitting
from tracetui.ui.key_names import in_usual_order, key_name
from tracetui.ui.present import KEY, QUIET, content
from tracetui.ui.widgets.told_lines import ToldLines

_NAMED = frozenset(KEY_NAME_REPLACEMENTS.values())
_PAIRS = {
    "flag.previous": ("flag.previous", "flag.next"),
    "diff.next": ("diff.next", "diff.previous"),
    "prompts.other-earlier": ("prompts.other-earlier", "prompts.other-later"),
    "text.next-change": ("text.previous-change", "text.next-change"),
}
"""Bindings that are told with the one that leads the other way."""


class KeyBar(ToldLines):
    """Shows the bindings with `show=True` that are active; the order is that of the bindings, `?` stays at the end."""

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; background: $bar; color: $foreground; padding: 0 1; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        self.refresh()

    def _is_typed(self, key: str) -> bool:
        """Whether the field that has the focus takes it as text. Textual knows that of other keys than these."""
        focused = self.screen.focused
        return key in _NAMED and focused is not None and focused.check_consume_key(key, "/")

    def render(self) -> Content:
        active = [one for key, one in in_usual_order(self.screen.active_bindings) if not self._is_typed(key)]
        keys = {one.binding.id: one.binding.key_display or key_name(one.binding.key) for one in reversed(active)}
        seen: dict[str, str] = {}
        for binding in (one.binding for one in active if one.binding.show and one.enabled):
            both = [keys[one] for one in _PAIRS.get(binding.id or "", ()) if one in keys]
            seen.setdefault(binding.description, " ".join(both) or binding.key_display or key_name(binding.key))
        kept = fitting([(key, description) for description, key in seen.items()], self.size.width)
        return Content("  ").join(content((key, f"bold {KEY}"), (f" {what}", QUIET)) for key, what in kept)
