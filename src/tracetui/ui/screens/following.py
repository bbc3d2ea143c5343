"""Following a trace that is still being written: new steps, then the verdict anew."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from textual.timer import Timer

from tracetui.analysis.findings import Triage
from tracetui.ingest.stamp import Snapshot, snapshot
from tracetui.search import find_steps
from tracetui.ui.background import in_background, in_child
from tracetui.ui.figures import plural
from tracetui.ui.finding import Search
from tracetui.ui.following import GONE, REST, Looked, Reread, how_rewritten, look, others_of, what_changed, why_not
from tracetui.ui.key_names import key_of
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
        self._others = others_of(opened.trace.path, opened.session)
        self._read: Snapshot | None = None
        """What was looked at last; None: look again."""
        self._shown: Snapshot | None = None
        """As it was when what is shown was read."""
        self._busy = False
        self._is_judged = True
        """Whether the verdict shown is about the steps shown, or about to be."""
        self._rest_until = 0.0
        self._rewritten = self._problem = self._changed = ""
        self._further = 0
        self._seen = 0
        """Steps that there were when the cursor stood at the end."""

    @property
    def is_following(self) -> bool:
        return self._looking is not None

    def remark(self) -> str:
        return "   ".join(part for part in (super().remark(), self._told()) if part)

    def _told(self) -> str:
        if not self.is_following:
            return self._changed
        steps = len(self.opened.session.steps)
        if self.steps.step in (None, steps - 1):
            self._seen = steps
        new = f"{plural(steps - self._seen, 'new step')}, {key_of('row.last', 'G')}" if steps > self._seen else ""
        further = f"{plural(self._further, 'further session')} in the file" if self._further else ""
        told = ", ".join(part for part in (new, further, self._rewritten, self._problem) if part)
        return f"following: {told}" if told else "following"

    def watch_file(self) -> None:
        """Say from now on when the file is not what is shown any more, also where it changed before this was shown."""
        path = self.opened.trace.path
        self._shown = snapshot(path, self._others)
        if (seen := self.opened.source_bytes.seen(path)) is not None:
            self._shown = self._shown._replace(own=seen)
        if self._shown.own is not None:
            self.set_interval(_GLANCE_SECONDS, self._glance)

    def _glance(self) -> None:
        if self.is_active and not self.is_following:
            opened, others = self.opened, self._others
            in_background(
                self,
                lambda: (snapshot(opened.trace.path, others), why_not(opened)),
                lambda found: self._glanced(*found),
            )

    def _glanced(self, now: Snapshot, hindrance: str) -> None:
        told = what_changed(self._shown, now)
        if told and now.own is not None:
            told += f", {key_of('session.follow', 'F')} shows it" if not hindrance else ": open it again"
        if told != self._changed:
            self._changed = told
            self.show_step()

    def action_follow(self) -> None:
        """Show what is appended, or stop that."""
        if self._looking is not None:
            self._stop()
        elif reason := why_not(self.opened):
            self._refuse(reason)
        else:
            self._seen = len(self.opened.session.steps)
            self._looking = self.set_interval(_LOOK_SECONDS, self._look)
            self._look()
        self.show_step()

    def _refuse(self, reason: str) -> None:
        self.notify(line(f"cannot be followed: {reason}"), severity="warning", markup=False)

    def _stop(self) -> None:
        if self._looking is not None:
            self._looking.stop()
        self._looking = None

    def _look(self) -> None:
        """Only while no other screen is over this one: what that has in hand must not change under it."""
        resting = time.monotonic() < self._rest_until
        if self._busy or resting or not self.is_active or not self.is_following or self.opened.triage is None:
            return
        self._busy, opened, others, last = True, self.opened, self._others, self._read
        in_background(self, lambda: look(opened, others, last), lambda looked: self._take(opened, looked))

    def _take(self, before: Opened, looked: Looked) -> None:
        """A file that cannot be read may be half written: the next change is looked at."""
        self._busy, self._read, found = False, looked.now, looked.found
        if looked.hindrance and self.is_following:
            self._stop()
            self._refuse(looked.hindrance)
        if isinstance(found, Reread):
            self._rest_until = time.monotonic() + REST * found.seconds
            if self.opened is before and self.is_active and self.is_following:
                self._show(found, looked.now)
            else:
                # Marked, or another screen came, while it was read: once more, upon what is known then.
                self._read = None
            return
        if found is not None:
            problem = line(found.message)
        elif looked.now.own is None:
            problem = GONE
        else:
            problem = self._problem if self._problem != GONE else ""
        if problem != self._problem:
            self._problem = problem
            self.show_step()

    def _show(self, found: Reread, now: Snapshot) -> None:
        if not found.grew:
            self._rewritten = f"{how_rewritten(self._shown, now)} at {datetime.now(UTC):%H:%M:%S} UTC, read anew"
        self._problem, self._changed, self._shown = "", "", now
        self._further += found.further
        if found.is_same and self._is_judged:
            self.change(found.opened)  # what is no step may have come: a line that cannot be read
            return
        opened, here, rows = found.opened, self.steps.step, self.steps.shown_steps
        self._others = found.others
        stays = found.index_now(here) if here is not None and here != rows[-1] else len(opened.session.steps) - 1
        self.opened = opened
        self.steps.show(opened)
        self._show_filtered(self._filter)
        self.steps.go_to(stays)
        self.change(opened)
        self._search_again()
        self._judge()

    def _search_again(self) -> None:
        """The hits of the search, in the steps of now."""
        text, session = self._search.text, self.opened.session

        def found(search: Search) -> None:
            if session is self.opened.session and text == self._wanted:
                self._search = search
                self.show_step()
                self.refresh_bindings()

        if text:
            in_background(self, lambda: Search(text, find_steps(session, text)), found)

    def _judge(self) -> None:
        self._busy, began, opened = True, time.monotonic(), self.opened
        in_child(
            self,
            lambda _: analyse(opened),
            lambda triage: self._judged(opened, triage, began),
            apart=is_long(opened.session.steps),
        )

    def _judged(self, opened: Opened, triage: Triage, began: float) -> None:
        """Where something else was asked for meanwhile, or another screen holds what was known before, it is done again."""
        self._busy, now = False, self.opened
        self._rest_until = max(self._rest_until, time.monotonic() + REST * (time.monotonic() - began))
        is_asked = now.session is opened.session and now.baseline is opened.baseline and now.symptom == opened.symptom
        self._is_judged = is_asked and self.is_active
        if not self._is_judged:
            self._read = None
            return
        self.change(now.with_(triage=triage))
        if self._filter is not None:
            self._show_filtered(self._filter)
        self.keep_marks()
        self.refresh_bindings()
