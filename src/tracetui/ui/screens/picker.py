"""A choice from a vocabulary, each term with its meaning and its usual fix."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tracetui.postmortem.vocabulary import Vocabulary
from tracetui.ui.present import KEY, QUIET, STRONG, content, elide
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.row_list import RowList


class TermList(RowList):
    """The terms of a vocabulary."""

    DEFAULT_CSS = "TermList { height: auto; max-height: 12; }"

    def __init__(self, vocabulary: Vocabulary, code: str) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self._start = next((at for at, term in enumerate(vocabulary.terms) if term.code == code), 0)

    def on_mount(self) -> None:
        super().on_mount()
        self.put_cursor(self._start)

    def row_count(self) -> int:
        return len(self.vocabulary.terms)

    def row(self, position: int, *, current: bool, width: int) -> Content:
        term = self.vocabulary.terms[position]
        wide = min(max(len(known.title) for known in self.vocabulary.terms), 30)
        return elide(
            content((f" {position + 1:>2} ", KEY), (term.title.ljust(wide), STRONG), (f"  {term.meaning}", QUIET)),
            width,
        )

    def moved(self) -> None:
        if isinstance(self.screen, PickerScreen):
            self.screen.tell(self.cursor)

    def chosen(self) -> None:
        if isinstance(self.screen, PickerScreen):
            self.screen.action_take()


class PickerScreen(ModalScreen[str | None]):
    """Dismissed with the code, or None where nothing was picked."""

    DEFAULT_CSS = """
    PickerScreen { align: center middle; }
    PickerScreen > Vertical { width: 92; max-width: 100%; height: auto; border: solid $faint; background: $background; }
    PickerScreen .title { padding: 0 1; height: 1; background: $bar; }
    PickerScreen .meaning { padding: 1 2 0 2; height: 6; }
    """
    BINDINGS = [
        Binding("enter,space", "take", "take", id="picker.take", tooltip="Take this term"),
        Binding("escape,q", "cancel", "back", id="picker.back", tooltip="Leave the value as it is"),
        Binding("backspace", "none", "no value", id="picker.none", tooltip="No value"),
        *(
            Binding(str(number), f"number({number})", f"term {number}", show=False, priority=True, system=True)
            for number in range(1, 10)
        ),
    ]

    def __init__(self, title: str, vocabulary: Vocabulary, code: str) -> None:
        super().__init__()
        self._heading = title
        self._vocabulary = vocabulary
        self._code = code

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(content((self._heading, STRONG)), classes="title", markup=False)
            yield TermList(self._vocabulary, self._code)
            yield Static("", classes="meaning", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        for terms in self.query(TermList):  # none, where another key has closed this already
            terms.focus()
            self.tell(terms.cursor)

    def tell(self, position: int) -> None:
        """The term under the cursor in full."""
        term = self._vocabulary.terms[position]
        lines = [content((term.meaning, ""))]
        if term.fix:
            lines.append(content(("usually: ", QUIET), term.fix))
        if term.note:
            lines.append(content((term.note, QUIET)))
        for meaning in self.query(".meaning").results(Static):
            meaning.update(Content("\n").join(lines))

    def action_take(self) -> None:
        self.dismiss(self._vocabulary.terms[self.query_one(TermList).cursor].code)

    def action_number(self, number: int) -> None:
        if number <= len(self._vocabulary.terms):
            self.dismiss(self._vocabulary.terms[number - 1].code)

    def action_none(self) -> None:
        self.dismiss("")

    def action_cancel(self) -> None:
        self.dismiss(None)
