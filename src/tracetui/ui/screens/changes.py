"""Values that say something else than before: what triage says now, what was recovered. Each is taken or left."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tracetui.postmortem.changes import Change
from tracetui.postmortem.fields import SECTIONS, TABLES, field_at, section_of
from tracetui.ui.document import Document, Writer
from tracetui.ui.form.desk import source_words
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, STRONG, WARN
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.text_pane import TextPane


class ChangesScreen(Screen[dict[str, bool]]):
    """Dismissed with what was decided: address to whether the new value is taken. What is not in it stays open."""

    HELP = "Values that say something else than before, old beside new. Nothing changes until you take it."
    BINDINGS = [
        Binding("t", "decide(True)", "take new", id="changes.take", tooltip="Take the new value under the cursor"),
        Binding("o", "decide(False)", "keep old", id="changes.keep", tooltip="Keep the old value under the cursor"),
        Binding("T", "decide_all(True)", "take all", id="changes.take-all", tooltip="Take every new value"),
        Binding("O", "decide_all(False)", "keep all", id="changes.keep-all", tooltip="Keep every old value"),
        Binding("escape,q,c", "done", "done", id="changes.done", tooltip="Back to the form; the rest is asked later"),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    ]

    def __init__(self, title: str, changes: tuple[Change, ...]) -> None:
        super().__init__()
        self._title = title
        self._changes = tuple(sorted(changes, key=_place))
        self._decided: dict[str, bool] = {}

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()
        self.query_one(TextPane).focus()
        self.call_after_refresh(self._to_first)

    def _to_first(self) -> None:
        for pane in self.query(TextPane):
            pane.action_change(1)

    def _show(self) -> None:
        page = changes_page(self._title, self._changes, self._decided)
        self.query_one(TextPane).show(page, keep_place=True)

    def action_decide(self, take: bool) -> None:
        pane = self.query_one(TextPane)
        block = pane.block()
        if block is not None and block.step is not None:
            self._decided[self._changes[block.step].address] = take
            self._show()
            pane.action_change(1)

    def action_decide_all(self, take: bool) -> None:
        self._decided = {change.address: self._decided.get(change.address, take) for change in self._changes}
        self._show()

    def action_done(self) -> None:
        self.dismiss(self._decided)


def changes_page(title: str, changes: tuple[Change, ...], decided: dict[str, bool]) -> Document:
    """A block a change; its anchor's `step` is the position among the changes."""
    out = Writer()
    out.rich((title, STRONG))
    for at, change in enumerate(changes):
        field, section = field_at(change.address), section_of(change.address)
        out.blank()
        out.anchor(step=at, change=True)
        word = {None: ("undecided", WARN), True: ("new", GOOD), False: ("old", KEY)}[decided.get(change.address)]
        where = f"  {section.title if section else ''}  "
        out.rich((_label(change), STRONG), (where, QUIET), word)
        for sign, style, entry in (("-", BAD, change.before), ("+", GOOD, change.after)):
            out.rich((f"  {sign} ", style), (source_words(entry), QUIET))
            told = field.vocabulary.title(entry.text) if field and field.vocabulary else entry.text
            gone = "(the row goes)" if change.row is not None else "(empty)"
            out.text(told or gone, "" if told else QUIET, indent=4)
    return out.document()


def _label(change: Change) -> str:
    field = field_at(change.address)
    if change.row is None:
        return field.label if field else change.address
    table = TABLES[change.address.partition("/")[0]]
    return f"{table.label}: a {table.row} that triage names no more"


def _place(change: Change) -> int:
    """In the order of the form."""
    section = section_of(change.address)
    return section.number if section is not None else len(SECTIONS) + 1
