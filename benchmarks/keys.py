#!/usr/bin/env python3
"""What a key costs, beside a bare list and other programs: `python benchmarks/keys.py [ROUNDS] [STEPS] [WORD…]` (5, 1,000,000).

In a pseudo-terminal of 120x40, each key alone: milliseconds until the first bytes of its answer (p50, p95, the slowest), CPU
milliseconds of the whole answer, all in interleaved rounds of 20 keys. p50 and p95 are of the keys of all rounds; `x_list` is
their ratio to those of `bare_list.py` on the same file. Views: the steps, where the cursor moves in the page and where
the list scrolls, in a session of 100 steps, of STEPS, and while that is still read; the context pane with a prompt of 2 MB; two
runs of 100,000 steps side by side, by what their lines say while both are read, and by meaning, all unfolded. While something
is read the first key, which waits until the app is loaded, is not counted. Peers (`peers.py`) where they are installed.
WORDs: only the views that have one of them in their names, and the bare list. JSON.
"""

from __future__ import annotations

import json
import os
import random
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "benchmarks")]

from peers import INSPECTOR, LINE_READERS, installed, write_trajectory  # noqa: E402
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
    keys: Sequence[str] = ()
    """Pressed before, to get there."""
    key: str = "j"
    program: Sequence[str] = ()
    rest: float = 0.6
    """Seconds of silence after each of them."""
    busy: bool = False
    """Keys are pressed while the program is still at work, but for a first one, which waits until the app is loaded."""


class Series(NamedTuple):
    waits: list[float | None]
    cpu_ms: float
    """A key."""


def cpu_ms(pid: int) -> float:
    """Of all threads so far."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e6


def settle(terminal: Terminal, seconds: float, at_most: float = 90) -> None:
    deadline = time.monotonic() + at_most
    while terminal.bytes_within(seconds) and time.monotonic() < deadline:
        pass


def cursor_row(text: str) -> str:
    """Of the list, which is the upper one where there are two."""
    return next((row for row in text.splitlines() if row.startswith("▌")), "")


def press(terminal: Terminal, key: str) -> float | None:
    """Milliseconds until the first bytes; None where none come within a second."""
    start = time.perf_counter()
    terminal.send(key)
    came = select.select([terminal._master], [], [], 1)[0]
    return (time.perf_counter() - start) * 1000 if came else None


def measure(view: View) -> dict[str, Series]:
    """For the keys in the page and for those where the list scrolls."""
    environ = {"COLORTERM": "truecolor", "XDG_CACHE_HOME": os.devnull}
    with Terminal(*view.arguments, size=SIZE, environ=environ, program=view.program) as terminal:
        terminal.wait_for(view.ready, 300)
        if view.busy:
            before = cursor_row(terminal.text)
            terminal.send(view.key)
            terminal.wait_for(lambda text: cursor_row(text) not in ("", before))
        else:
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


def series(terminal: Terminal, key: str) -> Series:
    waits, began = [], cpu_ms(terminal.process.pid)
    for _ in range(PRESSES):
        waits.append(press(terminal, key))
        terminal.bytes_within(REST_SECONDS)
    return Series(waits, (cpu_ms(terminal.process.pid) - began) / PRESSES)


def views(folder: Path, steps: int) -> list[View]:
    short, long = write_trace(folder / "short.jsonl", SHORT_STEPS), write_trace(folder / "long.jsonl", steps)
    prompt = folder / "prompt.json"
    said = "The customer asked whether the order has left the warehouse, and for the amount. " * 100
    roles = [("user", "assistant")[at % 2] for at in range(PROMPT_MESSAGES)]
    prompt.write_text(json.dumps([{"role": role, "content": f"{at} {said}"} for at, role in enumerate(roles)]))
    runs = folder / "runs"
    runs.mkdir()
    bad, good = write_trace(runs / "bad.jsonl", DIFF_STEPS), runs / "good.jsonl"
    good.write_text(
        "".join(line.replace("pending", "shipped" if at % 10 == 1 else "pending") for at, line in enumerate(bad.open()))
    )
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
            f"steps, {steps:,}, being read",
            f"bare list, {steps:,} steps",
            [str(long)],
            shown,
            program=app,
            busy=True,
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
    peers = installed()
    for name in LINE_READERS:
        for path, count in ((short, SHORT_STEPS), (long, steps)) if name in peers else ():
            probe = f"bare list, {count:,} steps"
            peer, to_top = peers[name], ("\x1b[H",) if name == "toolong" else ()
            found.append(View(f"{name}, {count:,} steps", probe, [str(path)], shown, to_top, "\x1b[B", peer))
    if INSPECTOR in peers:
        path = write_trajectory(folder / "long.traj.json")
        found += [
            View(INSPECTOR, "bare list, 100 steps", [str(path)], shown, key="l", program=peers[INSPECTOR]),
            View(
                "the same trajectory, a step a page",
                "bare list, 100 steps",
                [str(path)],
                lambda text: "blast" in text,
                "g\r",
                key="J",
                program=app,
            ),
        ]
    return found


def main(rounds: int, steps: int, words: Sequence[str]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        some = [
            view
            for view in views(Path(name), steps)
            if not words or not view.probe or any(word in view.name for word in words)
        ]
        order, taken = random.Random(1), {view.name: list[dict[str, Series]]() for view in some}
        for _ in range(rounds):
            for view in order.sample(some, len(some)):
                taken[view.name].append(measure(view))
    return {"rounds": rounds, "presses": PRESSES, "views": {view.name: told(view, taken) for view in some}}


def told(view: View, taken: dict[str, list[dict[str, Series]]]) -> dict[str, dict[str, float]]:
    """Over the keys of all rounds, with the ratios to the bare list."""
    rows = {}
    for kind in ("page", "scroll"):
        mine = [one[kind] for one in taken[view.name]]
        rows[kind] = figures(mine)
        if view.probe:
            base = figures([one[kind] for one in taken[view.probe]])
            for name in ("p50", "p95"):
                rows[kind][f"{name}_x_list"] = round(rows[kind][f"{name}_ms"] / base[f"{name}_ms"], 2)
    return rows


def figures(rounds: Sequence[Series]) -> dict[str, float]:
    waits = [wait for one in rounds for wait in one.waits]
    answered = sorted(wait for wait in waits if wait is not None) or [float("nan")]
    found = {
        "p50_ms": answered[len(answered) // 2],
        "p95_ms": answered[min(int(len(answered) * 0.95), len(answered) - 1)],
        "slowest_ms": answered[-1],
        "cpu_ms": statistics.median(one.cpu_ms for one in rounds),
        "unanswered": float(waits.count(None)),
    }
    return {name: round(value, 2) for name, value in found.items()}


if __name__ == "__main__":
    numbers = [int(word.replace(",", "")) for word in sys.argv[1:] if word.replace(",", "").isdigit()]
    chosen = [word for word in sys.argv[1:] if not word.replace(",", "").isdigit()]
    how_often, how_long = numbers + [5, 1_000_000][len(numbers) :]
    print(json.dumps(main(how_often, how_long, chosen), indent=1))
