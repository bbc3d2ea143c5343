#!/usr/bin/env python3
"""How far a held key leaves the screen behind on a bad link: `python benchmarks/link.py [ROUNDS]` (3). JSON.

The program runs in a pseudo-terminal as over SSH, behind a line of 150 ms and 256 kbit/s that takes in all that is written, as an
SSH server does: keys reach the program half a round trip late, what it writes arrives when the line is free, and the
terminal's answers come back the same way. A key is held for two seconds at 30 Hz. `behind_ms` is when the last byte arrived
after the last key was sent, without the round trip; `kb` what was sent meanwhile. Medians of the rounds; `most_ms` the worst.
"""

from __future__ import annotations

import heapq
import json
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tty.terminal import Terminal  # noqa: E402

ROUND_TRIP, BYTES_A_SECOND, PACKET_BYTES = 0.15, 256_000 / 8, 76
"""Seconds; and what a packet costs beside its contents."""
HELD, HERTZ = 60, 30
QUIET_SECONDS = 0.8
WHERE_IS_THE_CURSOR, AT_THE_TOP = b"\x1b[6n", b"\x1b[1;1R"
READY = b"blast"
"""A key that is there when the verdict is."""
STEPS = 2000


class View(NamedTuple):
    name: str
    size: tuple[int, int]
    before: Sequence[str]
    """Keys, each when the screen is quiet."""
    held: str


VIEWS = [
    View("list alone", (119, 40), ("g",), "j"),
    *(
        View(f"{name}, {columns}x{rows}", (columns, rows), ("g", *before), held)
        for columns, rows in ((120, 40), (300, 100))
        for name, before, held in (
            ("step beside the list", ("j" * (rows - 15),), "j"),
            ("context beside the list", ("c", "j" * (rows - 15)), "j"),
            ("context with the keys", ("\r", "c", "J" * (rows - 15)), "J"),
        )
    ),
]


class Line:
    """Between a terminal's keyboard and screen and the program."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._to_program: list[tuple[float, bytes]] = []
        self._free = 0.0
        self.arrived, self.sent = 0.0, bytearray()
        """When the last byte was on the screen, and all of them."""

    def press(self, keys: str) -> None:
        heapq.heappush(self._to_program, (time.monotonic() + ROUND_TRIP / 2, keys.encode()))

    def until(self, moment: float) -> None:
        while (now := time.monotonic()) < moment:
            while self._to_program and self._to_program[0][0] <= now:
                self._terminal.send(heapq.heappop(self._to_program)[1])
            due = self._to_program[0][0] if self._to_program else moment
            if select.select([self._terminal._master], [], [], max(min(due, moment) - now, 0))[0]:
                self._carry(os.read(self._terminal._master, 1 << 16))

    def _carry(self, data: bytes) -> None:
        self._free = max(self._free, time.monotonic()) + (len(data) + PACKET_BYTES) / BYTES_A_SECOND
        self.arrived = self._free + ROUND_TRIP / 2
        self.sent += data
        for _ in range(data.count(WHERE_IS_THE_CURSOR)):
            heapq.heappush(self._to_program, (self.arrived + ROUND_TRIP / 2, AT_THE_TOP))

    def rest(self) -> None:
        """Until nothing has come for a while."""
        since = time.monotonic()
        while time.monotonic() < max(self.arrived, since) + QUIET_SECONDS:
            self.until(time.monotonic() + 0.1)


def measure(trace: Path, view: View) -> tuple[float, float]:
    """Milliseconds behind, and kB."""
    environ = {"SSH_TTY": "/dev/pts/0", "COLORTERM": "truecolor", "XDG_CACHE_HOME": os.devnull}
    with Terminal(str(trace), size=view.size, environ=environ, program=(sys.executable, "-m", "tracetui")) as terminal:
        line = Line(terminal)
        while READY not in line.sent:
            line.until(time.monotonic() + 0.1)
        line.rest()
        for keys in view.before:
            line.press(keys)
            line.rest()
        before, began = len(line.sent), time.monotonic()
        for at in range(HELD):
            line.until(began + at / HERTZ)
            last = time.monotonic()
            line.press(view.held)
        line.rest()
        return (line.arrived - last - ROUND_TRIP) * 1000, (len(line.sent) - before) / 1000


def write_talk(path: Path) -> Path:
    """Steps of an agent that says something else in each, a few lines long."""
    words = (
        "queue",
        "index",
        "replica",
        "cluster",
        "refund",
        "schema",
        "token",
        "worker",
        "order",
        "shard",
        "policy",
        "tier",
    )
    lines = []
    for number in range(1, STEPS + 1):
        said = " ".join(words[number * at * at % len(words)] for at in range(1, 20 + number * 7 % 60))
        step = {"session_id": "talk", "step": number, "ts": f"2026-03-05T10:{number // 60 % 60:02}:{number % 60:02}Z"}
        call = {"type": "llm_call", "model": "model", "input_tokens": 900 + number, "completion": said, "summary": said}
        tool = {"type": "tool_call", "tool": "look_up", "args": {"about": said[:40]}, "result": {"found": said}}
        lines.append(json.dumps(step | (call if number % 2 else tool)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main(rounds: int) -> dict[str, object]:
    taken: dict[str, list[tuple[float, float]]] = {view.name: [] for view in VIEWS}
    with tempfile.TemporaryDirectory() as folder:
        trace = write_talk(Path(folder, "trace.jsonl"))
        for _ in range(rounds):
            for view in VIEWS:
                taken[view.name].append(measure(trace, view))
    rows = {}
    for name, found in taken.items():
        behind, kb = zip(*found, strict=True)
        rows[name] = {
            "behind_ms": round(statistics.median(behind)),
            "most_ms": round(max(behind)),
            "kb": round(statistics.median(kb), 1),
        }
    return {"rounds": rounds, "views": rows}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3), indent=1))
