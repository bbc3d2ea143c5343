"""A screen over the comparison with a good run: the run that is chosen, the comparison as it comes, and where it leads."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump

from tracetui.model import Session
from tracetui.ui.background import in_child
from tracetui.ui.compared import Compared, compare_runs
from tracetui.ui.loading import is_long
from tracetui.ui.screens.base import Leave
from tracetui.ui.screens.baseline import BaselineScreen
from tracetui.ui.screens.noting import NotingScreen
from tracetui.ui.state import Opened


def compare_beside(
    owner: MessagePump,
    bad: Session,
    good: Session,
    done: Callable[[Compared], None],
    *,
    wanted: Callable[[], bool] = lambda: True,
) -> None:
    """Compare two runs beside the event loop; as `background.in_child`."""
    in_child(
        owner,
        lambda _: compare_runs(bad, good),
        done,
        apart=is_long(bad.steps, good.steps),
        known=(bad, good),
        wanted=wanted,
    )


class ComparingScreen(NotingScreen):
    """Dismissed with the good run that was chosen, so that it is kept."""

    asks_first = False
    """Whether to ask for the good run even where one is known."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._compared: Compared | None = None

    def show_compared(self) -> None:
        """There is another comparison, or none while it is being made."""
        raise NotImplementedError

    def on_mount(self) -> None:
        if self.opened.baseline is None or self.asks_first:
            self.action_choose()
        else:
            self._compare(self.opened.baseline)

    def _compare(self, good: Session) -> None:
        self._compared = None
        self.show_compared()
        bad = self.opened.session
        compare_beside(self, bad, good, self._take_compared, wanted=lambda: good is self.opened.baseline)

    def _take_compared(self, compared: Compared) -> None:
        if compared.good is self.opened.baseline:
            self._compared = compared
            self.show_compared()

    def action_choose(self) -> None:
        self.app.push_screen(BaselineScreen(self.opened), self._chosen)

    def _chosen(self, leave: Leave | None) -> None:
        if leave is not None and leave.opened is not None and leave.opened.baseline is not None:
            self.opened = leave.opened
            self._compare(leave.opened.baseline)
        elif self._compared is None and self.opened.baseline is not None and not self.asks_first:
            self._compare(self.opened.baseline)
        elif self._compared is None:
            self.leave_for(None)

    def action_postmortem(self) -> None:
        """The form at the divergence, which it is given with the good run."""
        from tracetui.ui.screens.postmortem import PostmortemScreen

        self.app.push_screen(PostmortemScreen(self.opened, "divergence"), self.leave_where_it_left)

    def leave_where_it_left(self, leave: Leave | None) -> None:
        """To the step for which a screen over this one was left."""
        if leave is not None and leave.step is not None:
            self.leave_for(leave.step)

    def leave_for(self, step: int | None) -> None:
        self.dismiss(Leave(step, self.opened))
