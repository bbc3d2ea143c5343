"""The whole prompt at a step of an excerpt: its messages as a list of any length, and the one under the cursor in full."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from tracetui.errors import TracetuiError
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.ui.background import in_background
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.pages.whole_prompt import HEAD_LINES, head, message_page
from tracetui.ui.present import FOUND, QUIET, elide, line
from tracetui.ui.resting import Resting
from tracetui.ui.screens.base import StepsScreen
from tracetui.ui.state import Opened
from tracetui.ui.whole_prompts import call_of
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.message_list import MessageList
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.text_pane import TextPane
from tracetui.ui.widgets.told_lines import ToldLines


class PromptHead(ToldLines):
    """How sure the prompt is, what it weighs, where it is from."""

    DEFAULT_CSS = f"PromptHead {{ height: {HEAD_LINES}; background: $bar; color: $foreground; padding: 0 1; }}"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Content] = []

    def tell(self, lines: list[Content]) -> None:
        self._lines = lines
        self.refresh()

    def render(self) -> Content:
        return Content("\n").join(elide(told, self.size.width) for told in self._lines)


class WholePromptScreen(StepsScreen):
    """Counted by child processes, then there; a further one of the session is there at once."""

    HELP = (
        "All that the model was shown at this step, told by the session's own lines in the file: a list of its "
        "messages, newest last, and the one under the cursor below it. Messages are read where you look at them."
    )
    BINDINGS = [
        Binding("enter", "read", "read", id="whole-prompt.read", tooltip="To the message below the list"),
        Binding(
            "tab", "switch", "pane", show=False, id="whole-prompt.switch", tooltip="Between the list and the message"
        ),
        Binding("slash", "search", "search", id="find.text", tooltip="Find text in the prompt, from this message on"),
        Binding("n", "next_hit", "next hit", id="find.next", tooltip="Next message that holds the text"),
        Binding("J", "call(1)", "next call", id="prompts.next-call", tooltip="The next call's prompt"),
        Binding("K", "call(-1)", "", show=False, id="prompts.previous-call", tooltip="The prompt of the call before"),
        Binding("q,escape", "leave", "back", id="screen.back", tooltip="Back to the steps"),
    ]
    DEFAULT_CSS = """
    WholePromptScreen > MessageList { height: 3fr; }
    WholePromptScreen > TextPane { height: 4fr; border-top: solid $faint; }
    """

    def __init__(self, opened: Opened, step: int) -> None:
        """`step`: index; of a step that is no LLM call, what the next call was sent."""
        super().__init__(opened)
        self._step = step
        self._resting = Resting(self)
        self._search = 0

    def compose(self) -> ComposeResult:
        yield PromptHead()
        yield MessageList()
        yield TextPane()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self._list.focus()
        prompts, session = self.opened.whole_prompts, self.opened.session
        call = call_of(session, self._step)
        if prompts is None or call is None or call.source.line is None:
            self._show("no call of a model was read here")
            return
        number = call.source.line
        self._list.say(f"counting the messages of the session's calls up to line {number:,} {GLYPHS.more}")

        def work() -> PromptByPlace | str | None:
            try:
                return prompts.prompt(session.session_id, number - 1, lambda: not self.is_running)
            except TracetuiError as problem:
                return problem.message

        in_background(self, work, self._show)

    @property
    def _list(self) -> MessageList:
        return self.query_one(MessageList)

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    @property
    def is_shown(self) -> bool:
        """Whether the prompt is there."""
        return self._list.prompt is not None

    def _show(self, found: PromptByPlace | str | None) -> None:
        if not isinstance(found, PromptByPlace):
            reads = f"{key_of('lines.whole', 'w')} on the list of lines reads the whole file, which tells it"
            self._list.say(f"the whole prompt cannot be told here: {found}; {reads}")
            return
        self._turn_to(found, self._asked())

    def _turn_to(self, prompt: PromptByPlace, asked: str) -> None:
        """`asked`: what it is, in words."""
        self.query_one(PromptHead).tell(head(prompt, asked))
        self._list.show(prompt)
        self.refresh_bindings()
        self._build()

    def _asked(self) -> str:
        step, call = self.opened.session.steps[self._step], call_of(self.opened.session, self._step)
        if call is None or call is step:
            return f"the whole prompt of step {step.number}"
        which = "first call after" if call.index > step.index else "last call before"
        return f"the whole prompt of step {call.number}, the {which} step {step.number}"

    def action_call(self, direction: int) -> None:
        """The prompt of the session's next call, or of the one before."""
        here = self._list.prompt
        other = here.beside(direction) if here is not None else None
        if other is not None:
            self._turn_to(other, f"the whole prompt of the call on line {other.line + 1:,}")

    # The message under the cursor

    @on(MessageList.Moved)
    def _build_soon(self, event: MessageList.Moved) -> None:
        self._resting.moved(event.time)
        self._resting.then(self._build)

    def _build(self) -> None:
        prompt, at = self._list.prompt, self._list.cursor
        if prompt is None:
            return
        if not len(prompt):
            empty = Writer()
            empty.rich(("the call was sent no message", QUIET))
            self.pane.show(empty.document())
            return

        def show(page: Document) -> None:
            if prompt is self._list.prompt and at == self._list.cursor:
                found = self._list.found
                self.pane.show(page, needles=((found, FOUND),) if found else ())
                if found:
                    self.pane.show_first(found)

        in_background(self, lambda: message_page(prompt, at), show)

    @on(MessageList.Chosen)
    def action_read(self) -> None:
        self.pane.focus()
        self.refresh_bindings()

    def action_switch(self) -> None:
        (self._list if self.pane.has_focus else self.pane).focus()
        self.refresh_bindings()

    def action_leave(self) -> None:
        if self.pane.has_focus:
            self.action_switch()
        else:
            self._search += 1
            super().action_leave()

    # Search

    def action_search(self) -> None:
        self.query_one(PromptLine).ask("search", "/", self._list.found, "text in the prompt, from this message on")

    @on(PromptLine.Answered)
    def _search_for(self, event: PromptLine.Answered) -> None:
        self._list.focus()
        self._list.found = event.text
        self._list.rows_changed()
        if event.text:
            self._find(self._list.cursor)

    @on(PromptLine.Cancelled)
    def _focus_back(self) -> None:
        self._list.focus()

    def action_next_hit(self) -> None:
        if self._list.found:
            self._find(self._list.cursor + 1)

    def _find(self, first: int) -> None:
        prompt, text = self._list.prompt, self._list.found
        if prompt is None:
            return
        self._search += 1
        search = self._search
        self.notify(line(f"searching {GLYPHS.more}"), markup=False, timeout=1)

        def work() -> int | TracetuiError | None:
            try:
                return prompt.find(text, first, lambda: search != self._search)
            except TracetuiError as problem:
                return problem

        in_background(self, work, lambda at: self._found(search, at))

    def _found(self, search: int, at: int | TracetuiError | None) -> None:
        if search != self._search:
            return
        if isinstance(at, int):
            self._list.put_cursor(at)
            self._build()
        else:
            told = at.message if at is not None else "not found from here to the end of the prompt"
            self.notify(line(told), severity="warning", markup=False, timeout=4)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now."""
        if action in ("read", "search", "switch", "call"):
            there = self.is_mounted and self.is_shown
            return there and not (action == "read" and self.pane.has_focus)
        if action == "next_hit":
            return self.is_mounted and bool(self._list.found)
        return True
