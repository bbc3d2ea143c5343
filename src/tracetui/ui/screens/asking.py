"""What the debugger asks for at the foot of the screen: a search, a filter, a step number, a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from tracetui.search import Filter, FilterError, filter_steps, find_steps, parse_filter
from tracetui.text import elide
from tracetui.ui import figures
from tracetui.ui.background import in_background
from tracetui.ui.finding import Search, next_in
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.present import line
from tracetui.ui.state import Opened
from tracetui.ui.widgets.detail import Detail
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.step_list import StepList

if TYPE_CHECKING:
    from tracetui.postmortem.document import Pin
    from tracetui.ui.alike import Alike


class AskingScreen(Screen[Opened]):
    """The asking half of the debugger. The other half says what `change` and `show_step` do."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self.opened = opened
        self._search = Search()
        self._wanted = ""
        """The text searched for last; a search for another one is stale."""
        self._filter: Filter | None = None
        self._pinned: Pin | None = None
        """What gets the note that is being asked for."""
        self._unmarked: list[Pin] = []
        """Marks that were taken off, to be put back."""
        self._unkept: tuple[Pin, ...] = ()
        self._taken_out: tuple[str, ...] = ()
        """What is marked and not in the incident yet, and ids of what is still in it."""
        self.alike: Alike | None = None
        """The past incident that this looks like; known a moment after the triage."""

    @property
    def steps(self) -> StepList:
        return self.query_one(StepList)

    @property
    def detail(self) -> Detail:
        return self.query_one(Detail)

    def change(self, opened: Opened) -> None:
        """More is known: show it."""
        raise NotImplementedError

    def show_step(self) -> None:
        """The cursor, the filter or the search changed: show what belongs to the step."""
        raise NotImplementedError

    def take_keys(self) -> None:
        """Give the keys back to the pane that had them."""
        raise NotImplementedError

    def remark(self) -> str:
        """What the minimap's line says: filter, search, and the past incident that this looks like."""
        parts = [self._search.place_of(self.steps.step)]
        if self.alike is not None:
            reasons = self.alike.similar.reasons
            why = f": {reasons[0].text}" if reasons else ""
            parts.append(f"{key_of('open.alike', 'L')} looks like {self.alike.similar.id}{why}")
        if self._filter is not None:
            parts.insert(0, f"filter {self._filter.text}: {figures.plural(len(self.steps.shown_steps), 'step')}")
        return "   ".join(part for part in parts if part)

    def jump(self, step: int) -> None:
        """Go to a step (its index), also where the filter hides it."""
        if self._filter is not None and step not in self.steps.shown_steps:
            self._show_filtered(None)
        self.steps.go_to(step)

    def go_to_number(self, number: int) -> None:
        """Go to the first step with this number or a higher one."""
        steps = self.opened.session.steps
        self.jump(next((step.index for step in steps if step.number >= number), len(steps) - 1))

    def is_narrowed(self) -> bool:
        """Whether a filter or a search is on."""
        return self._filter is not None or bool(self._search.text)

    def show_all(self) -> None:
        """Lift the filter and forget the search."""
        self._start_search("")
        if self._filter is not None:
            self._show_filtered(None)

    def flagged(self) -> Sequence[int]:
        """Indices of the flagged steps that the filter lets through, ascending."""
        if self._filter is None:
            return self.opened.flagged
        return [step for step in self.steps.shown_steps if step in self.opened.letters]

    def action_search(self) -> None:
        hint = "text in any step; a capital makes case matter"
        self.query_one(PromptLine).ask("search", "/", self._search.text, hint)

    def action_filter(self) -> None:
        text = self._filter.text if self._filter is not None else ""
        hint = "kind:tool flag:E tool:get_order agent:x status:error -word"
        self.query_one(PromptLine).ask("filter", "filter", text, hint)

    def action_go_to(self) -> None:
        self.query_one(PromptLine).ask("step", ":", "", "step number")

    def action_note(self) -> None:
        """Mark the step; from the detail the line under the cursor, where it is of the trace."""
        from tracetui.ui import pinning

        step = self.steps.step
        if step is None:
            return
        quote = ""
        if self.detail.pane.has_focus:
            block = self.detail.pane.block()
            at = block.step if block is not None and block.step is not None else step
            quote = pinning.exact_quote(self.opened.session, at, self.detail.pane.line_text())
            step = at if quote else step
        self._pinned = pinning.pin_of(self.opened.session, step, quote=quote)
        held = next((pin.note.text for pin in self.opened.pins if pin.id == self._pinned.id), "")
        what = f"{GLYPHS.open_quote}{quote}{GLYPHS.close_quote}" if quote else "step"
        label = f"note on {elide(line(what), 30)}" + (
            f", step {self._pinned.step}" if quote else f" {self._pinned.step}"
        )
        self.query_one(PromptLine).ask("note", label, held, "Enter marks it")

    @on(PromptLine.Answered)
    def _take_answer(self, event: PromptLine.Answered) -> None:
        self.take_keys()
        take = {
            "search": self._start_search,
            "filter": self._set_filter,
            "step": self._take_number,
            "note": self._set_note,
        }
        take[event.kind](event.text)

    @on(PromptLine.Cancelled)
    def _cancelled(self) -> None:
        self.take_keys()

    def _start_search(self, text: str) -> None:
        self._wanted, session = text, self.opened.session

        def find() -> Search:
            return Search(text, find_steps(session, text, is_cancelled=lambda: self._wanted != text) if text else ())

        in_background(self, find, self._searched)

    def _searched(self, search: Search) -> None:
        if search.text != self._wanted:
            return
        self._search = search
        self.steps.mark(search.text)
        self.detail.mark(search.text)
        if search.steps and self.steps.step not in search.steps:
            self.action_hit(1)
        self.show_step()
        self.refresh_bindings()

    def action_hit(self, direction: int) -> None:
        step = next_in(self._search.steps, self.steps.step or 0, direction)
        if step is not None:
            self.jump(step)

    def _set_filter(self, text: str) -> None:
        try:
            wanted = parse_filter(text)
        except FilterError as problem:
            self.query_one(PromptLine).ask("filter", "filter", text)
            self.notify(line(str(problem)), severity="warning", markup=False)
            return
        self._show_filtered(wanted if wanted.terms else None)

    def _show_filtered(self, wanted: Filter | None) -> None:
        self._filter = wanted
        opened = self.opened
        shown: Sequence[int] = range(len(opened.session.steps))
        if wanted is not None:
            shown = filter_steps(
                opened.session, wanted, letters=opened.letters, flags=opened.flag_kinds, marked=opened.notes
            )
        self.steps.show_only(shown)
        self.show_step()
        self.refresh_bindings()

    def _take_number(self, text: str) -> None:
        if text.strip().isdecimal():
            self.go_to_number(int(text))

    def _set_note(self, text: str) -> None:
        from tracetui.ui import pinning

        if self._pinned is not None:
            self.pin(pinning.with_pin(self.opened, pinning.noted(self._pinned, text)))

    def pin(self, opened: Opened) -> None:
        """There are other marks: show them, and keep what changed in the incident."""
        before = self.opened.pins
        self.change(opened)
        self._unkept += tuple(pin for pin in opened.pins if pin not in before)
        gone = {pin.id for pin in before} - {pin.id for pin in opened.pins}
        self._taken_out += tuple(gone)
        self._unkept = tuple(pin for pin in self._unkept if pin.id not in gone)
        self.keep_marks()

    def keep_marks(self) -> None:
        """Into the incident with what was marked and is not there yet. Before the triage there is nothing to make one of."""
        opened, pins, removed = self.opened, self._unkept, self._taken_out
        if opened.triage is None or not (pins or removed):
            return
        from tracetui.store.incidents import Store
        from tracetui.ui import pinning

        self._unkept, self._taken_out = (), ()
        store, incident = Store(getattr(self.app, "store_root", None)), getattr(self.app, "incident_id", None)
        told = "mark" if pins else "mark removed"

        def say(words: str) -> None:
            wrong = words.startswith("NOT")
            self.notify(
                line(f"{told}: {words}"), severity="warning" if wrong else "information", markup=False, timeout=3
            )

        in_background(self, lambda: pinning.keep(opened, store, pins, removed, incident), say)

    def action_export(self) -> None:
        from tracetui.store.incidents import Store
        from tracetui.ui.screens.exports import ExportsScreen
        from tracetui.ui.touring import postmortem_of

        store, incident = Store(getattr(self.app, "store_root", None)), getattr(self.app, "incident_id", None)
        opened = self.opened
        self.app.push_screen(ExportsScreen(opened, lambda: postmortem_of(opened, store, incident)))

    def action_unmark(self) -> None:
        """Take the last mark off the step; `u` puts it back."""
        from tracetui.ui import pinning

        if self.steps.step is not None:
            pins = self.opened.pins_on(self.opened.session.steps[self.steps.step])
            if pins:
                self._unmarked.append(pins[-1])
                self.pin(pinning.without_pin(self.opened, pins[-1].id))

    def action_mark_again(self) -> None:
        from tracetui.ui import pinning

        if self._unmarked:
            self.pin(pinning.with_pin(self.opened, self._unmarked.pop()))
