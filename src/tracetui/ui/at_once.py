"""Paints what a key changed without waiting for Textual's queues and its timer."""

from __future__ import annotations

import asyncio
import gc
from time import monotonic

from textual.screen import Screen

_FRAME_SECONDS = 1 / 60
"""Textual paints no more often either: of keys that come faster several are painted together."""
_REST_SECONDS = 0.12
_last_painted = 0.0
_tidying: asyncio.TimerHandle | None = None


def paint_at_once(screen: Screen[object]) -> None:
    """Paint what the widgets in view asked to be painted anew, unless a frame was painted just now."""
    global _last_painted
    now = monotonic()
    if not screen.is_current or now - _last_painted < _FRAME_SECONDS:
        return
    _last_painted = now
    for widget in screen._compositor.visible_widgets:
        if widget._repaint_required:
            widget._repaint_required = False
            screen._dirty_widgets.add(widget)
    screen._on_timer_update()
    _tidy_at_rest()


def _tidy_at_rest() -> None:
    """Let the garbage collector look at what is new when no key has come for a while, rather than in the middle of one."""
    global _tidying
    if _tidying is not None:
        _tidying.cancel()
    _tidying = asyncio.get_running_loop().call_later(_REST_SECONDS, _tidy)


def _tidy() -> None:
    if gc.isenabled():  # else a trace is being read, and there may be millions
        gc.collect(0)
