#!/usr/bin/env python3
"""What a key costs while the program is at work, beside the same screen at rest: `python benchmarks/busy_keys.py ROUNDS TRACE`.

In a pseudo-terminal of 120x40, each key alone: milliseconds until the first bytes of its answer (p50, p95), in the page and
where the list scrolls; `own`: without what the app waited for a processor that others had. At work: the verdict is worked
out anew (`O`) before each series, and only keys pressed until it is there count. Interleaved rounds; JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "benchmarks")]

from keys import SIZE, press, settle  # noqa: E402
from tests.tty.terminal import Terminal  # noqa: E402

PRESSES = 25
REST_SECONDS = 0.15
WORKING = "looking for the origin"
FIGURES = ("p50", "p95", "own_p50", "own_p95")
Waits = list[tuple[float, float]]


def queued_ms(pid: int) -> float:
    """What the event loop has waited for a processor so far."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1]) / 1e6


def series(terminal: Terminal, *, at_work: bool, scrolling: bool) -> Waits:
    """Milliseconds of each key, all and own; those pressed after the work are left out."""
    waits: Waits = []
    pid = terminal.process.pid
    terminal.send("g")
    terminal.send("j" * (SIZE[1] if scrolling else 2))
    settle(terminal, 0.6, 3)
    if at_work and WORKING not in terminal.text:
        terminal.send("O")
        terminal.wait_for(WORKING, 5)
        terminal.bytes_within(0.3)
    for _ in range(PRESSES):
        before = queued_ms(pid)
        wait = press(terminal, "j")
        queued = queued_ms(pid) - before
        terminal.bytes_within(REST_SECONDS)
        if at_work and WORKING not in terminal.text:
            break
        if wait is not None:
            waits.append((wait, max(wait - queued, 0)))
    return waits


def measure(path: str) -> dict[tuple[bool, bool], Waits]:
    """By whether the program was at work, and whether the list scrolled."""
    environ = {"COLORTERM": "truecolor", "XDG_CACHE_HOME": os.devnull}
    with Terminal(path, size=SIZE, environ=environ, program=(sys.executable, "-m", "tracetui")) as terminal:
        terminal.wait_for("blast", 300)
        settle(terminal, 1)
        return {
            (at_work, scrolling): series(terminal, at_work=at_work, scrolling=scrolling)
            for at_work in (False, True)
            for scrolling in (False, True)
        }


def told(waits: Waits) -> dict[str, float]:
    found: dict[str, float] = {"keys": len(waits)}
    for name, each in (("", [wait for wait, _ in waits]), ("own_", [own for _, own in waits])):
        ordered = sorted(each)
        found[f"{name}p50_ms"] = round(statistics.median(ordered), 2)
        found[f"{name}p95_ms"] = round(ordered[int(len(ordered) * 0.95)], 2)
    return found


def main(rounds: int, path: str) -> dict[str, object]:
    taken: dict[tuple[bool, bool], Waits] = {}
    for _ in range(rounds):
        for which, waits in measure(path).items():
            taken.setdefault(which, []).extend(waits)
    rows = {}
    for scrolling, name in ((False, "page"), (True, "scroll")):
        idle, busy = told(taken[False, scrolling]), told(taken[True, scrolling])
        ratios = {f"{what}_x": round(busy[f"{what}_ms"] / idle[f"{what}_ms"], 2) for what in FIGURES}
        rows[name] = {"idle": idle, "at_work": busy} | ratios
    return {"rounds": rounds, "views": rows}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), sys.argv[2]), indent=1))
