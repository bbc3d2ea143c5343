"""The detail of one step: a title, the tabs, and the page of the chosen tab."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from tracetui.ui import present
from tracetui.ui.document import Document
from tracetui.ui.pages import PAGES
from tracetui.ui.present import FOUND, QUIET, WRONG, content
from tracetui.ui.state import Opened
from tracetui.ui.widgets.text_pane import TextPane

_SETTLE_SECONDS = 0.06
"""A page is built when the cursor has rested this long: held keys over a slow link stay quick."""


class DetailTitle(Widget):
    """Which step, and which of its pages."""

    DEFAULT_CSS = "DetailTitle { height: 2; background: $background; color: $foreground; padding: 0 2; }"

    def __init__(self) -> None:
        super().__init__()
        self._opened: Opened | None = None
        self._step, self._page = 0, "step"

    def show(self, opened: Opened, step: int, page: str) -> None:
        self._opened, self._step, self._page = opened, step, page
        self.refresh()

    def render(self) -> Content:
        if self._opened is None:
            return Content("")
        title = present.elide(content(*present.step_title(self._opened.session.steps[self._step])), self.size.width)
        tabs = [
            content((f" {number} {page.name} ", "reverse" if name == self._page else QUIET))
            for number, (name, page) in enumerate(PAGES.items(), start=1)
        ]
        return title + Content("\n") + Content(" ").join(tabs)


class Detail(Vertical):
    """Shows one step at a time. Pages are built in a thread: a prompt may be long."""

    DEFAULT_CSS = "Detail { width: 1fr; height: 1fr; background: $background; }"

    class Built(Message):
        """A page is ready; a later request makes it stale."""

        def __init__(self, request: int, document: Document, keep_place: bool) -> None:
            super().__init__()
            self.request, self.document, self.keep_place = request, document, keep_place

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._step = 0
        self._page = "step"
        self._shown: tuple[int, str] | None = None
        self._request = 0
        self._found = ""
        self._settling: Timer | None = None

    @property
    def page(self) -> str:
        return self._page

    @property
    def step(self) -> int:
        """Index of the step shown."""
        return self._step

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    def compose(self) -> ComposeResult:
        yield DetailTitle()
        yield TextPane()

    def show(self, opened: Opened, step: int, *, at_once: bool = False) -> None:
        """Show a step, once the cursor rests on it."""
        self._opened, self._step = opened, step
        self._schedule(at_once)

    def turn_to(self, page: str) -> None:
        """Show another page of the same step."""
        self._page = page
        self._schedule(at_once=True)

    def mark(self, found: str) -> None:
        """Mark a text that was searched for, and go to it."""
        self._found = found
        self.pane.mark(self._needles())
        if found:
            self.pane.show_first(found)

    def _schedule(self, at_once: bool) -> None:
        if not self.is_mounted:
            return
        self.query_one(DetailTitle).show(self._opened, self._step, self._page)
        if self._settling is not None:
            self._settling.stop()
        if not self.display:
            self._shown = None
        elif at_once:
            self._build()
        else:
            self._settling = self.set_timer(_SETTLE_SECONDS, self._build)

    def _build(self) -> None:
        self._request += 1
        keep_place = self._shown == (self._step, self._page)
        self._build_page(self._request, self._opened, self._step, self._page, keep_place)

    @work(thread=True, exclusive=True, group="page")
    def _build_page(self, request: int, opened: Opened, step: int, page: str, keep_place: bool) -> None:
        document = PAGES[page].build(opened, step)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Built(request, document, keep_place))

    def on_detail_built(self, message: Detail.Built) -> None:
        message.stop()
        if message.request != self._request:
            return
        self._shown = self._step, self._page
        self.pane.show(message.document, needles=self._needles(), keep_place=message.keep_place)
        if self._found and not message.keep_place:
            self.pane.show_first(self._found)

    def _needles(self) -> tuple[tuple[str, str], ...]:
        wrong = self._opened.wrong_value
        return (((wrong, WRONG),) if wrong else ()) + (((self._found, FOUND),) if self._found else ())
