"""What a screen shows, and its key sheet: every binding that is active there, made from the bindings themselves."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen, Screen

from tracetui.ui.document import Document, Writer
from tracetui.ui.key_names import in_usual_order, key_name
from tracetui.ui.present import KEY, QUIET, WARN
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane

_KEY_CELLS = 14


class KeySheet(ModalScreen[None]):
    BINDINGS = [Binding("q,escape,question_mark", "dismiss", "close", id="keys.close")]
    DEFAULT_CSS = """
    KeySheet { align: center middle; }
    KeySheet > TextPane { width: 76; max-width: 96%; height: 90%; border: solid $faint; }
    """

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self._of = screen

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        pane = self.query_one(TextPane)
        pane.show(key_sheet(self._of))
        pane.focus()


def key_sheet(screen: Screen[object]) -> Document:
    """What the screen is, then each active binding of ours once: its keys, and its hint, those of the screen before those
    of its parts."""
    out = Writer()
    if screen.HELP:
        out.rich((screen.HELP, ""))
        out.blank()
    for refused in getattr(screen.app, "refused_keys", ()):
        out.rich((refused, WARN))
    if getattr(screen.app, "refused_keys", ()):
        out.blank()
    keys: dict[str, list[str]] = {}
    bindings: dict[str, tuple[bool, Binding]] = {}
    for key, active in in_usual_order(screen.active_bindings):
        binding = active.binding
        if binding.id and binding.description:
            keys.setdefault(binding.action, []).append(key_name(key))
            bindings.setdefault(binding.action, (active.node is not screen, binding))
    out.rich(("keys", f"bold {KEY}"), ("   none needs Alt, a function key or the mouse", QUIET))
    out.blank()
    for action, (_, binding) in sorted(bindings.items(), key=lambda item: item[1][0]):
        names = " ".join(sorted(keys[action], key=len))
        out.rich(
            (f" {names} ".ljust(_KEY_CELLS), f"bold {KEY}"), binding.tooltip or binding.description, indent=_KEY_CELLS
        )
    return out.document()
