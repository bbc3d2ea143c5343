"""Who changed what and when: every value that a person wrote or replaced, the last first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tracetui.postmortem.changes import entries
from tracetui.postmortem.document import PERSON, Postmortem
from tracetui.postmortem.fields import field_at, section_of
from tracetui.store.history import Version
from tracetui.ui.document import Document, Writer
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


class _Written(NamedTuple):
    """A value, as it is or as it was."""

    at: str
    address: str
    by: str
    text: str
    ended: str = ""
    """How; empty for the value that stands there now."""
    suggested: str = ""
    """What the trace says instead, and why."""


def history_page(held: Postmortem, earlier: tuple[Version, ...] = ()) -> Document:
    """A block a value: when, who, where in the form, the value itself, and what became of it."""
    out = Writer()
    out.rich((f"{held.id or 'postmortem'}  ", f"bold {KEY}"), ("who changed what, the last first", STRONG))
    if held.created_at:
        out.rich((f"made by {held.created_by or 'nobody known'}, {_minute(held.created_at)}", QUIET))
    written = sorted((*_now(held), *map(_then, earlier)), reverse=True)
    if not written:
        out.blank()
        out.rich(("nobody has written anything yet: every value is the trace's", QUIET))
    for value in written:
        field, section = field_at(value.address), section_of(value.address)
        where = f"{section.title if section else 'Evidence'}: {field.label if field else 'Note'}"
        style = QUIET if value.ended else STRONG
        out.blank()
        out.anchor(change=True)
        out.rich((_minute(value.at).ljust(18), QUIET), (f"{value.by}  ", style), (where, style if value.ended else KEY))
        text = field.vocabulary.title(value.text) if field and field.vocabulary else value.text
        out.text(_cut(text or "(taken out)"), QUIET if value.ended else "", indent=4)
        if value.ended:
            out.rich((f"    {value.ended}", QUIET))
        if value.suggested:
            out.rich((f"    {value.suggested}", QUIET))
    return out.document()


def _now(held: Postmortem) -> Iterator[_Written]:
    for address, entry in entries(held):
        if entry.from_person and entry.by:
            other = entry.suggested
            differs = other is not None and other.text != entry.text
            says = f"{other.source} says: {_cut(other.text)}" if other is not None and differs else ""
            yield _Written(entry.at, address, entry.by, entry.text, suggested=says)


def _then(version: Version) -> _Written:
    who = version.replaced_by or "the trace"
    ended = f"{'its row removed' if version.removed else 'replaced'} {_minute(version.until)} by {who}"
    by = version.by if version.source == PERSON else version.source
    return _Written(version.at, version.address, by or "somebody", version.text, ended)


def _minute(at: str) -> str:
    return at.replace("T", " ")[:16]


def _cut(text: str) -> str:
    return text[:_MOST_CHARACTERS] + (" …" if len(text) > _MOST_CHARACTERS else "")
