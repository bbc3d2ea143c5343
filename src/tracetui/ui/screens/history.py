"""Who changed what and when: every value that a person wrote, the last first."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tracetui.postmortem.changes import entries
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.fields import field_at, section_of
from tracetui.ui.document import Document, Writer
from tracetui.ui.present import KEY, QUIET, STRONG
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane

_MOST_CHARACTERS = 200


class HistoryScreen(Screen[None]):
    HELP = "Who changed what and when: every value that a person wrote, the last first, and what it replaced."
    BINDINGS = [
        Binding("escape,q,h", "dismiss", "back", id="history.back", tooltip="Back to the form"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    ]

    def __init__(self, postmortem: Postmortem) -> None:
        super().__init__()
        self._postmortem = postmortem

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        pane = self.query_one(TextPane)
        pane.show(history_page(self._postmortem))
        pane.focus()


def history_page(held: Postmortem) -> Document:
    """A block a value: when, who, where in the form, and the value itself; what it replaced, where the trace had one."""
    out = Writer()
    written = [(entry.at, address, entry) for address, entry in entries(held) if entry.from_person and entry.by]
    out.rich((f"{held.id or 'postmortem'}  ", f"bold {KEY}"), ("who changed what, the last first", STRONG))
    if held.created_at:
        out.rich((f"made by {held.created_by or 'nobody known'}, {held.created_at}", QUIET))
    if not written:
        out.blank()
        out.rich(("nobody has written anything yet: every value is the trace's", QUIET))
    for at, address, entry in sorted(written, reverse=True, key=lambda one: one[:2]):
        field, section = field_at(address), section_of(address)
        out.blank()
        out.anchor(change=True)
        where = f"{section.title if section else 'Evidence'}: {field.label if field else 'Note'}"
        out.rich((at.replace("T", " ")[:16].ljust(18), QUIET), (f"{entry.by}  ", STRONG), (where, KEY))
        text = entry.text or "(taken out)"
        out.text(text[:_MOST_CHARACTERS] + (" …" if len(text) > _MOST_CHARACTERS else ""), indent=4)
        if entry.suggested is not None and entry.suggested.text != entry.text:
            out.rich((f"    {entry.suggested.source} says: ", QUIET), (entry.suggested.text[:_MOST_CHARACTERS], QUIET))
    return out.document()
