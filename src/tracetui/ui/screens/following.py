"""Following a trace that is still being written: new steps, then the verdict anew."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from textual.timer import Timer

from tracetui.analysis.findings import Triage
from tracetui.errors import TracetuiError
from tracetui.ingest.stamp import Stamp, stamp
from tracetui.ui.background import in_background, in_child
from tracetui.ui.following import REST, Reread, reread, what_changed, why_not
from tracetui.ui.loading import analyse, is_long
from tracetui.ui.present import line
from tracetui.ui.screens.asking import AskingScreen
from tracetui.ui.state import Opened

_LOOK_SECONDS = 0.5
_GLANCE_SECONDS = 2.0


class FollowingScreen(AskingScreen):
    """The following part of the debugger. Reading and analysing run beside the keys, one after the other, and rest in
    proportion to what they took."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._looking: Timer | None = None
        self._read: Stamp | None = None
        self._busy = False
        self._rest_until = 0.0
        self._rewritten = ""
        self._shown: Stamp | None = None
        """The file as it was when what is shown was read."""
        self._changed = ""

    @property
    def is_following(self) -> bool:
        return self._looking is not None

    def remark(self) -> str:
        told = f"following{self._rewritten}" if self.is_following else self._changed
        return "   ".join(part for part in (super().remark(), told) if part)

    def watch_file(self) -> None:
        """From now on say when the file is not what is shown any more."""
        self._shown = stamp(self.opened.trace.path)
        if self._shown is not None:
            self.set_interval(_GLANCE_SECONDS, self._glance)

    def _glance(self) -> None:
        if self.is_current and not self.is_following:
            path = self.opened.trace.path
            in_background(self, lambda: (stamp(path), why_not(path)), lambda found: self._glanced(*found))

    def _glanced(self, now: Stamp | None, hindrance: str) -> None:
        told = what_changed(self._shown, now)
        told += ", F shows it" if told and now is not None and not hindrance else ""
        if told != self._changed:
            self._changed = told
            self.show_step()

    def action_follow(self) -> None:
        """Show what is appended, or stop that."""
        path = self.opened.trace.path
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
        elif reason := why_not(path):
            self.notify(line(f"cannot be followed: {reason}"), severity="warning", markup=False)
        else:
            self._looking = self.set_interval(_LOOK_SECONDS, self._look)
            self._look()
        self.show_step()

    def _look(self) -> None:
        """Only while no other screen is over this one: what that has in hand must not change under it."""
        if self._busy or not self.is_current or not self.is_following or self.opened.triage is None:
            return
        now = stamp(self.opened.trace.path)
        if now is None or now == self._read or time.monotonic() < self._rest_until:
            return
        self._busy, opened = True, self.opened
        in_background(self, lambda: reread(opened), lambda found: self._take(now, opened, found))

    def _take(self, now: Stamp, before: Opened, found: Reread | TracetuiError) -> None:
        """A file that cannot be read may be half written: the next change is looked at."""
        self._busy, self._read, self._shown, self._changed = False, now, now, ""
        if isinstance(found, TracetuiError):
            self._rewritten = f": {line(found.message)}"
            self.show_step()
            return
        self._rest_until = time.monotonic() + REST * found.seconds
        if self.opened is not before:
            # Marked, or another screen came back, while it was read: once more, upon what is known now.
            self._read = None
            return
        self._rewritten = "" if found.grew else f": rewritten at {datetime.now(UTC):%H:%M:%S} UTC, read anew"
        if len(found.opened.session.steps) == len(before.session.steps) and found.grew:
            return
        at_end = self.steps.step in (None, len(before.session.steps) - 1)
        self.change(found.opened)
        self._show_filtered(self._filter)
        if at_end:
            self.steps.go_to(len(found.opened.session.steps) - 1)
        self._busy, began = True, time.monotonic()
        opened = self.opened
        in_child(
            self,
            lambda _: analyse(opened),
            lambda triage: self._judged(opened, triage, began),
            apart=is_long(opened.session.steps),
        )

    def _judged(self, opened: Opened, triage: Triage, began: float) -> None:
        self._busy = False
        self._rest_until = max(self._rest_until, time.monotonic() + REST * (time.monotonic() - began))
        if self.opened.session is opened.session:
            self.change(self.opened.with_(triage=triage))
            self.refresh_bindings()
