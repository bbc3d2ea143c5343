"""How a form comes to its incident and gives it back: opened in a thread, saved all along, never left unsaved unasked."""

from __future__ import annotations

from collections.abc import Callable

from textual import work

from tracetui.errors import TracetuiError
from tracetui.store.editing import open_postmortem, settle
from tracetui.store.incident import HELD, Incident
from tracetui.store.incidents import Store
from tracetui.ui.figures import plural
from tracetui.ui.form.desk import Desk
from tracetui.ui.key_names import key_of, keys_of
from tracetui.ui.screens.base import Leave
from tracetui.ui.screens.fields import FieldsScreen
from tracetui.ui.screens.theirs import TheirsScreen
from tracetui.ui.state import Opened
from tracetui.ui.touring import subject_of
from tracetui.ui.typed_ahead import keys_go_on, keys_wait

_SAVE_EVERY_S = 10.0
_LOOK_EVERY_S = 1.0
_LAST_WORDS_S = 1.5


class SavingScreen(FieldsScreen):
    """Subclasses show the form when `begin` tells them, and again when `show_again` does."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self.opened = opened
        self._is_new = False
        self._is_leaving = False
        self._was_warned = False

    async def begin(self, desk: Desk) -> None:
        """The postmortem is at hand."""
        raise NotImplementedError

    async def show_again(self) -> None:
        """The document changed from outside."""
        raise NotImplementedError

    # Opening

    @property
    def store(self) -> Store:
        return Store(getattr(self.app, "store_root", None))

    def open_incident(self, *, take_over: bool) -> None:
        keys_wait(self, but=keys_of("form.out", "escape") + keys_of("form.leave", "q"))
        self._open_incident(take_over)

    @work(thread=True, exclusive=True, group="postmortem")
    def _open_incident(self, take_over: bool) -> None:
        try:
            chosen: str | None = getattr(self.app, "incident_id", None)
            editing, new = open_postmortem(self.store, subject_of(self.opened), take_over=take_over, incident_id=chosen)
        except TracetuiError as problem:
            self.app.call_from_thread(self._refused, problem)
            return
        self.app.call_from_thread(self._take_desk, Desk(editing), new)

    def _refused(self, problem: TracetuiError) -> None:
        self.tell(f"{problem.message} {problem.hint}".strip(), wrong=True)
        self.dismiss(Leave())

    def _take_desk(self, desk: Desk, new: bool) -> None:
        if self._desk is None:
            self.set_interval(_SAVE_EVERY_S, self._save_now_and_then)
            self.set_interval(_LOOK_EVERY_S, self._look_for_theirs)
        self._desk, self._is_new = desk, new
        self._set_last_words(lambda: desk.editing.flush(_LAST_WORDS_S))
        self.call_next(self.begin, desk)
        keys_go_on(self)
        self._greet(desk)
        if desk.postmortem.undecided and not desk.editing.read_only:
            self.ask_undecided()

    def _set_last_words(self, *words: Callable[[], object]) -> None:
        """What the app does when it is told to end at once."""
        held = getattr(self.app, "last_words", None)
        if held is not None:
            held[:] = words

    def _greet(self, desk: Desk) -> None:
        """What one must know before typing."""
        editing = desk.editing
        if editing.read_only:
            over = f"; {key_of('form.take-over', 't')} takes over" if editing.read_only.startswith(HELD) else ""
            self.tell(f"read-only: {editing.read_only}{over}", wrong=True)
        elif editing.state.kind == "failed":
            self.tell(
                f"nothing can be saved here: {editing.state.why}; {key_of('form.export', 'x')} exports what you type",
                wrong=True,
            )
        elif editing.recovered:
            count = plural(len(editing.recovered), "edit")
            self.tell(f"{count} recovered that an earlier end had cut off; {key_of('form.changes', 'c')} shows them")
        elif editing.offers:
            count = plural(len(editing.offers), "value")
            self.tell(f"triage says something else now about {count}; {key_of('form.changes', 'c')} shows them")
        elif editing.warning:
            self.tell(editing.warning, wrong=True)

    # Saving

    def _save_now_and_then(self) -> None:
        if self._desk is not None and self._desk.touched and not self._desk.editing.read_only:
            self._desk.editing.save()

    def action_save(self) -> None:
        """Save now; where there was no place for it, look for one again."""
        if isinstance(self.desk.editing, Incident):
            self.desk.editing.save()
            return
        settled = settle(self.store, self.desk.postmortem, subject_of(self.opened))
        if isinstance(settled, Incident):
            self.desk.editing = settled
            self._set_last_words(lambda: settled.flush(_LAST_WORDS_S))

    def _look_for_theirs(self) -> None:
        editing = self._desk.editing if self._desk is not None else None
        if isinstance(editing, Incident) and editing.changed_by_others and not self._is_deciding:
            self._join_theirs(editing)

    def on_app_focus(self) -> None:
        editing = self.desk.editing if self._desk is not None else None
        if not isinstance(editing, Incident) or editing.read_only or self._is_deciding:
            return
        if editing.changed_on_disk():
            self._join_theirs(editing)

    @property
    def _is_deciding(self) -> bool:
        return isinstance(self.app.screen, TheirsScreen)

    @work(exclusive=True, group="join")
    async def _join_theirs(self, editing: Incident) -> None:
        """Someone else wrote the document: take it in, and ask about what both changed."""
        self.guarded(editing.join_theirs)
        self.desk.forget()
        self.tell("the postmortem was changed by someone else; both changes are in it now")
        await self._decide()

    @work(exclusive=True, group="join")
    async def ask_undecided(self) -> None:
        await self._decide()

    async def _decide(self) -> None:
        """Ask about what two people changed. Both values are in the document until someone has chosen."""
        conflicts = self.desk.postmortem.undecided
        if conflicts:
            chosen = await self.app.push_screen_wait(TheirsScreen(conflicts))
            for address, text in chosen.items():
                self.guarded(lambda address=address, text=text: self.desk.choose(address, text))  # type: ignore[misc]
        await self.show_again()

    async def action_take_over(self) -> None:
        self.desk.editing.close()
        self.open_incident(take_over=True)

    # Leaving

    def action_leave(self) -> None:
        if self._desk is None:
            self.dismiss(Leave())
        elif not self._is_leaving:
            self._is_leaving = True
            self._flush_and_leave(self.desk)

    @work(thread=True, group="close")
    def _flush_and_leave(self, desk: Desk) -> None:
        """Off the event loop: the disk may be slow."""
        saved = desk.editing.flush()
        self.app.call_from_thread(self._flushed, desk, saved or not desk.touched or bool(desk.editing.read_only))

    def _flushed(self, desk: Desk, saved: bool) -> None:
        self._is_leaving = False
        if self.app.screen is not self:
            return  # another key came first: leaving now would take away what it opened
        if saved or self._was_warned:
            self.end(desk)
            self.dismiss(Leave())
        else:
            self._was_warned = True
            writes, leaves = key_of("form.export", "x"), key_of("form.leave", "q")
            self.tell(
                f"NOT SAVED: {desk.state.why}. {writes} writes it to a file; {leaves} again leaves without it",
                wrong=True,
            )

    def end(self, desk: Desk) -> None:
        """Give the incident up; one that was made for a look and in which nobody wrote goes away again."""
        self._desk = None
        self._set_last_words()
        if self._is_new and not desk.touched and isinstance(desk.editing, Incident):
            self.store.discard(desk.editing)
        else:
            desk.editing.close()

    def on_unmount(self) -> None:
        if self._desk is not None:
            self.end(self._desk)
