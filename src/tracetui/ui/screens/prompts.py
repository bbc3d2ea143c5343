"""Two prompts compared: that of a step against that of another step, or of the good run at that point."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from tracetui.context import previous_call
from tracetui.model import Session
from tracetui.ui.background import in_child
from tracetui.ui.compared import Compared
from tracetui.ui.document import Document, Writer
from tracetui.ui.finding import next_in
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.loading import is_long
from tracetui.ui.present import KEY, QUIET, STRONG, content, elide
from tracetui.ui.prompt_pair_page import Side, prompt_pair_page
from tracetui.ui.screens.base import Leave, StepsScreen
from tracetui.ui.screens.comparing import compare_beside
from tracetui.ui.state import Opened
from tracetui.ui.text_pair import FIRST, SECOND
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.text_pane import TextPane

SIDE_BY_SIDE = 100
"""From this many columns the prompts stand side by side."""


class PromptsTitle(Widget):
    """Which prompts are compared, each over its column where there are two."""

    DEFAULT_CSS = "PromptsTitle { height: 1; background: $bar; color: $foreground; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, str] | None = None

    def show(self, first: str, second: str) -> None:
        self._names = first, second
        self.refresh()

    def render(self) -> Content:
        if self._names is None:
            return content(("prompts", f"bold {KEY}"))
        cells = self.size.width
        left = content(("prompts ", f"bold {KEY}"), FIRST, (self._names[0], STRONG))
        right = content(SECOND, (self._names[1], STRONG))
        half = (cells + 1) // 2 if self.screen.size.width >= SIDE_BY_SIDE else left.cell_length + 3
        return elide(elide(left, half - 1).pad_right(max(half - left.cell_length, 1)) + right, cells)


class PromptsScreen(StepsScreen):
    """Starts with the step's prompt against that of the call before it, or of the good run."""

    HELP = (
        "Two prompts side by side: what one model call was shown against another, or against the good run's "
        "at that point."
    )
    BINDINGS = [
        Binding("n", "difference(1)", "", show=False, id="prompts.next", tooltip="Next difference"),
        Binding("N", "difference(-1)", "", show=False, id="prompts.previous", tooltip="Previous difference"),
        Binding(
            "left_square_bracket",
            "other(-1)",
            "other",
            id="prompts.other-earlier",
            tooltip="Against the prompt of an earlier call",
        ),
        Binding(
            "right_square_bracket", "other(1)", "", show=False, id="prompts.other-later", tooltip="Against a later call"
        ),
        Binding("colon", "ask_other", "other step", id="prompts.other-step", tooltip="Against a step, by its number"),
        Binding("a", "run", "other run", id="prompts.run", tooltip="Against the good run at that point, or this run"),
        Binding("J", "call(1)", "next call", id="prompts.next-call", tooltip="The next call's prompt"),
        Binding("K", "call(-1)", "", show=False, id="prompts.previous-call", tooltip="The prompt of the call before"),
        Binding("s", "to_step", "step", id="prompts.step", tooltip="To this step"),
    ]

    def __init__(
        self, opened: Opened, step: int, compared: Compared | None = None, good_step: int | None = None
    ) -> None:
        """`step`: index. `good_step`: to begin with that step of the good run, which `compared` aligns."""
        super().__init__(opened)
        self._step = step
        self._compared = compared
        self._in_good = False
        self._other = self._before(step)
        """Index of the step compared with, in the good run where `_in_good`."""
        self._shown: tuple[Side, Side, int] | None = None
        if good_step is not None:
            self._in_good, self._other = True, good_step

    def compose(self) -> ComposeResult:
        yield PromptsTitle()
        yield TextPane()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.pane.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._build)

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    @property
    def is_shown(self) -> bool:
        """Whether the comparison asked for last is on the screen."""
        return self._shown == self._wanted()

    def _session(self) -> Session:
        """The run of the other step."""
        return self.opened.baseline if self._in_good and self.opened.baseline is not None else self.opened.session

    def _sides(self) -> tuple[Side, Side]:
        """The earlier prompt first; of two runs this one."""
        this = Side(f"step {self.opened.session.steps[self._step].number}", self.opened.session, self._step)
        run = self._session()
        name = f"{'good run, ' if self._in_good else ''}step {run.steps[self._other].number}"
        other = Side(name, run, self._other)
        return (this, other) if self._in_good or self._step < self._other else (other, this)

    def _wanted(self) -> tuple[Side, Side, int]:
        return (*self._sides(), self.pane.text_width)

    def _build(self) -> None:
        wanted = first, second, width = self._wanted()
        if wanted == self._shown:
            return
        self.query_one(PromptsTitle).show(first.name, second.name)
        beside, home = self.size.width >= SIDE_BY_SIDE, self.opened.session

        def show(page: Document) -> None:
            if wanted == self._wanted():
                self._shown = wanted
                self.pane.show(page)
                self.refresh_bindings()

        in_child(
            self,
            lambda _: prompt_pair_page(first, second, width, beside=beside, home=home),
            show,
            apart=is_long(*(side.session.steps[: side.step + 1] for side in (first, second))),
        )

    # Which prompts

    def _before(self, step: int) -> int:
        """The call before a step, where it has one, else the next."""
        session = self.opened.session
        before = previous_call(session, step)
        if before is not None:
            return before
        later = next_in(_calls(session), step, 1, wrap=False)
        return step if later is None else later

    def _to_good(self, compared: Compared) -> None:
        aligned = compared.good_step_at(self._step)
        if aligned is not None:
            self._in_good, self._other = True, aligned

    def action_run(self) -> None:
        """Between the good run and this one."""
        bad, good = self.opened.session, self.opened.baseline
        if self._in_good:
            self._in_good, self._other = False, self._before(self._step)
            self._build()
        elif self._compared is not None:
            self._to_good(self._compared)
            self._build()
        elif good is not None:
            waiting = Writer()
            waiting.rich((f"aligning with the good run {GLYPHS.more}", QUIET))
            self.pane.show(waiting.document())
            self._shown = None
            compare_beside(self, bad, good, self._aligned)

    def _aligned(self, compared: Compared) -> None:
        self._compared = compared
        self._to_good(compared)
        self._build()

    def action_other(self, direction: int) -> None:
        at = next_in(_calls(self._session()), self._other, direction, wrap=False)
        if at is not None and not (at == self._step and not self._in_good):
            self._other = at
        elif at is not None:
            self._other = next_in(_calls(self._session()), at, direction, wrap=False) or self._other
        self._build()

    def action_call(self, direction: int) -> None:
        at = next_in(_calls(self.opened.session), self._step, direction, wrap=False)
        if at is None:
            return
        self._step = at
        if self._in_good and self._compared is not None:
            self._to_good(self._compared)
        else:
            self._other = self._before(at)
        self._build()

    def action_ask_other(self) -> None:
        self.query_one(PromptLine).ask("step", ":", "", "number of the step to compare with")

    @on(PromptLine.Answered)
    def _take_number(self, event: PromptLine.Answered) -> None:
        self.pane.focus()
        steps = self._session().steps
        if event.text.strip().isdecimal() and steps:
            wanted = int(event.text)
            self._other = next((step.index for step in steps if step.number >= wanted), len(steps) - 1)
            self._build()

    @on(PromptLine.Cancelled)
    def _cancelled(self) -> None:
        self.pane.focus()

    # Moving and leaving

    def action_difference(self, direction: int) -> None:
        self.pane.action_change(direction)

    @on(TextPane.Followed)
    def _follow(self, event: TextPane.Followed) -> None:
        self.dismiss(Leave(event.step))

    def action_to_step(self) -> None:
        self.dismiss(Leave(self._step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run":
            return self.opened.baseline is not None
        return True


def _calls(session: Session) -> list[int]:
    """Indices of the LLM calls, ascending."""
    return [step.index for step in session.steps if step.kind == "llm_call"]
