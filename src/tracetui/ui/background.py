"""Work beside the event loop: in a thread, or where it is long in a process of its own.

Textual's thread workers keep the app from ending until they return; an analysis of a long trace may take a while, and
`q` must quit at once. So threads here are daemons, and what they return after the end is dropped.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from textual.message_pump import MessagePump

from tracetui.ui.apart import CAN_FORK, LostError, Tell, UnwantedError, in_fork
from tracetui.ui.typed_ahead import TypedAhead

Result = TypeVar("Result")
BACKGROUND = "tracetui-background"
"""Name of every thread made here."""
_NEW_OBJECTS = 10_000
"""The collector looks when there are so many: by default with 700, in the middle of every second key. It also looks
when no key has come for a while (`at_once`)."""
_GAP_SECONDS = 0.001
"""A key passes through several queues."""
_AFTER_KEY_SECONDS = 0.005
_LOST = "the process that worked this out ended early; it is done once more in this one, and keys may lag"


def keep_for_good() -> None:
    """What was made until now stays until the end: the garbage collector, which is off while the app is loaded, need not
    look at millions of objects of a session again and again while keys are pressed, nor at the new ones with every key."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()


def in_background(owner: MessagePump, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
    """Run `work` in a thread; `done` gets its result on the event loop, unless `owner` has gone by then.

    `work` touches no widget. An exception ends the app as if it were raised on the loop. A result may come late, after
    that of a later request: `done` compares it with what was asked for last.
    """
    app = owner.app

    def run() -> None:
        try:
            result = work()
        except UnwantedError:
            return
        except Exception as problem:
            app.call_later(app._handle_exception, problem)
        else:
            owner.call_later(done, result)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=BACKGROUND, daemon=True).start()


def bit_by_bit(owner: MessagePump, work: Iterator[None]) -> None:
    """On the event loop, for what touches the state of a screen: a step of `work` at a time, and keys in between, until
    `owner` has gone."""
    loop = asyncio.get_running_loop()

    def step() -> None:
        if isinstance(owner.app, TypedAhead) and owner.app.has_fresh_key:
            loop.call_later(_AFTER_KEY_SECONDS, step)
            return
        try:
            for _ in work if owner.is_running else ():
                loop.call_later(_GAP_SECONDS, step)
                return
        except Exception as problem:
            owner.app._handle_exception(problem)

    step()


def in_child(
    owner: MessagePump,
    work: Callable[[Tell], Result],
    done: Callable[[Result], None],
    *,
    apart: bool,
    known: Sequence[object] = (),
    hear: Callable[[Any], None] = lambda _: None,
    wanted: Callable[[], bool] = lambda: True,
) -> None:
    """`in_background`, and where it is long (`apart`) in a process of its own, with `known` as said at `apart.in_fork`.

    The work is given a function that tells how far it is, and answers whether anybody still waits; `hear` gets on the event
    loop what it tells. Work that is not wanted any more ends, and `done` is not called.
    """

    def is_wanted() -> bool:
        return owner.is_running and wanted()

    def tell(news: Any) -> bool:
        owner.call_later(hear, news)
        return is_wanted()

    def run() -> Result:
        if apart and CAN_FORK:
            try:
                return in_fork(work, hear=tell, wanted=is_wanted, known=known)
            except LostError:
                owner.call_later(owner.app.notify, _LOST, severity="warning", markup=False)
            except OSError:
                pass
        return work(tell)

    in_background(owner, run, done)
