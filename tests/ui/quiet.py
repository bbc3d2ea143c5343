"""When an app has nothing left to do: Textual's own guess, that it has used little processor time for a while, costs 40 ms
a key on an idle machine and is wrong on a busy one."""

from __future__ import annotations

import asyncio
import threading

from tracetui.ui.background import BACKGROUND

_SOON_SECONDS = 1 / 50
"""A timer due within it is waited for: Textual paints a screen up to a sixtieth of a second after it has changed."""


async def wait_for_quiet(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Wait until no message is being handled and no callback waits, no timer is due soon and nothing runs beside the event
    loop. It takes the place, and the arguments, of `textual._wait.wait_for_idle`. What the screens do once the cursor
    has rested a while is not waited for."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)
    started = loop.time()
    while (waited := loop.time() - started) < max_sleep:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            continue
        due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=None)  # type: ignore[attr-defined]
        if any(thread.name == BACKGROUND for thread in threading.enumerate()):
            await asyncio.sleep(0.001)
        elif due is not None and (left := due - loop.time()) < _SOON_SECONDS:
            await asyncio.sleep(max(left, 0.001))
        elif waited >= min_sleep:
            return
        else:
            await asyncio.sleep(min_sleep - waited)
