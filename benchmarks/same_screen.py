#!/usr/bin/env python3
"""Whether a terminal shows the same when only changed cells are sent: `python benchmarks/same_screen.py [KEYS] [SEED]`.

Random keys, resizes, themes, panes, lost focus and slow lines, on eight samples in turn. Each settled frame is painted
both ways: as Textual writes it, and as the thin output sends it. Two pyte screens are compared cell by cell, colours
included; where tmux is installed, every 40 keys also what tmux holds. Ends at
the first difference; prints JSON. 10,000 keys unless told.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import pyte  # noqa: E402
from rich.cells import cell_len  # noqa: E402
from tests.ui.mirror import KEYS, SIZES, MirroredApp, seen  # noqa: E402
from textual import events  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

from tracetui.ui.screens.debugger import DebuggerScreen  # noqa: E402

TRACES = (
    *("incident_content.jsonl", "hostile.jsonl", "claude_code.jsonl", "incident.jsonl", "hostile.json"),
    *("langgraph_checkpoints.sqlite", "otlp.json", "atif.json"),
)
SCREENS = ("d", "b", "w", "p", "R", "D", "q", "ctrl+p")
UNCERTAIN = ("hostile.jsonl", "hostile.json")
"""Their emoji and combining marks have no width that terminals agree on: Textual's own output is off in tmux too."""


class Tmux:
    """A window of tmux fed through a pipe."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux")
        self.compared = self.differing = self._count = 0
        os.mkfifo(folder / "pipe")
        self._run(
            "new-session",
            "-d",
            "-s",
            "thin",
            "-x",
            "120",
            "-y",
            "40",
            f"sh -c 'stty raw -echo; exec cat {folder / 'pipe'}'",
        )
        self._pipe = (folder / "pipe").open("w", encoding="utf-8")
        self.feed("\x1b[?1049h\x1b[?7l")

    def _words(self) -> list[str]:
        return ["tmux", "-u", "-S", self._socket, "-f", "/dev/null"]

    def _run(self, *words: str) -> str:
        return subprocess.run([*self._words(), *words], capture_output=True, text=True, check=False).stdout

    def resize(self, width: int, height: int) -> None:
        """In order with what is written before and after."""
        self._settle()
        self._run("resize-window", "-t", "thin", "-x", str(width), "-y", str(height))
        self._settle()

    def _settle(self) -> None:
        """Until tmux has read all that was written, as a title at its end tells."""
        self._count += 1
        self.feed(f"\x1b]2;{self._count}\x1b\\")
        self._pipe.flush()
        while self._run("display-message", "-p", "-t", "thin", "#{pane_title}").strip() != str(self._count):
            time.sleep(0.02)

    def feed(self, text: str) -> None:
        self._pipe.write(text)

    def compare(self, plain: pyte.Screen) -> None:
        """With a screen that got Textual's own output."""
        self._settle()
        shown, lengths = self._captured(plain.columns, plain.lines)
        cells = [(y, x) for y, length in enumerate(lengths) for x in range(min(length, plain.columns))]
        wrong = [(y, x) for y, x in cells if seen(shown.buffer[y][x]) != seen(plain.buffer[y][x])]
        wrong += [
            (y, x)
            for y in range(plain.lines)
            for x in range(lengths[y], plain.columns)
            if plain.buffer[y][x].data != " "
        ]
        self.compared += 1
        if wrong:
            self.differing += 1
            y, x = wrong[0]
            print(f"tmux differs at {y}, {x}: {shown.buffer[y][x]} {plain.buffer[y][x]} {len(wrong)}", file=sys.stderr)

    def _captured(self, width: int, height: int) -> tuple[pyte.Screen, list[int]]:
        """What tmux holds, and how many cells of each row it tells of: not of those that were erased at its end."""
        rows = self._run("capture-pane", "-p", "-e", "-N", "-t", "thin").split("\n")[:height]
        screen = pyte.Screen(width, height)
        stream, lengths = pyte.Stream(screen), []
        for y, row in enumerate(rows, start=1):
            stream.feed(f"\x1b[{y}H{row}")
            lengths.append(cell_len(re.sub("\x1b\\[[0-9;:]*m|\x1b\\]8;[^\x1b]*\x1b\\\\", "", row)))
        return screen, lengths + [0] * (height - len(lengths))

    def close(self) -> None:
        self._pipe.close()
        self._run("kill-server")


class WatchedApp(MirroredApp):
    """What the thin output sends goes to tmux too."""

    tmux: Tmux | None = None

    def resized(self, width: int, height: int) -> None:
        if self.tmux is not None:
            self.tmux.resize(width, height)

    def sent(self, thin: str, plain: str) -> None:
        if self.tmux is not None:
            self.tmux.feed(thin)


async def press(trace: str, keys: int, chance: random.Random, folder: Path, tmux: Tmux | None) -> dict[str, int]:
    """Press so many keys on a trace; what was counted."""
    app = WatchedApp(str(ROOT / "sample_traces" / trace), store_root=str(folder / "store"))
    app.tmux = tmux
    done = dict.fromkeys(("keys", "resizes", "themes", "held", "ended_by_a_fault"), 0)
    try:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            while not isinstance(app.screen, DebuggerScreen):
                await pilot.pause(0.02)
            await press_on(app, pilot, keys, chance, done)
    except Exception:  # an app that ends is a finding of its own
        done["ended_by_a_fault"] = 1
        traceback.print_exc()
    told = ("frames", "compared", "differing", "thin_bytes", "plain_bytes")
    return done | {name: int(getattr(app, name)) for name in told}


async def press_on(app: WatchedApp, pilot: Pilot[int], keys: int, chance: random.Random, done: dict[str, int]) -> None:
    """Press keys until there were so many, the app has ended, or a cell differs."""
    while done["keys"] < keys and app.is_running and not app.differing:
        if chance.random() < 0.03:
            await pilot.resize_terminal(*chance.choice(SIZES))
            done["resizes"] += 1
        if chance.random() < 0.01:
            app.post_message(events.AppBlur() if chance.random() < 0.5 else events.AppFocus())
        app.held = chance.random() < 0.2
        key = chance.choice(SCREENS if chance.random() < 0.12 else KEYS)
        if key == "q" and isinstance(app.screen, DebuggerScreen):
            continue
        done["keys"] += 1
        done["themes"] += key == "T"
        done["held"] += app.held
        app.simulate_key(key)
        await asyncio.sleep(chance.choice((0, 0.003, 0.02)))
        if done["keys"] % 40 == 0:
            app.held = False
            app.refresh(layout=True)
            await app.compare_whole()
            if app.tmux is not None:
                app.tmux.compare(app.plain)
    app.held = False
    app.repaint_all()
    await pilot.pause(0.1)


async def main(keys: int, seed: int) -> dict[str, object]:
    total: dict[str, int] = {}
    tmux_compared = tmux_differing = 0
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_CACHE_HOME"] = name
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.chdir(name)
        for at, trace in enumerate(TRACES):
            folder = Path(name, str(at))
            folder.mkdir()
            tmux = Tmux(folder) if shutil.which("tmux") and trace not in UNCERTAIN else None
            chance, counted = random.Random(seed * 100 + at), {"keys": 0, "differing": 0}
            while counted["keys"] < keys // len(TRACES) and not counted["differing"]:  # a second q quits
                more = await press(trace, keys // len(TRACES) - counted["keys"], chance, folder, tmux)
                counted = {name: counted.get(name, 0) + value for name, value in more.items()}
            if tmux is not None:
                tmux_compared += tmux.compared
                tmux_differing += tmux.differing
                tmux.close()
            print(trace, counted, tmux and (tmux.compared, tmux.differing), file=sys.stderr, flush=True)
            total = {key: total.get(key, 0) + value for key, value in counted.items()}
    return {
        **total,
        "share_of_bytes": round(total["thin_bytes"] / total["plain_bytes"], 3),
        "tmux_screens_compared": tmux_compared,
        "tmux_screens_differing": tmux_differing,
    }


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    print(json.dumps(asyncio.run(main(*(given + [10_000, 1][len(given) :]))), indent=1))
