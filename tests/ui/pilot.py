"""Driving the app in tests: open a trace, wait for a condition, press keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen

SAMPLES = Path(__file__).parents[2] / "sample_traces"
NARROW, WIDE = (80, 24), (120, 40)
_LOOK_SECONDS = 0.005
"""From one look at a condition to the next."""


async def wait_for(pilot: Pilot[int], condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Poll the asserted condition: `pilot.pause()` alone only guesses at idleness."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"timed out waiting for {what}; the screen:\n{screen_text(pilot)}"
        await pilot.pause()
        await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def opened_app(
    path: Path | str, *, size: tuple[int, int] = WIDE, step: int | None = None
) -> AsyncIterator[Pilot[int]]:
    """The app on a trace of one session, with its triage done. Text that reached the terminal unsafe fails the test."""
    app = TracetuiApp(str(path), step=step)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: debugger(pilot).opened.triage, "the triage")
        yield pilot
        assert app.backstop.hits == 0


def type_at_once(pilot: Pilot[int], keys: Sequence[str]) -> None:
    """As they come from a terminal in one piece."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))


def debugger(pilot: Pilot[int]) -> DebuggerScreen:
    """The debugger, also where another screen is over it."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, DebuggerScreen))


def screen_text(pilot: Pilot[int]) -> str:
    """What is on the screen, line by line."""
    width, height = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.ljust(width) for strip in lines[:height])
