"""The main screen: the verdict, the steps, and the detail of the step under the cursor."""

from __future__ import annotations

import os
import shlex

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive

from tracetui.ui import present
from tracetui.ui.environment import split_width
from tracetui.ui.finding import next_in
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.keys import DEBUGGER_KEYS
from tracetui.ui.pages import PAGES
from tracetui.ui.screens import OVER_STEPS, screen_class
from tracetui.ui.screens.analysing import AnalysingScreen
from tracetui.ui.screens.base import Leave
from tracetui.ui.state import Opened
from tracetui.ui.widgets.banner_lines import HeaderLine, Minimap, VerdictBar
from tracetui.ui.widgets.detail import Detail
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.step_list import StepList
from tracetui.ui.widgets.text_pane import TextPane


class DebuggerScreen(AnalysingScreen):
    """One session. Dismissed with its `Opened`, so that notes and the baseline are still there on return."""

    HELP = (
        "The run, step by step. On top the verdict: what kind of failure, where it began "
        f"({GLYPHS.origin} origin), how it "
        "spread, what it touched. Letters beside a step are flags; ! is an action that cannot be undone. "
        "Right of the list, or once it is opened, the step itself: what happened, what the model was shown, the "
        "evidence, the bytes."
    )
    BINDINGS = DEBUGGER_KEYS

    split: reactive[bool] = reactive(False, toggle_class="-split", bindings=True)
    """List and detail side by side."""
    detail_open: reactive[bool] = reactive(False, toggle_class="-detail-open", bindings=True)
    """The detail has the keys; where the two do not fit side by side it takes the whole width."""

    def __init__(
        self, opened: Opened, *, step: int | None = None, over: str | None = None, follow: bool = False
    ) -> None:
        """`step`: index of the step to start at; by default the origin once it is known. `over`: the screen to show
        over the steps, or the page of the detail to open, as soon as it can be. `follow`: the file grows."""
        super().__init__(opened)
        self._follow_at_once = follow
        self._start = step
        self._over = over

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
        self._lay_out(self.app.size.width)  # before the first frame, which would be another one
        self.steps.focus()
        # At once, so that both are painted together.
        self.watch(self.steps, "cursor", self._point, init=False)
        self.watch(self.steps, "scroll_y", self.detail.make_way, init=False)
        if self._start is not None:
            self.steps.go_to(self._start)
        if self.opened.triage is None:
            self.analyse(None)
        else:
            self._to_origin_unless_started()
        self.show_step()
        self.watch_file()
        if self._follow_at_once:
            self.action_follow()

    def on_resize(self) -> None:
        self._lay_out(self.size.width)
        self.call_after_refresh(self.show_step)

    def _lay_out(self, width: int) -> None:
        self.split = width >= split_width(os.environ)

    # What is known about the session

    def change(self, opened: Opened) -> None:
        self.opened = opened
        for widget in (self.query_one(HeaderLine), self.query_one(VerdictBar), self.steps, self.query_one(Minimap)):
            widget.show(opened)
        self.show_step()
        self.refresh_bindings()

    def analysed(self) -> None:
        self._to_origin_unless_started()
        if self._over is not None:
            over, self._over = self._over, None
            self.action_page(over) if over in PAGES else self.action_over(over)

    def _to_origin_unless_started(self) -> None:
        """Begin where it began, unless the user has begun already."""
        if self._start is None and self.steps.cursor == 0:
            self._go_to_origin()

    def _go_to_origin(self) -> None:
        origin = self.opened.triage.origin if self.opened.triage is not None else None
        if origin is not None and origin.found and origin.step is not None:
            self.jump(origin.step)

    # The step under the cursor

    def _point(self) -> None:
        self.query_one(Minimap).point_at(self.steps.step, self.remark())

    @on(StepList.Highlighted)
    def _follow_cursor(self, event: StepList.Highlighted) -> None:
        self.detail.cursor_moved(event.time)
        self.show_step()

    def show_step(self) -> None:
        step = self.steps.step
        self._point()
        self.detail.display = self.split or self.detail_open
        if step is not None:
            self.detail.show(self.opened, step)

    def take_keys(self) -> None:
        (self.detail.pane if self.detail_open else self.steps).focus()

    @on(StepList.Selected)
    def action_open_step(self) -> None:
        self.detail_open = True
        self.show_step()
        self.take_keys()

    def action_close_step(self) -> None:
        """From the detail to the list; from the list to all steps, without filter and search."""
        if not self.detail_open:
            self.show_all()
        self.detail_open = False
        self.show_step()
        self.take_keys()

    def action_switch_pane(self) -> None:
        self.action_close_step() if self.detail_open else self.action_open_step()

    def action_page(self, page: str) -> None:
        self.detail.turn_to(page)
        if not self.split:
            self.action_open_step()
        self.refresh_bindings()

    def action_brief(self) -> None:
        self.detail.toggle_brief()

    def action_step(self, rows: int) -> None:
        self.steps.action_move(rows)

    @on(TextPane.Followed)
    def _follow(self, event: TextPane.Followed) -> None:
        self.jump(event.step)

    @on(TextPane.ValuesFollowed)
    def _follow_values(self, event: TextPane.ValuesFollowed) -> None:
        from tracetui.ui.screens.values import ValuesScreen

        self.app.push_screen(ValuesScreen(self.opened, event.values), self._returned)

    def action_origin(self) -> None:
        """To the origin; from there to its evidence, also where that needs the whole width."""
        here = self.steps.step
        self._go_to_origin()
        if self.split or self.steps.step == here:
            self.action_page("evidence")
        else:
            self.detail.turn_to("evidence")

    def action_trace_back(self) -> None:
        if self.steps.step is not None:
            self.analyse(self.steps.step)

    def action_flag(self, direction: int) -> None:
        flagged = self.flagged()
        for _ in range(self.steps.take_count() or 1):
            step = next_in(flagged, self.steps.step or 0, direction)
            if step is not None:
                self.steps.go_to(step)

    def action_copy(self) -> None:
        """The block at the cursor of the detail; from the list the step's line."""
        from tracetui.ui.app import TracetuiApp

        step = self.steps.step
        if step is not None and isinstance(self.app, TracetuiApp):
            shown = self.opened.session.steps[step]
            line = present.content(*present.step_title(shown), "  ", *present.happened(shown)).plain
            told = self.detail.pane.block_text() if self.detail_open else line
            self.app.copy_text(f"{told}\n{self._deep_link(step)}")

    def _deep_link(self, step: int) -> str:
        """The command that opens this place."""
        opened, view = self.opened, f" --view {self.detail.page}" if self.detail.display else ""
        session = f" --session {shlex.quote(opened.session.session_id)}" if len(opened.trace.sessions) > 1 else ""
        place = f"{shlex.quote(opened.trace.path)}{session} --step {opened.session.steps[step].number}{view}"
        return present.line(f"tracetui {place}")

    # Other screens

    def action_over(self, name: str) -> None:
        """Show another screen over this session; it may send us to a step."""
        self.app.push_screen(screen_class(name)(self.opened), self._returned)

    def action_prompts(self) -> None:
        """The prompt of this step beside another one."""
        from tracetui.ui.screens.prompts import PromptsScreen

        if self.steps.step is not None:
            self.app.push_screen(PromptsScreen(self.opened, self.steps.step), self._returned)

    def action_whole_prompt(self) -> None:
        """What the excerpt lacks of the prompt of this step."""
        from tracetui.ui.screens.whole_prompt import WholePromptScreen

        if self.steps.step is not None:
            self.app.push_screen(WholePromptScreen(self.opened, self.steps.step), self._returned)

    def _returned(self, leave: Leave | None) -> None:
        if leave is None:
            return
        if leave.opened is not None:
            is_other = leave.opened.baseline is not self.opened.baseline
            self.pin(leave.opened)
            if is_other:
                # What the good run shows sharpens the search for the origin.
                self.analyse(self.opened.symptom)
        if leave.step is not None:
            self.jump(leave.step)

    def action_leave(self) -> None:
        self.dismiss(self.opened)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now: nothing in a screen that is being left."""
        detail = self.query_one_optional(Detail) if self.is_mounted else None
        if self.is_mounted and detail is None:
            return False
        triage, is_inside = self.opened.triage, self.detail_open or self.is_narrowed()
        shows_context = detail is not None and detail.display and detail.page == "context"
        answers = {
            "open_step": not self.detail_open,
            "close_step": is_inside,
            "leave": not is_inside,
            "origin": triage is not None and triage.origin.found,
            "page": detail is None or not detail.display or parameters[:1] != (detail.page,),
            "prompts": shows_context,
            "whole_prompt": self.opened.whole_prompts is not None and shows_context,
            "brief": shows_context,
            "export": triage is not None,
            "flag": bool(self.opened.letters),
            "alike": self.alike is not None,
            "hit": bool(self._search.steps),
            "mark_again": bool(self._unmarked),
            "unmark": self.is_mounted and self.steps.step in self.opened.notes,
        }
        if action == "over":
            return parameters[0] in OVER_STEPS and (triage is not None or parameters[0] == "unread")
        return answers.get(action, True)
