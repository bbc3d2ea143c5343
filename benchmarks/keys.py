"""What a key costs in a long session: `python benchmarks/keys.py TRACE`. CPU milliseconds a key, painting included; JSON.

Make a trace of any length with a generator of your own, or concatenate sample sessions; 100,000 steps is a fair test.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen

KEYS: Sequence[tuple[str, str, int]] = (
    ("next step", "j", 60),
    ("half a page", "ctrl+d", 40),
    ("last step", "G", 1),
    ("previous step", "k", 60),
    ("first step", "g", 1),
    ("next flag", "right_square_bracket", 30),
)
PAGES = ("step", "context", "evidence", "raw")


async def measure(path: str) -> dict[str, object]:
    app, start = TracetuiApp(path), time.perf_counter()
    async with app.run_test(size=(120, 40)):
        while not isinstance(app.screen, DebuggerScreen):
            await asyncio.sleep(0.01)
        screen, opened_s = app.screen, time.perf_counter() - start
        while screen.opened.triage is None:
            await asyncio.sleep(0.05)
        verdict_s = time.perf_counter() - start
        await asyncio.sleep(0.5)
        keys = {name: await _cost_ms(app, key, times) for name, key, times in KEYS}
        pages = {page: await _page_ms(screen, page) for page in PAGES}
        return {
            "steps": screen.opened.facts.steps,
            "opened_s": round(opened_s, 2),
            "verdict_s": round(verdict_s, 2),
            "cpu_ms_per_key": keys,
            "cpu_ms_per_page_at_the_last_step": pages,
        }


async def _cost_ms(app: TracetuiApp, key: str, times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        app.simulate_key(key)
        await asyncio.sleep(0.02)
    return round((time.process_time() - start) * 1000 / times, 2)


async def _page_ms(screen: DebuggerScreen, page: str) -> float:
    screen.steps.action_last()
    await asyncio.sleep(0.3)
    start = time.process_time()
    screen.detail.turn_to(page)
    while not screen.detail.is_shown():
        await asyncio.sleep(0.005)
    return round((time.process_time() - start) * 1000, 1)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1])), indent=1))
