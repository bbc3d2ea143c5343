"""Who changed what and when: every value that a person wrote or replaced, the last first."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tracetui.postmortem.document import Postmortem
from tracetui.store.history import Version, minute, told
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import KEY, QUIET, STRONG
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane

_MOST_CHARACTERS = 200


class HistoryScreen(Screen[None]):
    HELP = (
        "Who changed what and when: every value that a person wrote, the last first, also those that another one took the "
        "place of. What somebody typed on without a pause is one change."
    )
    BINDINGS = [
        Binding("escape,q,h", "dismiss", "back", id="history.back", tooltip="Back to the form"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    ]

    def __init__(self, postmortem: Postmortem, earlier: tuple[Version, ...]) -> None:
        super().__init__()
        self._postmortem = postmortem
        self._earlier = earlier

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        pane = self.query_one(TextPane)
        pane.show(history_page(self._postmortem, self._earlier))
        pane.focus()


def history_page(held: Postmortem, earlier: tuple[Version, ...] = ()) -> Document:
    """A block a value: when, who, where in the form, the value itself, and what became of it."""
    out = Writer()
    out.rich((f"{held.id or 'postmortem'}  ", f"bold {KEY}"), ("who changed what, the last first", STRONG))
    if held.created_at:
        out.rich((f"made by {held.created_by or 'nobody known'}, {minute(held.created_at)}", QUIET))
    written = told(held, earlier)
    if not written:
        out.blank()
        out.rich(("nobody has written anything yet: every value is the trace's", QUIET))
    for value in written:
        style = QUIET if value.ended else STRONG
        out.blank()
        out.anchor(change=True)
        out.rich(
            (minute(value.at).ljust(18), QUIET), (f"{value.by}  ", style), (value.where, style if value.ended else KEY)
        )
        out.text(_cut(value.text or "(taken out)"), QUIET if value.ended else "", indent=4)
        for more in filter(None, (value.ended, _cut(value.instead))):
            out.rich((f"    {more}", QUIET))
    return out.document()


def _cut(text: str) -> str:
    return text[:_MOST_CHARACTERS] + (f" {GLYPHS.more}" if len(text) > _MOST_CHARACTERS else "")
