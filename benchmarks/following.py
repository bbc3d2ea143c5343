#!/usr/bin/env python3
"""What following a trace costs: `python benchmarks/following.py TRACE...` (session traces). JSON.

A copy of each file without its last lines is opened with `--follow` in a pseudo-terminal of 120x40. At rest: processor time
and bytes sent. An update: one of the lines is appended, and the processor time that the program and its children take until
they rest again is counted. Meanwhile keys are pressed: `own` milliseconds until the first bytes of the answer, without what
the app waited for a processor that others had. A burst: all lines that are left in one piece.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "benchmarks")]

from busy_keys import queued_ms  # noqa: E402
from keys import SIZE, press, settle  # noqa: E402
from tests.tty.terminal import Terminal  # noqa: E402

UPDATES, PRESSES, BURST, REST_SECONDS = 2, 40, 200, 20
QUIET_SECONDS = 3.0
"""A look is taken twice a second; reading is followed by a rest that may be longer where a file is long."""
_TICKS = os.sysconf("SC_CLK_TCK")


def used_ms(pid: int) -> float:
    """Processor time of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS * 1000


def until_rest(terminal: Terminal, number: int | None = None, *, keys: bool = False) -> tuple[float, list[float]]:
    """Milliseconds of processor time until step `number` is there and the program at rest, and those that each key waited."""
    pid, waits = terminal.process.pid, []
    began = last = used_ms(pid)
    changed, presses = time.monotonic(), 0
    wanted = (str(number), f"{number:,}") if number is not None else ("",)
    while not (came := any(each in terminal.text for each in wanted)) or time.monotonic() - changed < QUIET_SECONDS:
        if keys and presses < PRESSES:
            queued, presses = queued_ms(pid), presses + 1
            if (wait := press(terminal, "jk"[presses % 2])) is not None:
                waits.append(max(wait - (queued_ms(pid) - queued), 0))
        terminal.bytes_within(0.15)
        if (now := used_ms(pid)) - last > 20 or not came:
            last, changed = now, time.monotonic()
    return used_ms(pid) - began, waits


def measure(trace: str) -> dict[str, object]:
    lines = Path(trace).read_bytes().splitlines(keepends=True)
    to_come = lines[-UPDATES * 2 - BURST :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.jsonl")
        path.write_bytes(b"".join(lines[: -len(to_come)]))
        environ = {"XDG_CACHE_HOME": folder, "XDG_DATA_HOME": folder}
        with Terminal(str(path), "--follow", size=SIZE, environ=environ) as terminal:
            terminal.wait_for("following", 120)
            settle(terminal, 2)
            until_rest(terminal)
            before = used_ms(terminal.process.pid)
            sent = terminal.bytes_within(REST_SECONDS)
            idle = used_ms(terminal.process.pid) - before

            def update(number: int, *, keys: bool) -> tuple[float, list[float]]:
                with open(path, "ab") as file:
                    file.write(b"".join(to_come[:number]))
                last = json.loads(to_come[number - 1])["step"]
                del to_come[:number]
                return until_rest(terminal, last, keys=keys)

            costs = [update(1, keys=False)[0] for _ in range(UPDATES)]
            terminal.send("ggj")
            waits = sorted(wait for _ in range(UPDATES) for wait in update(1, keys=True)[1])
            burst, _ = update(BURST, keys=False)
            return {
                "lines": len(lines),
                "MB": round(sum(map(len, lines)) / 1e6, 1),
                "at_rest_percent_of_a_processor": round(idle / REST_SECONDS / 10, 2),
                "at_rest_bytes_per_second": sent / REST_SECONDS,
                "update_ms": round(statistics.median(costs)),
                f"burst_of_{BURST}_ms": round(burst),
                "key_own_ms_p50": round(statistics.median(waits), 1),
                "key_own_ms_p95": round(waits[int(len(waits) * 0.95)], 1),
            }


if __name__ == "__main__":
    print(json.dumps([measure(trace) for trace in sys.argv[1:]], indent=1))
