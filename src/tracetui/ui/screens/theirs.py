"""A value that two people changed: mine, theirs, or both. One after another; nothing is thrown away unseen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from tracetui.postmortem.document import Conflict
from tracetui.postmortem.fields import field_at, section_of
from tracetui.postmortem.merge import both
from tracetui.ui.document import Document, Writer
from tracetui.ui.form.desk import source_words
from tracetui.ui.present import KEY, QUIET, STRONG, WARN
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane


class TheirsScreen(ModalScreen[dict[str, str | None]]):
    """Dismissed with the text for every address that was decided; None: mine stays. The others stay open."""

    DEFAULT_CSS = """
    TheirsScreen { align: center middle; }
    TheirsScreen > Vertical { width: 92; max-width: 100%; height: 80%; border: solid $warn; }
    """
    BINDINGS = [
        Binding("m", "choose('mine')", "mine", id="theirs.mine", tooltip="Keep what I wrote"),
        Binding("t", "choose('theirs')", "theirs", id="theirs.theirs", tooltip="Take what they wrote"),
        Binding("b", "choose('both')", "both", id="theirs.both", tooltip="Keep both, one under the other"),
        Binding("escape,q", "later", "later", id="theirs.later", tooltip="Decide later: both are kept until then"),
    ]

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        super().__init__()
        self._conflicts = list(conflicts)
        self._texts: dict[str, str | None] = {}

    def compose(self) -> ComposeResult:
        with Vertical():
            yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()
        self.query(TextPane).focus()

    def _show(self) -> None:
        for pane in self.query(TextPane):
            pane.show(conflict_page(self._conflicts[0], len(self._conflicts)))

    def action_choose(self, what: str) -> None:
        conflict = self._conflicts.pop(0)
        texts = {"mine": None, "theirs": conflict.theirs.text, "both": both(conflict)}
        self._texts[conflict.address] = texts[what]
        if self._conflicts:
            self._show()
        else:
            self.dismiss(self._texts)

    def action_later(self) -> None:
        self.dismiss(self._texts)


def conflict_page(conflict: Conflict, left: int) -> Document:
    field, section = field_at(conflict.address), section_of(conflict.address)
    label = field.label if field else conflict.address
    out = Writer()
    out.rich((f"{label}", STRONG), (f"  {section.title if section else ''}", QUIET))
    out.rich((f"two people changed this value; {left} to decide", WARN))
    for name, entry in (("m  mine", conflict.mine), ("t  theirs", conflict.theirs)):
        out.blank()
        out.rich((name, f"bold {KEY}"), (f"   {source_words(entry)}", QUIET))
        out.text(entry.text or "(empty)", indent=3)
    return out.document()
