"""The walkthrough: an incident shown to a room, one page at a time. Nothing moves by itself and nothing pops up."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tracetui.export.redact import SECRETS, Rule
from tracetui.postmortem.prefill import absolute_path
from tracetui.store.incidents import Store
from tracetui.tour.build import shown
from tracetui.tour.pages import Page
from tracetui.ui import present, themes
from tracetui.ui.background import in_background, in_child
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.loading import is_long
from tracetui.ui.present import KEY, QUIET, content
from tracetui.ui.screens.base import Leave, StepsScreen
from tracetui.ui.screens.tour_contents import TourContentsScreen
from tracetui.ui.state import Opened
from tracetui.ui.tour_page import needles, tour_page
from tracetui.ui.tour_place import TourPlace, forget_place, place_file, tell_place
from tracetui.ui.touring import Tour, keep_arrangement, tour
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.text_pane import TextPane
from tracetui.ui.widgets.told_lines import ToldLine
from tracetui.ui.widgets.tour_pane import TourPane

_WIDEST = 108
_TALL = 40
"""From this many lines a page begins lower: the middle of a big screen is where a room looks."""


class WalkScreen(StepsScreen):
    HELP = (
        "The incident for a room: one idea a page, without secrets and addresses. The bar points at what is "
        "spoken of. Order, titles and notes are kept with the incident."
    )
    BINDINGS = [
        Binding("right,l,space,n", "turn(1)", "next", key_display=GLYPHS.arrow, id="walk.next", tooltip="Next page"),
        Binding(
            "left,h,backspace,N",
            "turn(-1)",
            "previous",
            key_display=GLYPHS.back,
            id="walk.previous",
            tooltip="Page before",
        ),
        Binding("home,g", "first", "first", show=False, priority=True, id="walk.first", tooltip="First page"),
        Binding("end,G", "last", "last", show=False, priority=True, id="walk.last", tooltip="Last page"),
        Binding("enter", "to_step", "its step", id="walk.step", tooltip="Leave for the step under the pointer"),
        Binding(
            "t", "contents", "pages", id="walk.contents", tooltip="All pages: order, titles, notes, what is hidden"
        ),
        Binding("q,escape", "leave", "end", id="screen.back", tooltip="Back to the steps"),
        Binding("colon", "go_to", "page", show=False, id="walk.go-to", tooltip="Go to a page by its number"),
        *(
            Binding(str(n), f"digit('{n}')", f"page {n}", show=False, id=f"walk.page-{n}", tooltip=f"Go to page {n}")
            for n in range(1, 10)
        ),
    ]
    DEFAULT_CSS = f"""
    WalkScreen > .head {{ height: 1; padding: 0 2; color: $quiet; }}
    WalkScreen > #page {{ height: 1fr; align-horizontal: center; padding: 0 1; }}
    WalkScreen #page > .title {{ height: auto; max-height: 3; width: 100%; max-width: {_WIDEST}; padding: 1 2 0 2;
        text-style: bold; color: $key; }}
    WalkScreen.-tall #page > .title {{ max-height: 6; padding-top: 4; }}
    WalkScreen #page > .rule {{ height: 1; width: 100%; max-width: {_WIDEST}; padding: 0 2; color: $faint; }}
    WalkScreen #page > TourPane {{ width: 100%; max-width: {_WIDEST}; }}
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._tour = Tour((), "", "")
        self._pages: tuple[Page, ...] = ()
        self._at = 0
        self._started_at = time.time()
        self._numbers = {step.number: step.index for step in opened.session.steps}
        self._place = place_file(absolute_path(opened.trace.path), opened.session.session_id)
        self._theme = ""
        self._said = ""

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        with Vertical(id="page"):
            yield Static(content((f"putting the pages together {GLYPHS.more}", QUIET)), classes="title", markup=False)
            yield Static("", classes="rule", markup=False)
            yield TourPane()
        yield PromptLine()
        yield KeyBar()

    @property
    def pane(self) -> TourPane:
        return self.query_one(TourPane)

    @property
    def store(self) -> Store:
        return Store(getattr(self.app, "store_root", None))

    def on_mount(self) -> None:
        self.pane.focus()
        self._theme = self.app.theme
        if self._theme == themes.DARK:
            self.app.theme = themes.LIGHT
        self._build(0)

    def on_unmount(self) -> None:
        forget_place(self._place)

    def on_resize(self) -> None:
        self.set_class(self.size.height >= _TALL, "-tall")
        self.call_after_refresh(self._show)

    def _build(self, start: int) -> None:
        chosen: str | None = getattr(self.app, "incident_id", None)
        opened, store = self.opened, self.store
        rules: tuple[Rule, ...] = SECRETS + getattr(self.app, "own_rules", ())
        in_child(
            self,
            lambda _: tour(opened, store, chosen, rules),
            lambda made: self._built(made, start),
            apart=is_long(opened.session.steps),
        )

    def _built(self, made: Tour, start: int) -> None:
        self._tour, self._pages = made, shown(made.pages)
        self._at = min(start, len(self._pages) - 1)
        self._show()

    # One page

    def _show(self) -> None:
        if not self._pages or not self.is_mounted:
            return
        page = self._pages[self._at]
        pane, width = self.pane, self.size.width
        self.query_one(".head", ToldLine).tell(self._head(width - 4))
        self.query_one(".title", Static).update(content(page.title))
        self.query_one(".rule", Static).update(content(GLYPHS.rule * max(min(width - 6, _WIDEST - 4), 1)), layout=False)
        pane.show(tour_page(page, pane.size.width - 3, self._numbers, pane.size.height), needles=needles(page))
        pane.point_at_step(page.step)
        self._tell_place(page)
        self.refresh_bindings()

    def _head(self, width: int) -> Content:
        name = self._tour.incident_id or self.opened.session.session_id
        cleaned = "secrets and addresses taken out" + (f": {self._tour.taken_out}" if self._tour.taken_out else "")
        left = content((name, QUIET), (f"   {self._said or cleaned}", QUIET))
        return present.spread(left, content((f"{self._at + 1} / {len(self._pages)}", f"bold {KEY}")), width)

    def _tell_place(self, page: Page) -> None:
        following = self._pages[self._at + 1].title if self._at + 1 < len(self._pages) else ""
        tell_place(
            self._place,
            TourPlace(
                number=self._at + 1,
                of=len(self._pages),
                title=page.title,
                notes=page.notes,
                next_title=following,
                started_at=self._started_at,
            ),
        )

    # Keys

    def action_turn(self, pages: int) -> None:
        self._go(self._at + pages)

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self._pages) - 1)

    def _go(self, at: int) -> None:
        at = max(0, min(at, len(self._pages) - 1))
        if at != self._at:
            self._at, self._said = at, ""
            self._show()

    def action_digit(self, digit: str) -> None:
        """With up to nine pages a digit is the page; with more it begins the number."""
        if len(self._pages) < 10:
            self._go(int(digit) - 1)
        else:
            self.query_one(PromptLine).ask("page", "page", digit, f"1 to {len(self._pages)}")

    def action_go_to(self) -> None:
        self.query_one(PromptLine).ask("page", "page", "", f"1 to {len(self._pages)}")

    @on(PromptLine.Answered)
    def _take_number(self, event: PromptLine.Answered) -> None:
        self.pane.focus()
        if event.text.strip().isdecimal():
            self._go(int(event.text) - 1)

    @on(PromptLine.Cancelled)
    def _keep_page(self) -> None:
        self.pane.focus()

    def action_to_step(self) -> None:
        self.pane.action_follow()

    @on(TextPane.Followed)
    def _follow(self, event: TextPane.Followed) -> None:
        event.stop()
        self._leave(Leave(step=event.step))

    def action_contents(self) -> None:
        self.app.push_screen(TourContentsScreen(self._tour.pages, self._pages[self._at].id), self._arranged)

    def _arranged(self, answer: tuple[Sequence[Page], str] | None) -> None:
        if answer is None:
            return
        after, current = answer
        before = self._tour.pages
        self._tour = self._tour._replace(pages=tuple(after))
        self._pages = shown(self._tour.pages)
        self._at = next(
            (at for at, page in enumerate(self._pages) if page.id == current), min(self._at, len(self._pages) - 1)
        )
        self._show()
        if list(before) != list(after):
            opened, store = self.opened, self.store
            chosen: str | None = getattr(self.app, "incident_id", None)
            in_background(self, lambda: keep_arrangement(opened, store, before, after, chosen), self._kept)

    def _kept(self, said: str) -> None:
        self._said = said
        self._show()

    def action_leave(self) -> None:
        self._leave(Leave())

    def _leave(self, leave: Leave) -> None:
        if self.app.theme == themes.LIGHT and self._theme:
            self.app.theme = self._theme
        self.dismiss(leave)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what works now."""
        asked = self.query_one_optional(PromptLine)
        if action in ("first", "last") and asked is not None and asked.is_asking:
            return False
        if action in ("turn", "first", "last", "digit", "go_to", "contents"):
            ahead = parameters[0] if action == "turn" else 0
            return bool(self._pages) and 0 <= self._at + (ahead if isinstance(ahead, int) else 0) < len(self._pages)
        if action == "to_step":
            return bool(self._pages) and self.pane.check_action("follow", ()) is True
        return super().check_action(action, parameters)
