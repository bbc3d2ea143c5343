"""The key sheet: every binding that is active on a screen, made from the bindings themselves."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen, Screen

from tracetui.ui.document import Document, Writer
from tracetui.ui.present import KEY, QUIET
from tracetui.ui.widgets.key_bar import key_name
from tracetui.ui.widgets.text_pane import TextPane


class KeySheet(ModalScreen[None]):
    BINDINGS = [Binding("q,escape,question_mark", "dismiss", "close", id="keys.close")]
    DEFAULT_CSS = """
    KeySheet { align: center middle; background: $background 60%; }
    KeySheet > TextPane { width: 76; max-width: 96%; height: 90%; border: solid $faint; }
    """

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self._of = screen

    def compose(self) -> ComposeResult:
        yield TextPane()

    def on_mount(self) -> None:
        pane = self.query_one(TextPane)
        pane.show(key_sheet(self._of))
        pane.focus()


def key_sheet(screen: Screen[object]) -> Document:
    """Each active binding once: its keys, what it does, and its hint."""
    out = Writer()
    keys: dict[str, list[str]] = {}
    bindings: dict[str, Binding] = {}
    for key, active in screen.active_bindings.items():
        action = active.binding.action
        keys.setdefault(action, []).append(key_name(key))
        bindings.setdefault(action, active.binding)
    out.rich(("keys", f"bold {KEY}"), ("   none needs Alt, a function key or the mouse", QUIET))
    out.blank()
    for action, binding in bindings.items():
        if binding.system or not binding.description:
            continue
        out.rich((" ".join(keys[action]).ljust(16), f"bold {KEY}"), binding.tooltip or binding.description, indent=16)
    return out.document()
