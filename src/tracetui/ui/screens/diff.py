"""A run beside a good one: where they part in meaning, and what is only worded, named or ordered otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.reactive import reactive

from tracetui.ui import diff_head
from tracetui.ui.background import in_child
from tracetui.ui.document import Document
from tracetui.ui.finding import next_in
from tracetui.ui.pair_page import page_of, takes_long
from tracetui.ui.pinning import pin_of_pair
from tracetui.ui.resting import Resting
from tracetui.ui.screens.comparing import ComparingScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.diff_list import DiffList
from tracetui.ui.widgets.diff_top import DiffColumns, DiffTitle, DiffVerdict
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.text_pane import TextPane

SPLIT_HEIGHT = 34
"""From this many lines the text of a pair stands below the list; on lower screens it takes the list's place."""


class DiffScreen(ComparingScreen):
    """The aligned pairs of both runs, and the words of the pair under the cursor."""

    HELP = (
        "This run (-) beside a good one (+), aligned by what the steps mean. It opens where the two part. Ids "
        "that play one part in both runs share a name, as ORDER#1."
    )
    BINDINGS = [
        Binding("n", "difference(1)", "next", id="diff.next", tooltip="Next difference in meaning"),
        Binding("N", "difference(-1)", "previous", show=False, id="diff.previous", tooltip="Previous difference"),
        Binding("enter", "open_pair", "words", id="diff.words", tooltip="The pair word by word"),
        Binding("tab", "switch_pane", "pane", show=False, id="pane.switch", tooltip="Between the list and the words"),
        Binding("o", "divergence", "divergence", id="diff.divergence", tooltip="Where the runs part"),
        Binding("a", "decisive", "action", id="diff.decisive", tooltip="The action that was decided otherwise"),
        Binding("equals_sign", "hide", "ignore kind", id="diff.ignore", tooltip="Hide pairs of this kind"),
        Binding("plus", "show_all", "show all", id="diff.show-all", tooltip="Show every kind again"),
        Binding("c", "prompts", "prompts", id="diff.prompts", tooltip="What both models saw at this point"),
        Binding("p", "postmortem", "postmortem", id="diff.postmortem", tooltip="The divergence, in the postmortem"),
        Binding("z", "fold", "fold", show=False, id="diff.fold", tooltip="Unfold or fold the equal pairs here"),
        Binding("Z", "fold_all", "fold all", show=False, id="diff.fold-all", tooltip="Fold or unfold all equal pairs"),
        Binding(
            "m", "note", "mark", show=False, id="diff.note", tooltip="Mark this step, of whichever run, with a note"
        ),
        Binding("s", "to_step", "step", id="diff.step", tooltip="Back to the steps, at this one"),
        Binding("D", "choose", "baseline", id="diff.baseline", tooltip="Choose another good run"),
        Binding("J", "pair(1)", "next pair", show=False, id="diff.next-pair", tooltip="Next pair, also from the words"),
        Binding("K", "pair(-1)", "previous pair", show=False, id="diff.previous-pair", tooltip="Previous pair"),
        Binding("y", "copy", "copy", show=False, id="diff.copy", tooltip="Copy the verdict, or the words of the pair"),
    ]
    DEFAULT_CSS = """
    DiffScreen TextPane { display: none; height: 1fr; border-top: solid $faint; }
    DiffScreen.-pair-open TextPane { display: block; }
    DiffScreen.-pair-open DiffList { display: none; }
    DiffScreen.-pair-open.-tall DiffList { display: block; }
    DiffScreen.-pair-open.-low DiffVerdict { display: none; }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]
    pair_open: reactive[bool] = reactive(False, toggle_class="-pair-open", bindings=True)
    """The words of the pair under the cursor are shown; on a low screen in place of the list."""
    tall: reactive[bool] = reactive(False, toggle_class="-tall")

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._hidden: frozenset[str] = frozenset()
        self._resting = Resting(self)
        self._wanted: object = None
        """The page that was asked for last."""

    def compose(self) -> ComposeResult:
        yield DiffTitle(self.opened)
        yield DiffVerdict()
        yield DiffColumns()
        with Vertical():
            yield DiffList()
            yield TextPane()
        yield PromptLine()
        yield KeyBar()

    @property
    def rows(self) -> DiffList:
        return self.query_one(DiffList)

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    @property
    def is_shown(self) -> bool:
        """Whether the comparison is on the screen."""
        return self._compared is not None and self.rows.pair is not None

    @property
    def differing(self) -> Sequence[int]:
        """Positions of the listed pairs that differ in meaning, ascending."""
        told = self._compared.told if self._compared is not None else {}
        return [
            at for at in sorted(told) if self._compared is not None and self._compared.kinds[at] not in self._hidden
        ]

    def on_mount(self) -> None:
        self.rows.focus()

    def on_resize(self) -> None:
        self.tall = self.size.height >= SPLIT_HEIGHT
        if not self.pane.has_focus:
            self.pair_open = self.tall
            self.call_after_refresh(self.show_pair)

    # The comparison

    def show_compared(self) -> None:
        compared = self._compared
        self.query_one(DiffTitle).show(self.opened, compared)
        if compared is None:
            self.query_one(DiffVerdict).show(None, self._hidden)
            return
        self._hidden = frozenset()
        self.query_one(DiffColumns).show(compared)
        self._show_list()
        # The verdict takes its height first: the middle of the list is known after that.
        self.call_after_refresh(self.show_place)

    def show_place(self) -> None:
        """Where a comparison opens."""
        self.action_divergence()

    def _show_list(self) -> None:
        if self._compared is not None:
            self.query_one(DiffVerdict).show(self._compared, self._hidden)
            self.rows.show(self._compared, self._hidden)
            self.refresh_bindings()

    @on(DiffList.Highlighted)
    def _show_pair_soon(self, event: DiffList.Highlighted) -> None:
        """Once the cursor rests: the words of a pair take longer than a key."""
        self._resting.moved(event.time)
        self._resting.then(self.show_pair)

    def show_pair(self) -> None:
        """The words of the pair under the cursor, where they are shown."""
        compared, shown = self._compared, self.rows.fold or self.rows.pair
        wanted = self._wanted = object()
        if self.pair_open and compared is not None and shown is not None:
            if takes_long(compared, shown):
                in_child(
                    self,
                    lambda _: page_of(compared, shown),
                    lambda page: self._show_page(wanted, page),
                    apart=isinstance(shown, int),
                    wanted=lambda: wanted is self._wanted,
                )
            else:
                self._show_page(wanted, page_of(compared, shown))
        self.refresh_bindings()

    def _show_page(self, wanted: object, page: Document) -> None:
        if wanted is self._wanted:
            self.pane.show(page)

    def action_divergence(self) -> None:
        at = self._compared.divergence_at if self._compared is not None else None
        if at is not None:
            self.rows.go_to(at, centred=True)

    def action_decisive(self) -> None:
        at = self._compared.decisive_at if self._compared is not None else None
        if at is not None:
            self.rows.go_to(at, centred=True)

    def action_difference(self, direction: int) -> None:
        at = next_in(self.differing, self.rows.pair or 0, direction)
        if at is not None:
            self.rows.go_to(at)

    def action_pair(self, direction: int) -> None:
        listed, here = self.rows.listed, self.rows.pair
        at = next_in(listed, here, direction) if here is not None else None
        if at is not None:
            self.rows.go_to(at)

    def action_hide(self) -> None:
        """Hide the kind of the pair under the cursor."""
        if self._compared is not None and self.rows.pair is not None:
            self._hidden |= {self._compared.kinds[self.rows.pair]}
            self._show_list()

    def action_show_all(self) -> None:
        self._hidden = frozenset()
        self._show_list()

    def action_fold(self) -> None:
        self.rows.fold_here()

    def action_fold_all(self) -> None:
        self.rows.fold_all()

    # The words of a pair

    @on(DiffList.Selected)
    def action_open_pair(self) -> None:
        if self.rows.fold is not None and not self.pane.has_focus:
            self.rows.fold_here()
            return
        self.pair_open = True
        self.show_pair()
        self.pane.focus()

    def action_switch_pane(self) -> None:
        if not self.pair_open or not self.pane.has_focus:
            self.action_open_pair()
        else:
            self._close_pair()

    def _close_pair(self) -> None:
        """Back to the list; where there is room for both the words stay."""
        self.pair_open = self.tall
        self.rows.focus()

    # Leaving

    @on(TextPane.Followed)
    def _follow(self, event: TextPane.Followed) -> None:
        self.leave_for(event.step)

    def action_note(self) -> None:
        """Pin the step of the row, or the line under the cursor, of the run that it is of; where both runs have it, of this."""
        compared, at, words = self._compared, self.rows.pair, self.pane.has_focus
        if compared is None or at is None:
            return
        if self.rows.fold is not None and not words:
            self.rows.fold_here()
            self.notify("unfolded: choose the pair to mark", markup=False, timeout=3)
            return
        block = self.pane.block()
        of_good = block is not None and block.good is not None if words else self.rows.is_of_good
        pin, note = pin_of_pair(
            self.opened, compared, at, of_good=of_good, shown=self.pane.line_text() if words else ""
        )
        self.ask_note(pin, note)

    def take_keys(self) -> None:
        self.rows.focus()

    def action_prompts(self) -> None:
        """The prompts of both runs at the pair under the cursor."""
        from tracetui.ui.screens.prompts import PromptsScreen

        if self._compared is not None and self.rows.pair is not None:
            bad, good = self._compared.steps_at(self.rows.pair)
            if bad is not None and good is not None:
                self.app.push_screen(PromptsScreen(self.opened, bad, self._compared, good), self.leave_where_it_left)

    def action_to_step(self) -> None:
        """To the step of the bad run in the pair, or the next one after it."""
        if self._compared is not None and self.rows.pair is not None:
            later = (pair.bad for pair in self._compared.pairs[self.rows.pair :] if pair.bad is not None)
            self.leave_for(next(later, len(self.opened.session.steps) - 1))

    def action_leave(self) -> None:
        self._close_pair() if self.pane.has_focus else self.leave_for(None)

    def action_copy(self) -> None:
        from tracetui.ui.app import TracetuiApp

        if self._compared is not None and isinstance(self.app, TracetuiApp):
            lines = diff_head.verdict(self._compared, 10_000)
            self.app.copy_text(
                self.pane.block_text() if self.pane.has_focus else "\n".join(line.plain for line in lines)
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now."""
        compared = self._compared
        if action in ("difference", "divergence"):
            return compared is not None and bool(compared.told)
        if action == "postmortem":
            return compared is not None and self.opened.triage is not None
        if action == "decisive":
            return compared is not None and compared.decisive_at is not None
        if action in ("hide", "open_pair", "to_step", "switch_pane", "pair", "copy", "fold", "fold_all", "note"):
            return compared is not None
        return bool(self._hidden) if action == "show_all" else True


class ChoosingDiffScreen(DiffScreen):
    """Asks for the good run first."""

    asks_first = True
