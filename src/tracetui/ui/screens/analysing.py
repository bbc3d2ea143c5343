"""Working out what went wrong in a session beside the keys, and whether the store knows of something like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.ui.background import in_child, keep_for_good
from tracetui.ui.loading import analyse_telling, is_long
from tracetui.ui.screens.following import FollowingScreen
from tracetui.ui.state import Opened
from tracetui.ui.widgets.banner_lines import VerdictBar

if TYPE_CHECKING:
    from tracetui.analysis.findings import SoFar, Triage
    from tracetui.postmortem.document import Pin
    from tracetui.ui.alike import Alike


class AnalysingScreen(FollowingScreen):
    """The analysing part of the debugger."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._analysis = 0
        """How often it was asked for: what an earlier one finds is stale."""

    def analysed(self) -> None:
        """The triage is known, and shown."""
        raise NotImplementedError

    def analyse(self, symptom: int | None) -> None:
        """Anew; `symptom`: index of the step that is the wrong output, None to look for it."""
        self._analysis += 1
        self.alike = None
        self.change(self.opened.with_(triage=None, symptom=symptom))
        request, opened = self._analysis, self.opened

        in_child(
            self,
            lambda tell: analyse_telling(opened, tell),
            lambda triage: self._analysed(request, triage),
            apart=is_long(opened.session.steps),
            hear=lambda so_far: self._tell(request, so_far),
            wanted=lambda: request == self._analysis,
        )

    def _tell(self, request: int, so_far: SoFar) -> None:
        """What is found while the analysis runs."""
        if request == self._analysis and self.opened.triage is None:
            self.query_one(VerdictBar).show(self.opened.with_(so_far=so_far))

    def _analysed(self, request: int, triage: Triage) -> None:
        if request == self._analysis:
            keep_for_good()
            self.change(self.opened.with_(triage=triage))
            self.keep_marks()
            self._look_for_alike(request)
            self.analysed()

    def _look_for_alike(self, request: int) -> None:
        """Ask the store for a past incident like this, and for what was marked earlier, beside everything else."""
        from tracetui.store.place import is_there

        opened, root = self.opened, getattr(self.app, "store_root", None)
        incident: str | None = getattr(self.app, "incident_id", None)

        def look() -> tuple[Alike | None, tuple[Pin, ...]]:
            if not is_there(root):
                return None, ()
            from tracetui.store.incidents import Store
            from tracetui.ui.alike import find_alike
            from tracetui.ui.pinning import kept_pins

            return find_alike(opened, Store(root)), kept_pins(opened, Store(root), incident)

        def found(result: tuple[Alike | None, tuple[Pin, ...]]) -> None:
            if request == self._analysis:
                self.alike, pins = result
                known = {pin.id for pin in self.opened.pins} | {pin.id for pin in self._unmarked}
                if new := tuple(pin for pin in pins if pin.id not in known):
                    self.change(self.opened.with_(pins=(*new, *self.opened.pins)))
                self.show_step()
                self.refresh_bindings()

        in_child(self, lambda _: look(), found, apart=is_there(root) and is_long(opened.session.steps))

    def action_alike(self) -> None:
        if self.alike is not None:
            from tracetui.ui.screens.alike import AlikeScreen

            self.app.push_screen(AlikeScreen(self.alike))
