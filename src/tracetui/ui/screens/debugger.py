"""The main screen: the verdict, the steps, and the detail of the step under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import get_current_worker

from tracetui.analysis.findings import Triage
from tracetui.search import Filter, FilterError, filter_steps, find_steps, parse_filter
from tracetui.ui import figures
from tracetui.ui.finding import Search, next_in
from tracetui.ui.loading import analyse
from tracetui.ui.pages import PAGES
from tracetui.ui.present import line
from tracetui.ui.screens import OVER_STEPS, screen_class
from tracetui.ui.screens.base import Leave
from tracetui.ui.state import Opened
from tracetui.ui.widgets.banner_lines import HeaderLine, Minimap, VerdictBar
from tracetui.ui.widgets.detail import Detail
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.step_list import StepList
from tracetui.ui.widgets.text_pane import TextPane

SPLIT_WIDTH = 100
"""From this many columns list and detail stand side by side."""


class DebuggerScreen(Screen[Opened]):
    """One session. Dismissed with its `Opened`, so that notes and the baseline are still there on return."""

    BINDINGS = [
        Binding("enter", "open_step", "open", id="step.open", tooltip="Show the step; Esc comes back"),
        Binding("escape", "close_step", "back", id="step.close", tooltip="Back to the list"),
        Binding("tab", "switch_pane", "pane", show=False, id="pane.switch", tooltip="Between the list and the detail"),
        Binding("o", "origin", "origin", id="find.origin", tooltip="Go to the step where it began"),
        Binding(
            "left_square_bracket",
            "flag(-1)",
            "flags",
            key_display="[ ]",
            id="flag.previous",
            tooltip="Previous flagged step",
        ),
        Binding(
            "right_square_bracket", "flag(1)", "next flag", show=False, id="flag.next", tooltip="Next flagged step"
        ),
        Binding("c", "page('context')", "context", id="page.context", tooltip="What the model saw at this step"),
        Binding(
            "e", "page('evidence')", "evidence", id="page.evidence", tooltip="Flags, quotes and the walk to the origin"
        ),
        Binding("s", "page('step')", "step", show=False, id="page.step", tooltip="What happened in this step"),
        Binding("r", "page('raw')", "raw", show=False, id="page.raw", tooltip="The record's bytes"),
        Binding("d", "over('diff')", "diff", id="open.diff", tooltip="Compare with a good run"),
        Binding(
            "D",
            "over('baseline')",
            "baseline",
            show=False,
            id="open.baseline",
            tooltip="Choose the good run to compare with",
        ),
        Binding(
            "b", "over('blast_radius')", "blast", id="open.blast-radius", tooltip="Every action on the world outside"
        ),
        Binding("p", "over('postmortem')", "postmortem", id="open.postmortem", tooltip="Write the postmortem"),
        Binding("m", "note", "mark", id="step.note", tooltip="Mark this step with a note"),
        Binding("slash", "search", "search", id="find.text", tooltip="Search the content of all steps"),
        Binding("n", "hit(1)", "next hit", show=False, id="find.next", tooltip="Next hit of the search"),
        Binding("N", "hit(-1)", "previous hit", show=False, id="find.previous", tooltip="Previous hit"),
        Binding(
            "f", "filter", "filter", id="find.filter", tooltip="kind:tool flag:E tool:x agent:x status:error words"
        ),
        Binding(
            "O",
            "trace_back",
            "wrong here",
            show=False,
            id="find.trace-back",
            tooltip="This output is wrong: trace back from here",
        ),
        Binding("colon", "go_to", "go to", show=False, id="step.go-to", tooltip="Go to a step by its number"),
        Binding(
            "J", "step(1)", "next step", show=False, id="step.next-anywhere", tooltip="Next step, also from the detail"
        ),
        Binding(
            "K",
            "step(-1)",
            "previous step",
            show=False,
            id="step.previous-anywhere",
            tooltip="Previous step, also from the detail",
        ),
        Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
        Binding(
            "q",
            "leave",
            "quit",
            show=False,
            id="screen.leave",
            tooltip="Leave the session; quits where there is only one",
        ),
        *(
            Binding(
                str(number),
                f"page('{name}')",
                name,
                show=False,
                id=f"page.{name}-tab",
                tooltip=f"{page.name}, while the detail has the keys",
            )
            for number, (name, page) in enumerate(PAGES.items(), start=1)
        ),
    ]

    split: reactive[bool] = reactive(False, toggle_class="-split", bindings=True)
    """List and detail side by side."""
    detail_open: reactive[bool] = reactive(False, toggle_class="-detail-open", bindings=True)
    """The detail has the keys; where the two do not fit side by side it takes the whole width."""

    def __init__(self, opened: Opened, *, step: int | None = None) -> None:
        """`step`: index of the step to start at; by default the origin once it is known."""
        super().__init__()
        self.opened = opened
        self._start = step
        self._search = Search()
        self._filter: Filter | None = None
        self._analysis = 0

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.opened)
        yield VerdictBar(self.opened)
        with Horizontal(id="panes"):
            yield StepList(self.opened)
            yield Detail(self.opened)
        yield Minimap(self.opened)
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.steps.focus()
        if self._start is not None:
            self.steps.go_to(self._start)
        self._show_step()
        if self.opened.triage is None:
            self._analyse(None)

    @property
    def steps(self) -> StepList:
        return self.query_one(StepList)

    @property
    def detail(self) -> Detail:
        return self.query_one(Detail)

    def on_resize(self) -> None:
        self.split = self.size.width >= SPLIT_WIDTH
        self.call_after_refresh(self._show_step)

    # What is known about the session

    def change(self, opened: Opened) -> None:
        """More is known: show it."""
        self.opened = opened
        for widget in (self.query_one(HeaderLine), self.query_one(VerdictBar), self.steps, self.query_one(Minimap)):
            widget.show(opened)
        self._show_step()
        self.refresh_bindings()

    def _analyse(self, symptom: int | None) -> None:
        self._analysis += 1
        self.change(self.opened.with_(triage=None, symptom=symptom))
        self._run_analysis(self._analysis, self.opened)

    @work(thread=True, exclusive=True, group="analysis")
    def _run_analysis(self, request: int, opened: Opened) -> None:
        triage = analyse(opened)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._analysed, request, triage)

    def _analysed(self, request: int, triage: Triage) -> None:
        if request != self._analysis:
            return
        untouched = self.steps.cursor == 0 and self._start is None
        self.change(self.opened.with_(triage=triage))
        if untouched and triage.origin.found and triage.origin.step is not None:
            self.steps.go_to(triage.origin.step)

    # The step under the cursor

    @on(StepList.Highlighted)
    def _show_step(self) -> None:
        step = self.steps.step
        self.query_one(Minimap).point_at(step, self._remark())
        self.detail.display = self.split or self.detail_open
        if step is not None:
            self.detail.show(self.opened, step)

    def _remark(self) -> str:
        """What the minimap's line says: filter and search."""
        parts = [self._search.place_of(self.steps.step)]
        if self._filter is not None:
            parts.insert(0, f"filter {self._filter.text}: {figures.plural(len(self.steps.shown_steps), 'step')}")
        return "   ".join(part for part in parts if part)

    @on(StepList.Selected)
    def action_open_step(self) -> None:
        self.detail_open = True
        self._show_step()
        self.detail.pane.focus()

    def action_close_step(self) -> None:
        self.detail_open = False
        self.steps.focus()
        self._show_step()

    def action_switch_pane(self) -> None:
        self.action_close_step() if self.detail_open else self.action_open_step()

    def action_page(self, page: str) -> None:
        self.detail.turn_to(page)
        if not self.split:
            self.action_open_step()

    def action_step(self, rows: int) -> None:
        self.steps.action_move(rows)

    @on(TextPane.Followed)
    def _follow(self, event: TextPane.Followed) -> None:
        self._jump(event.step)

    def _jump(self, step: int) -> None:
        """Go to a step, also where the filter hides it."""
        if self._filter is not None and step not in self.steps.shown_steps:
            self._show_filtered(None)
        self.steps.go_to(step)

    def action_origin(self) -> None:
        origin = self.opened.triage.origin if self.opened.triage is not None else None
        if origin is not None and origin.found and origin.step is not None:
            self._jump(origin.step)
            self.detail.turn_to("evidence")

    def action_trace_back(self) -> None:
        if self.steps.step is not None:
            self._analyse(self.steps.step)

    def action_flag(self, direction: int) -> None:
        letters = self.opened.letters
        flagged = [step for step in self.steps.shown_steps if step in letters] if self._filter else sorted(letters)
        for _ in range(self.steps.take_count() or 1):
            step = next_in(flagged, self.steps.step or 0, direction)
            if step is not None:
                self.steps.go_to(step)

    # Asking: search, filter, go to, note

    def action_search(self) -> None:
        self.query_one(PromptLine).ask(
            "search", "/", self._search.text, "text in any step; a capital makes case matter"
        )

    def action_filter(self) -> None:
        text = self._filter.text if self._filter is not None else ""
        self.query_one(PromptLine).ask(
            "filter", "filter", text, "kind:tool flag:E tool:get_order agent:x status:error -word"
        )

    def action_go_to(self) -> None:
        self.query_one(PromptLine).ask("step", ":", "", "step number")

    def action_note(self) -> None:
        if self.steps.step is not None:
            note = self.opened.notes.get(self.steps.step, "")
            self.query_one(PromptLine).ask(
                "note", f"note on step {self._number()}", note, "Enter marks; empty text removes"
            )

    def _number(self) -> int:
        return self.opened.session.steps[self.steps.step or 0].number

    @on(PromptLine.Answered)
    def _take_answer(self, event: PromptLine.Answered) -> None:
        self._focus_back()
        {"search": self._start_search, "filter": self._set_filter, "step": self._go_to_number, "note": self._set_note}[
            event.kind
        ](event.text)

    @on(PromptLine.Cancelled)
    def _focus_back(self) -> None:
        (self.detail.pane if self.detail_open else self.steps).focus()

    def _start_search(self, text: str) -> None:
        if text:
            self._run_search(text, self.opened)
        else:
            self._searched(Search())

    @work(thread=True, exclusive=True, group="search")
    def _run_search(self, text: str, opened: Opened) -> None:
        worker = get_current_worker()
        steps = find_steps(opened.session, text, is_cancelled=lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._searched, Search(text, steps))

    def _searched(self, search: Search) -> None:
        self._search = search
        self.steps.mark(search.text)
        self.detail.mark(search.text)
        here = self.steps.step or 0
        if search.steps and here not in search.steps:
            self.action_hit(1)
        self._show_step()
        self.refresh_bindings()

    def action_hit(self, direction: int) -> None:
        step = next_in(self._search.steps, self.steps.step or 0, direction)
        if step is not None:
            self._jump(step)

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
        shown: Sequence[int] = range(len(self.opened.session.steps))
        if wanted is not None:
            opened = self.opened
            shown = filter_steps(
                opened.session, wanted, letters=opened.letters, flags=opened.flag_kinds, marked=opened.notes
            )
        self.steps.show_only(shown)
        self._show_step()

    def _go_to_number(self, text: str) -> None:
        if text.strip().isdecimal():
            number = int(text)
            steps = self.opened.session.steps
            self._jump(next((step.index for step in steps if step.number >= number), len(steps) - 1))

    def _set_note(self, text: str) -> None:
        step = self.steps.step
        if step is not None:
            notes = {key: note for key, note in self.opened.notes.items() if key != step}
            self.change(self.opened.with_(notes=notes | ({step: text.strip()} if text.strip() else {})))

    # Other screens

    def action_over(self, name: str) -> None:
        """Show another screen over this session; it may send us to a step."""
        self.app.push_screen(screen_class(name)(self.opened), self._returned)

    def _returned(self, leave: Leave | None) -> None:
        if leave is None:
            return
        if leave.opened is not None:
            self.change(leave.opened)
        if leave.step is not None:
            self._jump(leave.step)

    def action_leave(self) -> None:
        self.dismiss(self.opened)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now."""
        triage, in_detail = self.opened.triage, self.detail_open
        if action == "open_step":
            return not in_detail
        if action == "close_step":
            return in_detail
        if action == "origin":
            return triage is not None and triage.origin.found
        if action == "over":
            return triage is not None and parameters[0] in OVER_STEPS
        if action == "flag":
            return bool(self.opened.letters)
        if action == "hit":
            return bool(self._search.steps)
        return True
