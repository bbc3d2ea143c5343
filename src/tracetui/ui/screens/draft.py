"""Two long runs side by side by what their lines say, at once; by what they mean as soon as that is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding

from tracetui.errors import TracetuiError
from tracetui.model import Session, Step
from tracetui.ui import figures
from tracetui.ui.background import in_background
from tracetui.ui.compared import Compared
from tracetui.ui.drafted import Drafted
from tracetui.ui.excerpts import Excerpt, load_around
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.line_steps import LineSteps
from tracetui.ui.loading import Loaded
from tracetui.ui.present import BAD, GOOD, KEY, QUIET, WARN, Piece, content, elide, line
from tracetui.ui.screens.comparing import compare_beside
from tracetui.ui.screens.diff import DiffScreen
from tracetui.ui.state import Opened
from tracetui.ui.whole_file import WholeFile
from tracetui.ui.widgets.told_lines import ToldLine

_TELL_SECONDS = 0.5
_NEEDS_MEANING = ("choose", "prompts", "decisive")
_NEEDS_DEBUGGER = ("postmortem", "note")


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
        self._reading: tuple[WholeFile, ...] = ()
        """Both files, while they are read; they stay until they are compared."""
        self._has_read = False
        self._problem = ""
        self._place: tuple[int, int] | None = None
        """Pair, and height on the screen, that the cursor is to have in what is shown next."""

    def compose(self) -> ComposeResult:
        widgets = iter(super().compose())
        yield next(widgets)
        yield ToldLine(classes="head")
        yield from widgets

    def on_mount(self) -> None:
        self.set_interval(_TELL_SECONDS, self._tell)

    def on_unmount(self) -> None:
        self._stop()

    @property
    def is_by_meaning(self) -> bool:
        return self._compared is not None and self._compared.by_meaning

    def _compare(self, good: Session) -> None:
        """The draft is at hand when the screen is; another good run is chosen among those that were read."""
        if self.opened is not self._drafted.opened:
            super()._compare(good)
            return
        self._compared = self._drafted.compared
        self.show_compared()
        if not self._drafted.is_huge:
            self.action_whole()
        self._tell()

    # By meaning

    def action_whole(self) -> None:
        """Read both files, and compare the runs."""
        try:
            reading = tuple(WholeFile(file.path, file.format) for file in self._drafted.files)
        except OSError as problem:
            self._problem = str(problem)
            return
        self._reading, self._has_read, self._problem = reading, False, ""
        in_background(self, lambda: [file.read() for file in reading], lambda found: self._have_read(reading, found))
        self._tell()
        self.refresh_bindings()

    def _have_read(self, reading: tuple[WholeFile, ...], found: list[Loaded | TracetuiError | None]) -> None:
        if reading is not self._reading:
            return
        problem = next((one.message for one in found if isinstance(one, TracetuiError)), "")
        runs = [(one, *one.sessions[0]) for one in found if isinstance(one, Loaded) and len(one.sessions) == 1]
        if problem or len(runs) < len(found):
            self._stop()
            self._problem = problem or "the files have changed since"
            self._tell()
            return
        self._has_read = True
        (mine, trace, bad), (_, _, good) = runs
        opened = mine.opened(trace, bad).with_(baseline=good, baseline_path=self._drafted.files[1].path)
        compare_beside(
            self,
            bad,
            good,
            lambda compared: self._take_meaning(reading, opened, compared),
            wanted=lambda: reading is self._reading,
        )
        self._tell()

    def _take_meaning(self, reading: tuple[WholeFile, ...], opened: Opened, compared: Compared) -> None:
        if reading is not self._reading or self._compared is None:
            return
        self._reading = ()
        pair, height = self.rows.pair, self.rows.cursor - self.rows.scroll_offset.y
        if pair is not None:
            self._place = position_of(self._compared, pair, compared), height
        self.opened, self._compared = opened, compared
        self.show_compared()
        self._tell()

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
        if self.pane.has_focus or not self._reading:
            self.action_leave()
            return
        self._stop()
        self._tell()
        self.refresh_bindings()

    def _stop(self) -> None:
        for file in self._reading:
            file.stop()
        self._reading = ()

    def _tell(self) -> None:
        pieces: list[Piece] = []
        for piece in self._state():
            pieces += [(f" {GLYPHS.dot} ", QUIET), piece] if pieces else [piece]
        self.query_one(ToldLine).tell(elide(content(*pieces), self.size.width - 2))

    def _state(self) -> list[Piece]:
        """By what the runs are compared, and what goes on."""
        if self.is_by_meaning:
            return [("by meaning", GOOD), *self._disagreement()]
        told: list[Piece] = [("by call and text", WARN)]
        size = figures.size(self._drafted.size)
        if self._reading and self._has_read:
            told.append(("comparing by meaning, esc stops", f"bold {KEY}"))
        elif self._reading:
            percent = sum(file.percent for file in self._reading) // len(self._reading)
            told.append((f"comparing by meaning: read {percent} % of {size}, esc stops", f"bold {KEY}"))
        elif self._problem:
            told.append((f"not by meaning: {line(self._problem)}", BAD))
        else:
            told.append((f"w compares by meaning, which reads {size}", QUIET))
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
        return [(f"the runs part at {where}, o goes there", WARN), (f"the text already at {at}", QUIET)]

    # The steps

    def action_to_step(self) -> None:
        """Debug the step under the cursor: the lines around it, or the whole run where that is read."""
        from tracetui.ui.app import TracetuiApp

        if self._compared is None or self.rows.pair is None:
            return
        assert isinstance(self.app, TracetuiApp)
        step = self._compared.steps_at(self.rows.pair)[0]
        step = len(self._compared.bad.steps) - 1 if step is None else step
        if self.is_by_meaning:
            self.app.open_debugger(self.opened, step)
            return
        steps, file = self._compared.bad.steps, self._drafted.files[0]
        assert isinstance(steps, LineSteps)
        at = steps.line(step)

        def work() -> Excerpt | TracetuiError | None:
            try:
                return load_around(file, at)
            except TracetuiError as problem:
                return problem

        in_background(self, work, self._debug)

    def _debug(self, found: Excerpt | TracetuiError | None) -> None:
        from tracetui.ui.app import TracetuiApp

        if not self.is_current:
            return
        if found is None or isinstance(found, TracetuiError):
            said = found.message if found is not None else "this line holds no step"
            self.notify(line(said), severity="warning", markup=False)
            return
        assert isinstance(self.app, TracetuiApp)
        self.app.open_excerpt(*found)
        self.notify(line(found.loaded.traces[0].report.notes[-1]), markup=False, timeout=6)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _NEEDS_DEBUGGER or (action in _NEEDS_MEANING and not self.is_by_meaning):
            return False
        if action == "whole":
            return not self._reading and not self.is_by_meaning
        return super().check_action(action, parameters)


def position_of(before: Compared, pair: int, after: Compared) -> int:
    """The pair of a later comparison that holds the bytes at a pair of a draft, of the bad run where it has some."""
    held = before.pairs[pair]
    index, steps, run = (
        (held.bad, before.bad.steps, after.bad) if held.bad is not None else (held.good, before.good.steps, after.good)
    )
    assert index is not None
    assert isinstance(steps, LineSteps)
    wanted = _step_at(run.steps, steps.place(index))
    return next((at for at, one in enumerate(after.pairs) if (one.bad if run is after.bad else one.good) == wanted), 0)


def _step_at(steps: Sequence[Step], offset: int) -> int:
    """The step whose line begins at an offset, or the last one before."""
    places = sorted((step.source.offset, step.index) for step in steps)
    return places[max(bisect_right(places, (offset, len(places))) - 1, 0)][1]
