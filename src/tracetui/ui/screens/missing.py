"""What still keeps a postmortem from being final, each leading to its place."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from tracetui.postmortem.checklist import Blocker
from tracetui.postmortem.fields import section_of
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import GOOD, KEY, QUIET, STRONG, WARN
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane


class MissingScreen(ModalScreen[str | None]):
    """Dismissed with the address to go to, or None."""

    DEFAULT_CSS = """
    MissingScreen { align: center middle; }
    MissingScreen > Vertical { width: 92; max-width: 100%; height: 90%; border: solid $faint; }
    """
    BINDINGS = [Binding("escape,q,b", "dismiss", "back", id="missing.back", tooltip="Back to the form")]

    def __init__(self, blockers: tuple[Blocker, ...]) -> None:
        super().__init__()
        self._blockers = blockers

    def compose(self) -> ComposeResult:
        with Vertical():
            yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        for pane in self.query(TextPane):  # none, where another key has closed this already
            pane.show(missing_page(self._blockers))
            pane.focus()

    @on(TextPane.Followed)
    def _go(self, event: TextPane.Followed) -> None:
        event.stop()
        self.dismiss(self._blockers[event.step].address)


def missing_page(blockers: tuple[Blocker, ...]) -> Document:
    """One line a blocker, under its section; Enter on it goes there."""
    out = Writer()
    if not blockers:
        out.rich((f"{GLYPHS.calm} nothing is missing: pick the status final in section 1", GOOD))
        return out.document()
    out.rich(
        (f"{len(blockers)} things before it is final", STRONG),
        (f"   {key_of('text.follow', 'enter')} goes there", QUIET),
    )
    last = None
    for number, blocker in enumerate(blockers):
        section = section_of(blocker.address)
        if section != last and section is not None:
            out.blank()
            out.rich((f"{section.number} {section.title}", f"bold {KEY}"))
            last = section
        out.anchor(step=number)
        out.rich(("! ", WARN), blocker.why, indent=2)
    return out.document()
