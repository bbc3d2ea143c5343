"""Where the values of a line came from: every appearance of each, its source, and who used it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.ui import figures
from tracetui.ui.background import in_child
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.loading import is_long
from tracetui.ui.pinning import exact_quote, pin_of
from tracetui.ui.present import BAD, KEY, QUIET, STRONG, WARN, WRONG
from tracetui.ui.screens.base import Leave
from tracetui.ui.screens.noting import NotingScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.text_pane import TextPane

_MOST_LISTED = 200


class ValuesScreen(NotingScreen):
    """Enter goes to the step of an appearance; `m` pins it. Dismissed with what was pinned."""

    HELP = "Where a value came from: every place it stands in, the first of them, and who used it later."
    BINDINGS = [Binding("m", "note", "mark", id="values.note", tooltip="Mark this appearance with a note")]

    def __init__(self, opened: Opened, values: tuple[str, ...]) -> None:
        super().__init__(opened)
        self._values = values

    def compose(self) -> ComposeResult:
        yield TextPane()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        out = Writer()
        out.rich((f"looking for every appearance of {figures.plural(len(self._values), 'value')}", QUIET))
        self.pane.show(out.document())
        self.pane.focus()
        session, values = self.opened.session, self._values
        in_child(
            self,
            lambda _: values_page(Provenance.of(session), values),
            self._show,
            apart=is_long(session.steps),
        )

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    def _show(self, page: Document) -> None:
        self.pane.show(page, needles=tuple((value, WRONG) for value in self._values[:1]))
        self.refresh_bindings()

    @on(TextPane.Followed)
    def _follow(self, event: TextPane.Followed) -> None:
        self.dismiss(Leave(event.step, self.opened))

    def action_leave(self) -> None:
        self.dismiss(Leave(opened=self.opened))

    def action_note(self) -> None:
        block = self.pane.block()
        if block is None or block.step is None:
            return
        quote = exact_quote(self.opened.session, block.step, self.pane.block_text().split("\n")[-1])
        self.ask_note(pin_of(self.opened.session, block.step, quote=quote))

    def take_keys(self) -> None:
        self.pane.focus()


def values_page(provenance: Provenance, values: tuple[str, ...]) -> Document:
    """A section for each value, a block for each of its appearances."""
    out = Writer()
    for value in values:
        out.blank()
        found = provenance.appearances(value)
        out.anchor(change=True)
        count = figures.plural(len(found), "appearance")
        out.rich((value, f"bold {KEY}"), (f"  {found[0].kind if found else 'text'} {GLYPHS.dot} {count}", QUIET))
        if not found:
            out.rich(("stands in no message, argument or answer of a step", WARN), indent=2)
        for appearance in found[:_MOST_LISTED]:
            _appearance(provenance, appearance, out)
        if len(found) > _MOST_LISTED:
            out.rich((f"{GLYPHS.more} {len(found) - _MOST_LISTED:,} more appearances", QUIET), indent=2)
    return out.document()


def _appearance(provenance: Provenance, value: Appearance, out: Writer) -> None:
    steps = provenance.session.steps
    sourcing = provenance.source_of(value)
    nowhere = sourcing.how == "nowhere"
    out.anchor(step=value.step if value.step >= 0 else None)
    where = f"step {steps[value.step].number}" if value.step >= 0 else "before the first step"
    by = f" by step {steps[value.author].number}" if value.author >= 0 and value.author != value.step else ""
    out.rich(
        ("  ", ""),
        (where, STRONG),
        (f"  {value.role.replace('_', ' ')}{by}  ", QUIET),
        (sourcing.how, BAD if nowhere else KEY),
        (f": {sourcing.why}", BAD if nowhere else QUIET),
        indent=6,
    )
    out.rich(("    ", ""), " ".join(provenance.evidence(value, "").quote.split()), indent=6)
