"""Work beside the event loop.

Textual's thread workers keep the app from ending until they return; an analysis of a long trace may take a while, and
`q` must quit at once. So threads here are daemons, and what they return after the end is dropped.
"""

from __future__ import annotations

import contextvars
import gc
import threading
from collections.abc import Callable
from typing import TypeVar

from textual.message_pump import MessagePump

Result = TypeVar("Result")
BACKGROUND = "tracetui-background"
"""Name of every thread made here."""


def keep_for_good() -> None:
    """What was made until now stays until the end: the garbage collector, which is off while the app is loaded, need not
    look at millions of objects of a session again and again while keys are pressed."""
    gc.freeze()
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
        except Exception as problem:
            app.call_later(app._handle_exception, problem)
        else:
            owner.call_later(done, result)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=BACKGROUND, daemon=True).start()
