"""The detail of one step: a title, the tabs, and the page of the chosen tab."""

from __future__ import annotations

import os
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tracetui.context import is_more_when_weighed
from tracetui.ui import present
from tracetui.ui.apart import Tell, UnwantedError
from tracetui.ui.background import in_child
from tracetui.ui.document import Document
from tracetui.ui.environment import over_ssh
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.loading import is_long
from tracetui.ui.pages import PAGES
from tracetui.ui.pages.context import context_page
from tracetui.ui.present import FOUND, QUIET, WRONG, content
from tracetui.ui.resting import Resting
from tracetui.ui.state import Opened
from tracetui.ui.widgets.text_pane import TextPane
from tracetui.ui.widgets.told_lines import ToldLines

_BUILT_EARLY = 0.3
"""Of the time after which the cursor counts as resting: a page is built then, and shown if no other is asked for by its end."""


_SILENT_SECONDS = 0.4
"""Before it is said that a prompt is being read."""


class DetailTitle(ToldLines):
    """Which step, and which of its pages."""

    DEFAULT_CSS = "DetailTitle { height: 2; background: $background; color: $foreground; padding: 0 2; }"

    def __init__(self) -> None:
        super().__init__()
        self._opened: Opened | None = None
        self._step, self._page = 0, "step"
        self._note = ""

    def tell(self, note: str) -> None:
        """A remark behind the tabs."""
        if note != self._note:
            self._note = note
            self.refresh()

    def show(self, opened: Opened, step: int, page: str) -> None:
        self._opened, self._step, self._page = opened, step, page
        self.refresh()

    def empty(self) -> None:
        """No step, until one is shown."""
        self._opened = None
        self.refresh()

    def render(self) -> Content:
        if self._opened is None:
            return Content("")
        title = present.elide(content(*present.step_title(self._opened.session.steps[self._step])), self.size.width)
        tabs = [
            content((f" {number} {page.name} ", "reverse" if name == self._page else QUIET))
            for number, (name, page) in enumerate(PAGES.items(), start=1)
        ]
        return title + Content("\n") + Content(" ").join(tabs) + content((f"  {self._note}", QUIET))


class _Wanted(NamedTuple):
    """A page to be built."""

    opened: Opened
    step: int
    page: str
    brief: bool


class Detail(Vertical):
    """Shows one step at a time. Pages are built in a thread: a prompt may be long."""

    DEFAULT_CSS = "Detail { width: 1fr; height: 1fr; background: $background; }"

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self._step = 0
        self._page = "step"
        self._shown: tuple[int, str, bool] | None = None
        self._brief = False
        self._building: _Wanted | None = None
        self._weighing: _Wanted | None = None
        """The page that is shown while its prompt is held against the recorded tokens."""
        self._found = ""
        self._resting = Resting(self)
        self._passed = 0
        """Steps that were asked for since a page was shown."""

    @property
    def page(self) -> str:
        return self._page

    @property
    def step(self) -> int:
        """Index of the step shown."""
        return self._step

    def is_shown(self) -> bool:
        """Whether the page asked for last is on the screen."""
        return self._building is None and self._shown == (self._step, self._page, self._brief)

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    def compose(self) -> ComposeResult:
        yield DetailTitle()
        yield TextPane(values=True)

    def on_mount(self) -> None:
        self.watch(self.pane, "cursor", self._show_hits, init=False)

    def show(self, opened: Opened, step: int, *, at_once: bool = False) -> None:
        """Show a step, once the cursor rests on it."""
        self._passed += step != self._step
        self._opened, self._step = opened, step
        self._schedule(at_once)

    def cursor_moved(self, time: float) -> None:
        """Of the list, at `time`; the step that it stands on now is shown soon."""
        self._resting.moved(time)

    def make_way(self) -> None:
        """The list beside it scrolls. Over SSH, of steps that are passed without a rest the page before is taken away: the
        terminal moves whole rows, and what has to stay where it is would be sent again with each of them."""
        if self._passed > 1 and self._shown is not None and over_ssh(os.environ):
            self._shown = None
            self.pane.show(Document())
            self.query_one(DetailTitle).empty()

    def turn_to(self, page: str) -> None:
        """Show another page of the same step."""
        self._page = page
        if self.is_mounted:
            self._show_title()
        self._schedule(at_once=True)

    def toggle_brief(self) -> None:
        """Between all of a page and what is new on it."""
        self._brief = not self._brief
        self._schedule(at_once=True)

    def mark(self, found: str) -> None:
        """Mark a text that was searched for, and go to it."""
        self._found = found
        self.pane.mark(self._needles())
        if found:
            self.pane.show_first(found)
        else:
            self.pane.search("")
        self._show_hits()

    def _schedule(self, at_once: bool) -> None:
        if not self.is_mounted:
            return
        self._resting.forget()
        if not self.display:
            self._shown = None
        elif at_once:
            self._resting.end()
            self._build()
        else:
            self._resting.then(self._build, early=_BUILT_EARLY)

    def _build(self) -> None:
        """One page at a time: those asked for meanwhile are skipped but for the last."""
        if self._building is not None:
            return
        wanted = self._building = _Wanted(self._opened, self._step, self._page, self._brief)
        self._weighing = None
        opened, step, page, brief = wanted
        # The other pages look at one step.
        apart = page == "context" and is_long(opened.session.steps[: step + 1])

        def work(tell: Tell) -> Document | None:
            if not apart:
                return PAGES[page].build(opened, step, brief)
            # Nobody waits for the weighing of a long run to read the prompt.
            if not tell(context_page(opened, step, brief, weighed=False)):
                raise UnwantedError
            return context_page(opened, step, brief) if is_more_when_weighed(opened.session, step) else None

        in_child(
            self,
            work,
            lambda document: self._built(wanted, document),
            apart=apart,
            hear=lambda document: self._built_so_far(wanted, document),
            wanted=lambda: self._waits_for(wanted),
        )
        if apart:
            self.set_timer(_SILENT_SECONDS, lambda: self._tell_reading(wanted))

    def _tell_reading(self, wanted: _Wanted) -> None:
        if wanted is self._building:
            self.query_one(DetailTitle).tell(f"reading {GLYPHS.more}")

    def _waits_for(self, wanted: _Wanted) -> bool:
        return wanted is self._building or wanted is self._weighing

    def _built_so_far(self, wanted: _Wanted, document: Document) -> None:
        """Not weighed yet; the next page need not wait for that."""
        if self._waits_for(wanted):
            self._weighing, self._building = wanted, None
            self._show_or_build(wanted, document)

    def _built(self, wanted: _Wanted, document: Document | None) -> None:
        """None: weighed, and it says no more."""
        if wanted is self._weighing:
            self._weighing = None
            self._show_hits()
            if document is not None:
                self._show_or_build(wanted, document)
        elif wanted is self._building and document is not None:
            self._building = None
            self._show_or_build(wanted, document)

    def _show_or_build(self, made: _Wanted, document: Document) -> None:
        if made.opened is not self._opened or made[1:] != (self._step, self._page, self._brief):
            if not self._resting.is_awaited:
                self._build()
        elif self._resting.left:
            self._resting.then(lambda: self._show_page(document))
        else:
            self._show_page(document)

    def _show_page(self, document: Document) -> None:
        here = self._step, self._page, self._brief
        keep_place, self._shown, self._passed = self._shown == here, here, 0
        self._show_title()
        self.pane.show(document, needles=self._needles(), keep_place=keep_place)
        if self._found and not keep_place:
            self.pane.show_first(self._found)
        self._show_hits()

    def _show_title(self) -> None:
        self.query_one(DetailTitle).show(self._opened, self._step, self._page)

    def _show_hits(self) -> None:
        """How many hits of the search the page holds, and which is at the cursor."""
        at, count = self.pane.hits
        weighing = f"weighing {GLYPHS.more}" if self._weighing is not None else ""
        self.query_one(DetailTitle).tell(f"hit {at}/{count:,}" if count else weighing)

    def _needles(self) -> tuple[tuple[str, str], ...]:
        wrong = self._opened.wrong_value
        return (((wrong, WRONG),) if wrong else ()) + (((self._found, FOUND),) if self._found else ())
