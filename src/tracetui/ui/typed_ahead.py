"""Keys typed ahead: each is dealt with only when what the one before it led to is there to take it.

Textual sends a key to the widget that has the focus when it comes. Where the key before it opens a field, text typed
at once goes to the list below and is lost, or is taken for commands. On a slow line whole sequences come in one piece.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from time import monotonic
from typing import Any

from textual import events
from textual.message_pump import MessagePump
from textual.screen import Screen

from tracetui.ui.thin_output import ThinOutput

_PATIENCE_SECONDS = 10.0
"""A screen that is busy for longer than this does not keep the keys from the others."""
_FRESH_SECONDS = 0.015
"""In so long most keys are answered."""


class TypedAhead(ThinOutput):
    """A mixin for the app, between Textual's driver and the widgets."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        """What waits, in order."""
        self._waiting_since: float | None = None
        """Since when for what earlier keys led to."""
        self._turn = 0
        """The wait that counts: a later one takes the place of one that is under way, or two keys would go on at once, and
        the second overtake what the first does."""
        self._last_place: MessagePump | None = None
        """Where the last key went."""
        self._holders: dict[MessagePump, Collection[str]] = {}
        self._last_came = 0.0

    @property
    def has_fresh_key(self) -> bool:
        """Whether a key came just now, so that what can wait should."""
        return monotonic() - self._last_came < _FRESH_SECONDS

    def hold_keys(self, owner: MessagePump, *, but: Collection[str]) -> None:
        """Until `let_keys_through(owner)`, or until `owner`, a screen or the app, is left: the keys are for something that
        is not there yet. `but`: keys that do not wait; what was typed before them is forgotten then."""
        self._holders[owner] = but

    def let_keys_through(self, owner: MessagePump) -> None:
        """Behind what `owner` has still to do, and behind the focus that it asked the app for."""
        self._holders.pop(owner, None)
        self._wait_for(self._place, self._pass_on)

    @property
    def has_typed_ahead(self) -> bool:
        return bool(self._typed)

    async def on_event(self, event: events.Event) -> None:
        """Keys and pasted text wait for their turn; all else goes its way."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._last_came = monotonic()
        if isinstance(event, events.Key) and self._is_let_by(event.key):
            self._typed.clear()
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._waiting_since is None or monotonic() - self._waiting_since > _PATIENCE_SECONDS:
            await self._pass_on(at_once=self._waiting_since is not None or self._is_at_rest)

    def _is_let_by(self, key: str) -> bool:
        return key in self._keymap.get("app.quit-now", "ctrl+q").split(",") or (
            self._is_held and any(key in let_by for let_by in self._holders.values())
        )

    @property
    def _is_held(self) -> bool:
        for owner in [each for each in self._holders if isinstance(each, Screen) and each not in self.screen_stack]:
            del self._holders[owner]
        return bool(self._holders)

    @property
    def _place(self) -> MessagePump:
        """Where a key goes."""
        return self.focused or self.screen

    @property
    def _is_at_rest(self) -> bool:
        """Nothing is under way that could move the focus. A key then goes on without the detour of `_after`, which costs a
        millisecond."""
        pump: MessagePump | None = self._place
        while pump is not None and pump is not self:
            if not (pump._message_queue.empty() and _waits(pump)):
                return False
            pump = pump._parent
        return self._message_queue.empty()

    async def _pass_on(self, *, at_once: bool = True) -> None:
        """One key; the next when this is dealt with."""
        self._waiting_since = None
        if at_once and self._typed and not self._is_held:
            self._last_place = self._place
            await super().on_event(self._typed.popleft())
        if self._typed and not self._is_held:
            self._wait_for(self._last_place, self._await_consequences)

    def _await_consequences(self) -> None:
        """The last key is dealt with; what it opened, and messages it caused, may still be under way."""
        self._wait_for(self._place, self._pass_on)

    def _wait_for(self, pump: MessagePump | None, then: Callable[[], Any]) -> None:
        """`then` is called after what `pump` has to do, unless by then something else is waited for."""
        self._turn += 1
        self._waiting_since = self._waiting_since or monotonic()
        turn = self._turn
        self._after(pump, lambda: then() if turn == self._turn else None)

    def _after(self, pump: MessagePump | None, then: Callable[[], Any]) -> Any:
        """Call `then` once `pump`, its parent and so on up to the app have dealt with what they hold now: the way that a
        key takes, and a message."""
        if pump is None:
            return then()
        instead = () if pump is self else (*self.screen_stack[-1:], self)
        for taker in (pump, *instead):  # what is gone takes nothing, nor does an app that ends
            if taker.call_later(self._after, taker._parent, then):
                break
        return None


def _waits(pump: MessagePump) -> bool:
    """Whether it looks for a message now, rather than being in the middle of one. Where Textual does not tell: no."""
    ready = getattr(pump._message_queue, "ready_event", None)
    return bool(getattr(ready, "_waiters", None))


def keys_wait(screen: Screen[Any], *, but: Collection[str] = ("escape",)) -> None:
    """What is typed from now on is for what `screen` will show, until `keys_go_on`."""
    if isinstance(screen.app, TypedAhead):
        screen.app.hold_keys(screen, but=but)


def keys_go_on(screen: Screen[Any]) -> None:
    """It is there."""
    if isinstance(screen.app, TypedAhead):
        screen.app.let_keys_through(screen)
