#!/usr/bin/env python3
"""What a key costs, beside a bare list and other programs: `python benchmarks/keys.py [ROUNDS] [STEPS]` (5, 1,000,000). JSON.

In a pseudo-terminal of 120x40, each key alone: milliseconds until the first bytes of its answer (p50, p95), CPU milliseconds of
the whole answer, all in interleaved rounds. `x_list` is the median over the rounds of the ratio to `bare_list.py`, on the same
file, in the same round. Views: the steps, where the cursor moves in the page and where the list scrolls, in a session of 100
steps, of STEPS, and while that is still read; the context pane with a prompt of 2 MB; two
runs of 100,000 steps side by side, by what their lines say while both are read, and by meaning, all unfolded. Peers (less, lnav, toolong as `tl`) where they are installed.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tty.long_trace import write_trace  # noqa: E402
from tests.tty.terminal import Terminal  # noqa: E402

SIZE = (120, 40)
PRESSES = 20
SHORT_STEPS, DIFF_STEPS, PROMPT_MESSAGES = 100, 100_000, 250
REST_SECONDS = 0.15
"""Between two keys: what follows when the cursor rests belongs to the key before."""


class View(NamedTuple):
    name: str
    probe: str
    """The view of the bare list that it is compared with."""
    arguments: Sequence[str]
    ready: Callable[[str], object]
    """Whether the screen shows that keys can be pressed."""
    keys: str = ""
    """Pressed before, to get there."""
    key: str = "j"
    program: Sequence[str] = ()
    rest: float = 0.6
    """Seconds of silence after each of them."""
    busy: bool = False
    """Keys are pressed at once, while the program is still at work."""


def cpu_ms(pid: int) -> float:
    """Of all threads so far."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e6


def settle(terminal: Terminal, seconds: float, at_most: float = 90) -> None:
    deadline = time.monotonic() + at_most
    while terminal.bytes_within(seconds) and time.monotonic() < deadline:
        pass


def press(terminal: Terminal, key: str) -> float | None:
    """Milliseconds until the first bytes; None where none come within a second."""
    start = time.perf_counter()
    terminal.send(key)
    came = select.select([terminal._master], [], [], 1)[0]
    return (time.perf_counter() - start) * 1000 if came else None


def measure(view: View) -> dict[str, dict[str, float]]:
    """For the keys in the page and for those where the list scrolls: p50, p95 and CPU."""
    environ = {"COLORTERM": "truecolor", "XDG_CACHE_HOME": os.devnull}
    with Terminal(*view.arguments, size=SIZE, environ=environ, program=view.program) as terminal:
        terminal.wait_for(view.ready, 300)
        if not view.busy:
            settle(terminal, 1)
        for key in view.keys:
            terminal.send(key)
            settle(terminal, view.rest)
        if not view.busy and not view.keys:
            terminal.send("g")
            settle(terminal, 0.6)
        found = {"page": series(terminal, view.key)}
        terminal.send(view.key * SIZE[1])
        settle(terminal, 0.4, 5)
        return found | {"scroll": series(terminal, view.key)}


def series(terminal: Terminal, key: str) -> dict[str, float]:
    waits, began = [], cpu_ms(terminal.process.pid)
    for _ in range(PRESSES):
        waits.append(press(terminal, key))
        terminal.bytes_within(REST_SECONDS)
    answered = sorted(wait for wait in waits if wait is not None) or [float("nan")]
    return {
        "p50_ms": answered[len(answered) // 2],
        "p95_ms": answered[int(len(answered) * 0.95)],
        "cpu_ms": (cpu_ms(terminal.process.pid) - began) / PRESSES,
        "unanswered": float(waits.count(None)),
    }


def views(folder: Path, steps: int) -> list[View]:
    short, long = write_trace(folder / "short.jsonl", SHORT_STEPS), write_trace(folder / "long.jsonl", steps)
    prompt = folder / "prompt.json"
    said = "The customer asked whether the order has left the warehouse, and for the amount. " * 100
    roles = [("user", "assistant")[at % 2] for at in range(PROMPT_MESSAGES)]
    prompt.write_text(json.dumps([{"role": role, "content": f"{at} {said}"} for at, role in enumerate(roles)]))
    runs = folder / "runs"
    runs.mkdir()
    bad, good = write_trace(runs / "bad.jsonl", DIFF_STEPS), runs / "good.jsonl"
    good.write_text("".join(line.replace("pending", "shipped", 1 - at % 2) for at, line in enumerate(bad.open())))
    app = (sys.executable, "-m", "tracetui")
    bare = (sys.executable, str(ROOT / "benchmarks" / "bare_list.py"))
    shown = str.strip

    def known(text: str) -> bool:
        """Whether all lines of a large file are read and surveyed, or all of a small one."""
        return "blast" in text or (f"of {steps:,} " in text and "surveyed" not in text)

    found = [
        View("bare list, 100 steps", "", [str(short)], shown, program=bare),
        View(f"bare list, {steps:,} steps", "", [str(long)], shown, program=bare),
        View("steps, 100", "bare list, 100 steps", [str(short)], lambda text: "blast" in text, program=app),
        View(f"steps, {steps:,}", f"bare list, {steps:,} steps", [str(long)], known, program=app),
        View(
            f"steps, {steps:,}, being read", f"bare list, {steps:,} steps", [str(long)], shown, program=app, busy=True
        ),
        View(
            "context, 2 MB", "bare list, 100 steps", [str(prompt)], lambda text: "blast" in text, "G\r2g", program=app
        ),
        View(
            f"comparison, {DIFF_STEPS:,} steps, being read",
            "bare list, 100 steps",
            [str(bad), "--against", str(good)],
            lambda text: "by call and text" in text,
            program=app,
            busy=True,
        ),
        View(
            f"comparison, {DIFF_STEPS:,} steps",
            "bare list, 100 steps",
            [str(bad), "--against", str(good)],
            lambda text: "by meaning" in text and "by call and text" not in text,
            "Zg",
            program=app,
            rest=5,
        ),
    ]
    peers = (("less", "-S"), ("lnav",), ("tl",))
    return found + [
        View(
            f"{peer[0]}, {count:,} steps",
            f"bare list, {count:,} steps" if count != SHORT_STEPS else "bare list, 100 steps",
            [str(path)],
            shown,
            key="\x1b[B",
            program=peer,
        )
        for peer in peers
        if shutil.which(peer[0])
        for path, count in ((short, SHORT_STEPS), (long, steps))
    ]


def main(rounds: int, steps: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        all_views, order = views(Path(name), steps), random.Random(1)
        taken: dict[str, list[dict[str, dict[str, float]]]] = {view.name: [] for view in all_views}
        for _ in range(rounds):
            for view in order.sample(all_views, len(all_views)):
                taken[view.name].append(measure(view))
    return {"rounds": rounds, "presses": PRESSES, "views": {view.name: told(view, taken) for view in all_views}}


def told(view: View, taken: dict[str, list[dict[str, dict[str, float]]]]) -> dict[str, dict[str, float]]:
    """Medians over the rounds, with the ratios to the bare list."""
    rows = {}
    for kind in ("page", "scroll"):
        mine = [one[kind] for one in taken[view.name]]
        rows[kind] = {name: round(statistics.median(one[name] for one in mine), 2) for name in mine[0]}
        if view.probe:
            base = [one[kind] for one in taken[view.probe]]
            for name in ("p50_ms", "p95_ms"):
                ratio = statistics.median(a[name] / b[name] for a, b in zip(mine, base, strict=True))
                rows[kind][f"{name[:3]}_x_list"] = round(ratio, 2)
    return rows


if __name__ == "__main__":
    given = [int(word.replace(",", "")) for word in sys.argv[1:]]
    print(json.dumps(main(*(given + [5, 1_000_000][len(given) :])), indent=1))
