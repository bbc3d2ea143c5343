"""Time for the tests of the screens: where an app waits for nothing but a timer, its clock jumps there. What it does, in
which order and how often is as in real time; only nobody waits for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from textual import _time
from textual.app import App

_STAY = "asyncio_"
"""Threads of an executor stay when they have nothing to do; what they do is counted."""


def jump_over_idle_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the test ends. Time is real while a thread works beside the event loop, as nobody knows how long it takes, and
    while an app ends: its timers go on until its last widget has gone."""
    ahead = 0.0
    others = set(threading.enumerate())
    busy: set[object] = set()
    run_once = asyncio.BaseEventLoop._run_once  # type: ignore[attr-defined]
    run_in_executor = asyncio.BaseEventLoop.run_in_executor
    shutdown = App._shutdown

    def now(*_: object) -> float:
        return time.monotonic() + ahead

    def is_alone() -> bool:
        return not busy and all(thread in others or thread.name.startswith(_STAY) for thread in threading.enumerate())

    def jump_and_run(loop: Any) -> None:
        nonlocal ahead
        if not loop._ready and not loop._stopping and is_alone():
            due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=0.0)
            ahead += max(due - now(), 0.0)
        run_once(loop)

    def run_and_count(loop: Any, executor: Any, work: Callable[..., Any], *given: Any) -> asyncio.Future[Any]:
        result: asyncio.Future[Any] = run_in_executor(loop, executor, work, *given)
        busy.add(result)
        result.add_done_callback(busy.discard)
        return result

    async def end(app: App[Any]) -> None:
        busy.add(app)
        try:
            await shutdown(app)
        finally:
            busy.discard(app)

    monkeypatch.setattr(asyncio.BaseEventLoop, "time", now)
    monkeypatch.setattr(asyncio.BaseEventLoop, "_run_once", jump_and_run)
    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", run_and_count)
    monkeypatch.setattr(App, "_shutdown", end)
    monkeypatch.setattr(_time, "get_time", now)
