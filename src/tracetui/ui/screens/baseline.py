"""Choosing the good run: what is at hand, the likest first and why, or any file by its path."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tracetui.errors import TracetuiError
from tracetui.store.incidents import Store
from tracetui.ui import candidates, figures, present
from tracetui.ui.background import in_child
from tracetui.ui.candidates import Candidate
from tracetui.ui.document import paragraph
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.loading import is_long, is_long_file
from tracetui.ui.present import GOOD, KEY, QUIET, STRONG, WARN, content
from tracetui.ui.screens.base import Leave, StepsScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.key_bar import KeyBar
from tracetui.ui.widgets.prompt_line import PromptLine
from tracetui.ui.widgets.row_list import RowList
from tracetui.ui.widgets.told_lines import ToldLine

_HINT = "A run of the same task that went right; another customer, other words, another order of lookups do no harm."
_SUITABLE = 0.6
"""Score from which a candidate is likely to be a good run of the same task."""


class CandidateList(RowList):
    """Rows of `Candidate`."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another candidate."""

    @dataclass
    class Selected(Message):
        """A second click on a candidate."""

    def __init__(self) -> None:
        super().__init__()
        self._candidates: Sequence[Candidate] = ()
        self.is_looking = True

    @property
    def candidate(self) -> Candidate | None:
        return self._candidates[self.cursor] if self._candidates else None

    def show(self, listed: Sequence[Candidate]) -> None:
        """The same candidate stays under the cursor, once the user has moved it."""
        here = self.candidate if self.cursor else None
        self._candidates = listed
        self.rows_changed()
        self.put_cursor(next((at for at, one in enumerate(listed) if one is here), 0))
        self.moved()

    def row_count(self) -> int:
        return len(self._candidates)

    def when_empty(self) -> str:
        return (
            "looking beside the trace"
            if self.is_looking
            else f"no other run beside the trace; {key_of('baseline.path', 'slash')} names a file"
        )

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return candidate_row(self._candidates[position], current=current, width=width)

    def moved(self) -> None:
        self.post_message(self.Highlighted())

    def chosen(self) -> None:
        self.post_message(self.Selected())


class BaselineScreen(StepsScreen):
    """Dismissed with the state that has the good run, or without one."""

    HELP = (
        "Runs that lie beside this trace, the likest good one first, with the reason in the last lines. The "
        "one you choose is what this run is compared with."
    )
    BINDINGS = [
        Binding("enter", "choose", "compare", id="baseline.choose", tooltip="Compare with this run"),
        Binding("slash", "path", "path", id="baseline.path", tooltip="Name the file of a good run"),
    ]
    DEFAULT_CSS = """
    BaselineScreen > .head { height: 1; background: $bar; padding: 0 1; }
    BaselineScreen > .hint { dock: bottom; height: 4; padding: 0 1; margin-bottom: 1; border-top: solid $faint; }
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._found: list[Candidate] = []
        self._files: list[str] = []
        self._looked = 0

    def compose(self) -> ComposeResult:
        yield ToldLine(classes="head")
        yield Static("", classes="hint", markup=False)
        yield CandidateList()
        yield PromptLine()
        yield KeyBar()

    @property
    def is_shown(self) -> bool:
        """Whether every candidate is in the list."""
        return not self.choices.is_looking

    @property
    def choices(self) -> CandidateList:
        return self.query_one(CandidateList)

    def on_mount(self) -> None:
        self.choices.focus()
        opened = self.opened
        store = Store(getattr(self.app, "store_root", None))
        sessions = opened.trace.sessions
        in_child(
            self,
            lambda _: (
                candidates.in_trace(opened, opened.trace),
                candidates.once([*candidates.beside(opened), *candidates.kept(opened, store)]),
            ),
            self._begun,
            apart=len(sessions) > 1 and is_long(*(session.steps for session in sessions)),
            known=sessions,
        )
        self._tell()

    def _begun(self, begun: tuple[list[Candidate], list[str]]) -> None:
        own, self._files = begun
        self._add(own)
        self._look(0)

    def _look(self, position: int) -> None:
        """One file after the other, each shown as soon as it is known."""
        self._looked = position
        self.choices.is_looking = position < min(len(self._files), candidates.MOST_FILES)
        self._tell()
        if self.choices.is_looking:
            opened, path = self.opened, self._files[position]
            in_child(
                self,
                lambda _: candidates.in_file(opened, path),
                lambda found: self._looked_at(position, found),
                apart=is_long_file(path),
            )
        else:
            self.choices.rows_changed()

    def _looked_at(self, position: int, found: list[Candidate]) -> None:
        self._add(found)
        self._look(position + 1)

    def _add(self, found: list[Candidate]) -> None:
        if found:
            self._found += found
            self.choices.show(candidates.ranked(self._found))
            self.refresh_bindings()

    def _tell(self) -> None:
        left = [("good run for ", f"bold {KEY}"), (self.opened.session.session_id, STRONG)]
        files = f"{self._looked:,} of {figures.plural(len(self._files), 'file')} beside it and in the library looked at"
        head = content(*left, (f"   {figures.plural(len(self._found), 'run')} {GLYPHS.dot} {files}", QUIET))
        self.query_one(".head", ToldLine).tell(head)
        self.show_reasons()

    def on_resize(self) -> None:
        self._tell()

    @on(CandidateList.Highlighted)
    def show_reasons(self) -> None:
        """Where the run under the cursor is, and all that speaks for it or against it."""
        candidate = self.choices.candidate
        if candidate is None:
            hint = content((_HINT, QUIET))
        else:
            reasons = f" {GLYPHS.dot} ".join(
                (f"score {100 * candidate.likeness.score:.0f}", *candidate.likeness.reasons)
            )
            width = self.size.width - 2
            rows = paragraph(content((reasons, QUIET)), width, most=2)
            hint = Content("\n").join([present.elide_middle(content(candidate.path), width), *rows])
        self.query_one(".hint", Static).update(hint)

    @on(CandidateList.Selected)
    def action_choose(self) -> None:
        if self.choices.candidate is not None:
            self._choose(self.choices.candidate)

    def _choose(self, candidate: Candidate) -> None:
        self.dismiss(Leave(opened=self.opened.with_(baseline=candidate.session, baseline_path=candidate.path)))

    def action_path(self) -> None:
        folder = os.path.dirname(self.opened.trace.path)
        self.query_one(PromptLine).ask("path", "good run", folder + os.sep if folder else "", "path of a trace")

    @on(PromptLine.Cancelled)
    def _cancelled(self) -> None:
        self.choices.focus()

    @on(PromptLine.Answered)
    def _named(self, event: PromptLine.Answered) -> None:
        self.choices.focus()
        opened, path = self.opened, event.text

        def read() -> list[Candidate] | TracetuiError:
            try:
                return candidates.named(opened, path)
            except TracetuiError as problem:
                return problem

        if path.strip():
            in_child(self, lambda _: read(), self._take_named, apart=is_long_file(os.path.expanduser(path.strip())))

    def _take_named(self, found: list[Candidate] | TracetuiError) -> None:
        if isinstance(found, TracetuiError):
            self.notify(present.line(found.message), severity="warning", markup=False)
        elif len(found) == 1:
            self._choose(found[0])
        else:
            self._add(found)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._found) if action == "choose" else True


def candidate_row(candidate: Candidate, *, current: bool, width: int) -> Content:
    """Session, file, steps, and why it is likely or not."""
    score, reasons = candidate.likeness
    cells = max(16, min(36, width // 3))
    name = content((os.path.basename(candidate.path) or candidate.path, STRONG if current else ""))
    mark = (f"{GLYPHS.calm} ", GOOD) if score >= _SUITABLE else (f"{GLYPHS.unsure} ", WARN)
    left = content((GLYPHS.cursor if current else " ", KEY), mark)
    left += present.elide(name, cells).pad_right(max(cells - name.cell_length, 0))
    session = present.elide(content((f" {candidate.session.session_id}", QUIET)), 16)
    left += session.pad_right(max(16 - session.cell_length, 0))
    left += content((f"{figures.plural(len(candidate.session.steps), 'step'):>10}  ", QUIET), f"{100 * score:3.0f} ")
    return present.elide(left + content((f"  {GLYPHS.dot} ".join(reasons), QUIET)), width)
