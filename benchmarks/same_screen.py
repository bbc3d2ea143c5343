#!/usr/bin/env python3
"""Whether a terminal shows the same when only changed cells are sent: `python benchmarks/same_screen.py [KEYS] [SEED]`.

Random keys, resizes, themes, panes, lost focus and slow lines, on eight samples in turn. Each settled frame is painted
both ways: as Textual writes it, and as the thin output sends it. Two pyte screens are compared cell by cell, colours
included; where tmux is installed, every 40 keys also two tmux windows. Ends at
the first difference; prints JSON. 10,000 keys unless told.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tty.terminal import Terminal  # noqa: E402
from tests.ui.mirror import KEYS, SIZES, MirroredApp, seen  # noqa: E402
from textual import events  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

from tracetui.ui.screens.debugger import DebuggerScreen  # noqa: E402

TRACES = (
    *("incident_content.jsonl", "hostile.jsonl", "claude_code.jsonl", "incident.jsonl", "hostile.json"),
    *("langgraph_checkpoints.sqlite", "otlp.json", "atif.json"),
)
SCREENS = ("d", "b", "w", "p", "R", "D", "q", "ctrl+p")
ENTER = "\x1b[?1049h\x1b[?7l"
"""The alternate screen, without wrapping, as Textual asks for at its start."""
UNCERTAIN = ("hostile.jsonl", "hostile.json")
"""Their emoji and combining marks have no width that terminals agree on: Textual's own output is off in tmux too."""


class Windows:
    """Two sessions of a tmux server fed through pipes, each watched by a client in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self._socket, self._settings = str(folder / "tmux"), folder / "tmux.conf"
        self._settings.write_text("set -g status off\n", encoding="utf-8")
        self.compared = self.differing = self._count = 0
        for name in ("thin", "plain"):
            os.mkfifo(folder / name)
            self._run("new-session", "-d", "-s", name, f"sh -c 'stty raw -echo; exec cat {folder / name}'")
        self._pipes = {name: (folder / name).open("w", encoding="utf-8") for name in ("thin", "plain")}
        self._clients = [
            Terminal(size=(120, 40), program=(*self._words(), "attach", "-t", name)) for name in self._pipes
        ]
        self.feed(thin=ENTER, plain=ENTER)

    def _words(self) -> list[str]:
        return ["tmux", "-u", "-S", self._socket, "-f", str(self._settings)]

    def _run(self, *words: str) -> str:
        return subprocess.run([*self._words(), *words], capture_output=True, text=True, check=False).stdout

    def resize(self, width: int, height: int) -> None:
        """In order with what is written before and after."""
        self._settle()
        for client in self._clients:
            client.resize(width, height)
        self._settle()

    def _settle(self) -> None:
        """Until tmux has read all that was written, as a title at its end tells, and its clients have drawn it."""
        self._count += 1
        for name, pipe in self._pipes.items():
            pipe.write(f"\x1b]2;{self._count}\x1b\\")
            pipe.flush()
            while self._run("display-message", "-p", "-t", name, "#{pane_title}").strip() != str(self._count):
                time.sleep(0.02)
        for client in self._clients:
            while client.bytes_within(0.25):
                pass

    def feed(self, **sent: str) -> None:
        for name, text in sent.items():
            self._pipes[name].write(text)

    def compare(self) -> None:
        self._settle()
        thin, plain = (self._seen(client) for client in self._clients)
        self.compared += 1
        if thin != plain:
            self.differing += 1
            at = next(at for at, (one, other) in enumerate(zip(thin, plain, strict=True)) if one != other)
            place = divmod(at, self._clients[0].screen.columns)
            print(f"tmux differs at {place}: {thin[at]} {plain[at]}", file=sys.stderr)

    def _seen(self, client: Terminal) -> list[tuple[object, ...]]:
        """What is seen of every cell."""
        return [
            seen(client.screen.buffer[y][x]) for y in range(client.screen.lines) for x in range(client.screen.columns)
        ]

    def close(self) -> None:
        for pipe in self._pipes.values():
            pipe.close()
        self._run("kill-server")
        for client in self._clients:
            client.__exit__(None, None, None)


class WatchedApp(MirroredApp):
    """Hands what both terminals get to tmux too."""

    windows: Windows | None = None

    def resized(self, width: int, height: int) -> None:
        if self.windows is not None:
            self.windows.resize(width, height)

    def sent(self, thin: str, plain: str) -> None:
        if self.windows is not None:
            self.windows.feed(thin=thin, plain=plain)


async def press(trace: str, keys: int, chance: random.Random, folder: Path, windows: Windows | None) -> dict[str, int]:
    """Press so many keys on a trace; what was counted."""
    app = WatchedApp(str(ROOT / "sample_traces" / trace), store_root=str(folder / "store"))
    app.windows = windows
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
        if app.windows is not None and done["keys"] % 40 == 0:
            await compare_in_tmux(app, app.windows)
    app.held = False
    app.repaint_all()
    await pilot.pause(0.1)


async def compare_in_tmux(app: MirroredApp, windows: Windows) -> None:
    """Once all is sent and nothing moves."""
    app.held, frames = False, app.frames
    app.refresh(layout=True)
    while app.frames == frames or not app.settled:
        await asyncio.sleep(0.02)
    while frames != app.frames:
        frames = app.frames
        await asyncio.sleep(0.2)
    windows.compare()


async def main(keys: int, seed: int) -> dict[str, object]:
    total: dict[str, int] = {}
    windows_compared = windows_differing = 0
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_CACHE_HOME"] = name
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.chdir(name)
        for at, trace in enumerate(TRACES):
            folder = Path(name, str(at))
            folder.mkdir()
            windows = Windows(folder) if shutil.which("tmux") and trace not in UNCERTAIN else None
            chance, counted = random.Random(seed * 100 + at), {"keys": 0, "differing": 0}
            while counted["keys"] < keys // len(TRACES) and not counted["differing"]:  # a second q quits
                more = await press(trace, keys // len(TRACES) - counted["keys"], chance, folder, windows)
                counted = {name: counted.get(name, 0) + value for name, value in more.items()}
            if windows is not None:
                windows_compared += windows.compared
                windows_differing += windows.differing
                windows.close()
            print(trace, counted, windows and (windows.compared, windows.differing), file=sys.stderr, flush=True)
            total = {key: total.get(key, 0) + value for key, value in counted.items()}
    return {
        **total,
        "share_of_bytes": round(total["thin_bytes"] / total["plain_bytes"], 3),
        "tmux_screens_compared": windows_compared,
        "tmux_screens_differing": windows_differing,
    }


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    print(json.dumps(asyncio.run(main(*(given + [10_000, 1][len(given) :]))), indent=1))
