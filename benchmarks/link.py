#!/usr/bin/env python3
"""How far a held key leaves the screen behind on a bad link: `python benchmarks/link.py [ROUNDS] [screens]` (3). JSON.

The program runs in a pseudo-terminal as over SSH, behind a line of 150 ms and 256 kbit/s that takes in all that is written, as an
SSH server does: keys reach the program half a round trip late, what it writes arrives when the line is free, and the
terminal's answers come back the same way. A key is held for two seconds at 30 Hz. `behind_ms` is when the last byte arrived
after the last key was sent, without the round trip; `kb` what was sent meanwhile. Medians of the rounds; `most_ms` the worst.
`screens`: other screens than the debugger with its panes, other keys, and fewer colours.
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
from collections.abc import Mapping, Sequence
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
    traces: int = 1
    """Of the two runs, how many are opened; the second is what the first is compared with."""
    large: bool = False
    """Whether they count as too large to be read: their lines are shown."""
    environ: Mapping[str, str] = {}


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

HALF_PAGE = "\x04"
SCREENS = [
    View(f"{name}, {columns}x{rows}", (columns, rows), tuple(before), held, *rest)
    for columns, rows in ((120, 40), (300, 100))
    for down in ("j" * (rows - 8),)
    for name, before, held, *rest in (
        ("comparison", ("g",), "j", 2),
        ("two runs by lines", ("g", down), "j", 2, True),
        ("two runs by lines, half pages", ("g",), HALF_PAGE, 2, True),
        ("lines of a file", ("g", down), "j", 1, True),
        ("lines of a file, half pages", ("g",), HALF_PAGE, 1, True),
        ("steps, half pages", ("g",), HALF_PAGE),
        ("text of a context", ("G", "c", "\t"), "j"),
        ("walkthrough", ("w",), "l"),
        ("typing in a postmortem", ("p", "\r"), "a"),
        ("context with the keys, 256 colours", ("\r", "c", "J" * (rows - 15)), "J", 1, False, {"COLORTERM": ""}),
        (
            "context with the keys, 16 colours",
            ("\r", "c", "J" * (rows - 15)),
            "J",
            1,
            False,
            {"TEXTUAL_COLOR_SYSTEM": "standard"},
        ),
    )
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


START = """
import sys
from tracetui.cli import main
from tracetui.ingest import line_overview
line_overview.LARGE_BYTES = min(line_overview.LARGE_BYTES, {least})
sys.exit(main(sys.argv[1:]))
"""


def measure(traces: Sequence[Path], view: View) -> tuple[float, float]:
    """Milliseconds behind, and kB."""
    environ = {"SSH_TTY": "/dev/pts/0", "COLORTERM": "truecolor", "XDG_CACHE_HOME": os.devnull}
    environ |= {"TRACETUI_STORE": str(traces[0].parent / "store"), **view.environ}
    program = sys.executable, "-c", START.format(least=1000 if view.large else 1 << 40)
    arguments = [str(traces[0]), *(["--against", str(traces[1])] if view.traces > 1 else [])]
    with Terminal(*arguments, size=view.size, environ=environ, program=program) as terminal:
        line = Line(terminal)
        while READY not in line.sent and view.traces == 1 and not view.large:
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


def write_talk(path: Path, *, other: bool = False) -> Path:
    """Steps of an agent that says something else in each, a few lines long; `other`: another run, which parts with it now and
    then."""
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
        said = said.replace("queue", "ticket", 2) if other and number % 12 == 0 else said
        step = {"session_id": "talk", "step": number, "ts": f"2026-03-05T10:{number // 60 % 60:02}:{number % 60:02}Z"}
        call = {"type": "llm_call", "model": "model", "input_tokens": 900 + number, "completion": said, "summary": said}
        tool = {"type": "tool_call", "tool": "look_up", "args": {"about": said[:40]}, "result": {"found": said}}
        lines.append(json.dumps(step | (call if number % 2 else tool)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main(rounds: int, views: Sequence[View]) -> dict[str, object]:
    taken: dict[str, list[tuple[float, float]]] = {view.name: [] for view in views}
    with tempfile.TemporaryDirectory() as folder:
        traces = write_talk(Path(folder, "trace.jsonl")), write_talk(Path(folder, "other.jsonl"), other=True)
        for _ in range(rounds):
            for view in views:
                taken[view.name].append(measure(traces, view))
    rows = {}
    for name, found in taken.items():
        behind, kb = zip(*found, strict=True)
        rows[name] = {
            "behind_ms": round(statistics.median(behind)),
            "least_ms": round(min(behind)),
            "most_ms": round(max(behind)),
            "kb": round(statistics.median(kb), 1),
        }
    return {"rounds": rounds, "views": rows}


if __name__ == "__main__":
    given = sys.argv[1:]
    chosen = SCREENS if "screens" in given else VIEWS
    print(json.dumps(main(next((int(word) for word in given if word.isdigit()), 3), chosen), indent=1))
