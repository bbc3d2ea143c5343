"""Two long runs side by side by what their lines say, at once; by what they mean as soon as that is known."""

from __future__ import annotations

import os

from textual.app import ComposeResult
from textual.binding import Binding

from tracetui.errors import TracetuiError
from tracetui.model import Session
from tracetui.ui import figures
from tracetui.ui.background import in_background, in_child
from tracetui.ui.by_meaning import compared_by_meaning
from tracetui.ui.compared import Compared
from tracetui.ui.drafted import Drafted
from tracetui.ui.excerpts import Excerpt, load_around
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.key_names import key_of
from tracetui.ui.line_steps import LineSteps
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, WARN, Piece, content, elide, line
from tracetui.ui.screens.diff import DiffScreen
from tracetui.ui.widgets.told_lines import ToldLine

_NEED_THE_WHOLE = ("choose", "prompts", "postmortem", "note")
"""What works in a run that is held whole."""
_GLANCE_SECONDS = 2.0


class DraftScreen(DiffScreen):
    """The cursor stays at its line when the comparison by meaning takes the place of the draft."""

    HELP = (
        "Two long runs, this one (-) beside a good one (+), first by what is written in their lines: who acted, with "
        "which words, what came of it. Meanwhile both are read and compared by what they mean; then that is shown."
    )
    BINDINGS = [
        Binding("w", "whole", "by meaning", id="draft.whole", tooltip="Read both files and compare what they mean"),
        Binding("escape", "stop", "stop", show=False, id="draft.stop", tooltip="Stop comparing by meaning; else back"),
    ]
    DEFAULT_CSS = "DraftScreen > .head { height: 1; background: $bar; padding: 0 1; }"

    def __init__(self, drafted: Drafted) -> None:
        super().__init__(drafted.opened)
        self._drafted = drafted
        self._comparing: object | None = None
        """Stands for the comparison by meaning that is being made."""
        self._percent = 0
        """Of both files that it has read."""
        self._failed = False
        self._changed: list[str] = []
        """The files that are not what was read any more."""
        self._place: tuple[int, int] | None = None
        """Pair, and height on the screen, that the cursor is to have in what is shown next."""

    def compose(self) -> ComposeResult:
        widgets = iter(super().compose())
        yield next(widgets)
        yield ToldLine(classes="head")
        yield from widgets

    def on_mount(self) -> None:
        self.set_interval(_GLANCE_SECONDS, self._glance)

    def on_unmount(self) -> None:
        self._comparing = None

    def _glance(self) -> None:
        """The rows are read from the files when they come into view."""
        changed = [os.path.basename(file.path) for file in self._drafted.files if file.change() != "same"]
        if changed != self._changed:
            self._changed = changed
            self._tell()

    @property
    def is_by_meaning(self) -> bool:
        return self._compared is not None and self._compared.by_meaning

    def _compare(self, good: Session) -> None:
        """The draft is at hand when the screen is."""
        self._compared = self._drafted.compared
        self.show_compared()
        if not self._drafted.is_huge:
            self.action_whole()
        self._tell()

    # By meaning

    def action_whole(self) -> None:
        """Read both files and compare what they mean, apart: neither their steps nor the work hold up the keys."""
        comparing, files = object(), self._drafted.files
        self._comparing, self._percent, self._failed = comparing, 0, False
        in_child(
            self,
            lambda tell: compared_by_meaning(files, tell),
            lambda found: self._take_meaning(comparing, found),
            apart=True,
            known=files,
            hear=lambda percent: self._hear(comparing, percent),
            wanted=lambda: comparing is self._comparing,
        )
        self._tell()
        self.refresh_bindings()

    def _hear(self, comparing: object, percent: int) -> None:
        if comparing is self._comparing:
            self._percent = percent
            self._tell()

    def _take_meaning(self, comparing: object, found: Compared | str) -> None:
        if comparing is not self._comparing or self._compared is None:
            return
        self._comparing = None
        if isinstance(found, str):
            self._failed = True
            self.notify(line(found), severity="warning", markup=False, timeout=12)
        else:
            pair, height = self.rows.pair, self.rows.cursor - self.rows.scroll_offset.y
            if pair is not None:
                self._place = position_of(self._compared, pair, found), height
            self.opened = self.opened.with_(session=found.bad, baseline=found.good)
            self._compared = found
            self.show_compared()
        self._tell()
        self.refresh_bindings()

    def show_place(self) -> None:
        """Where the cursor was; the first time, where the runs begin to differ."""
        if self._place is None:
            super().show_place()
            return
        (pair, height), self._place = self._place, None
        self.rows.go_to(pair)
        if (fold := self.rows.fold) is not None and pair > fold.first:
            self.rows.fold_here()
            self.rows.go_to(pair)
        self.rows.scroll_to(y=max(self.rows.cursor - height, 0), animate=False, force=True)

    def action_stop(self) -> None:
        """What is shown stays; where nothing is to be stopped, back."""
        if self.pane.has_focus or self._comparing is None:
            self.action_leave()
            return
        self._comparing = None
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        pieces: list[Piece] = []
        changed = " and ".join(map(line, self._changed))
        warned: list[Piece] = [(f"{changed} changed since it was read: open both again", WARN)] if changed else []
        for piece in [*warned, *self._state()]:
            pieces += [(f" {GLYPHS.dot} ", QUIET), piece] if pieces else [piece]
        self.query_one(ToldLine).tell(elide(content(*pieces), self.size.width - 2))

    def _state(self) -> list[Piece]:
        """By what the runs are compared, and what goes on."""
        if self.is_by_meaning:
            return [("by meaning", GOOD), *self._disagreement()]
        told: list[Piece] = [("by call and text", WARN)]
        size = figures.size(self._drafted.size)
        if self._comparing is not None:
            read = f": read {self._percent} % of {size}" if self._percent < 100 else ""
            told.append((f"comparing by meaning{read}, {key_of('draft.stop', 'escape')} stops", f"bold {KEY}"))
        elif self._failed:
            told.append((f"could not be compared by meaning, {key_of('draft.whole', 'w')} tries again", BAD))
        else:
            told.append((f"{key_of('draft.whole', 'w')} compares by meaning, which reads {size}", QUIET))
        return told

    def _disagreement(self) -> list[Piece]:
        """Where the meaning parts, if not where the text does."""
        compared, drafted = self._compared, self._drafted.compared
        if compared is None or drafted.divergence_at is None:
            return []
        first = drafted.pairs[drafted.divergence_at]
        at = f"step {drafted.number(first.bad)}" if first.bad is not None else "a step of the good run alone"
        found = compared.comparison.divergence
        if found is None or compared.divergence_at is None:
            return [(f"the runs do not part; the text does at {at}, which is noise", WARN)]
        if position_of(drafted, drafted.divergence_at, compared) == compared.divergence_at:
            return [("the runs part where the text does", QUIET)]
        where = f"step {compared.number(found.bad)}" if found.bad is not None else "a step of the good run alone"
        return [
            (f"the runs part at {where}, {key_of('diff.divergence', 'o')} goes there", WARN),
            (f"the text already at {at}", QUIET),
        ]

    # The steps

    def action_to_step(self) -> None:
        """Debug the lines around the step under the cursor."""
        if self._compared is None or self.rows.pair is None:
            return
        step, steps, file = self._compared.steps_at(self.rows.pair)[0], self._compared.bad.steps, self._drafted.files[0]
        assert isinstance(steps, LineSteps)
        at = steps.line(len(steps) - 1 if step is None else step)

        def work() -> Excerpt | TracetuiError | None:
            try:
                return load_around(file, at)
            except TracetuiError as problem:
                return problem

        in_background(self, work, self._debug)

    def _debug(self, found: Excerpt | TracetuiError | None) -> None:
        from tracetui.ui.app import TracetuiApp

        if not self.is_active:
            return
        if found is None or isinstance(found, TracetuiError):
            said = found.message if found is not None else "this line holds no step"
            self.notify(line(said), severity="warning", markup=False)
            return
        assert isinstance(self.app, TracetuiApp)
        self.app.open_excerpt(*found)
        self.notify(line(found.loaded.traces[0].report.notes[-1]), markup=False, timeout=6)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _NEED_THE_WHOLE:
            return False
        if action == "whole":
            return self._comparing is None and not self.is_by_meaning
        return super().check_action(action, parameters)


def position_of(before: Compared, pair: int, after: Compared) -> int:
    """The pair of a later comparison that holds the line at a pair of a draft, of the bad run where it has one."""
    held = before.pairs[pair]
    if held.bad is not None:
        wanted = _step_of(before.bad, held.bad, after.bad)
        return next((at for at, one in enumerate(after.pairs) if one.bad == wanted), 0)
    assert held.good is not None
    wanted = _step_of(before.good, held.good, after.good)
    return next((at for at, one in enumerate(after.pairs) if one.good == wanted), 0)


def _step_of(before: Session, index: int, after: Session) -> int:
    steps, others = before.steps, after.steps
    assert isinstance(steps, LineSteps)
    assert isinstance(others, LineSteps)
    return others.at_line(steps.line(index))
