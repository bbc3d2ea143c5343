#!/usr/bin/env python3
"""How soon something can be read, and what it costs, beside other programs: `python benchmarks/start_up.py [LARGE] [ROUNDS]`.

A trace of 100 steps, and LARGE where it is given (a session trace of about 1 GB), are opened in a pseudo-terminal by
tracetui, by an empty Textual app ("hello"), and by peers (`peers.py`) where they are installed, one after the other in
each round (5); a trajectory of mini-swe-agent by its inspector and by tracetui.
`content_ms` is the first moment at which the screen shows the text of the first step; `whole_ms` the one at
which everything is there: the verdict, or the counts and the map of all lines of a large file that was opened before.
"1 GB again, G" is that opening with `G` pressed as soon as there is content: `whole_ms` is when the last line is under the
cursor. `bytes` is what was sent until then, `mb` the process's own memory. Medians, and medians of the rounds' ratios, by
their names in the limits: P1 first content of LARGE to hello's first paint; P2 to that of 100 steps; P6 the second opening
of LARGE, all data there, to hello, and the same until a key is answered; P12 bytes to less; P15 memory with LARGE open to
hello; P19 `--help` to `python -c pass`. JSON.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyte

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "benchmarks")]

from peers import INSPECTOR, LINE_READERS, installed, write_trajectory  # noqa: E402
from tests.tty.long_trace import write_trace  # noqa: E402
from tests.tty.terminal import without_private  # noqa: E402

COLUMNS, ROWS = 120, 40
QUIET_SECONDS = 1.0
PATIENCE_SECONDS = 60.0
HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello world")
Hello().run()
"""
FIRST_PAGE, FOCUS_ASKED = b"\x1b[?1049h\x1b[?25l", b"\x1b[?1004h"
"""What a first page begins with, and what Textual asks the terminal for."""
TRACETUI = [sys.executable, "-m", "tracetui"]
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "--help": [*TRACETUI, "--help"],
    "triage": [*TRACETUI, "triage", "--json", str(ROOT / "sample_traces/incident_content.jsonl")],
}
Screen = Callable[[str], bool]
Chunk = tuple[float, bytes]
"""Milliseconds since the start, and what was written."""


class Start(NamedTuple):
    """One start of a program; times in milliseconds since it was started."""

    content_ms: float
    whole_ms: float
    bytes: int
    mb: float


def start(words: Sequence[str], content: Screen, whole: Screen, environ: dict[str, str], typed: str = "") -> Start:
    """Run until the screen shows what makes it whole, the app is there, and it is quiet. `typed`: keys, as soon as there
    is content."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    began = time.perf_counter()
    process = subprocess.Popen(
        words, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True, preexec_fn=_own_terminal
    )
    os.close(slave)
    try:
        chunks = _typed_on(master, began, content, typed) if typed else []
        chunks += _chunks(master, began, whole, chunks)
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            anonymous = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)
    return Start(_when(chunks, content), _when(chunks, whole), sum(len(data) for _, data in chunks), anonymous / 1000)


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _typed_on(master: int, began: float, content: Screen, keys: str) -> list[Chunk]:
    """What was written and when, until there is content and the keys are typed."""
    chunks: list[Chunk] = []
    while math.isnan(_when(chunks, content)) and time.perf_counter() < began + PATIENCE_SECONDS:
        data = os.read(master, 1 << 16)
        chunks.append((1000 * (time.perf_counter() - began), data))
    os.write(master, keys.encode())
    return chunks


def _chunks(master: int, began: float, whole: Screen, before: list[Chunk]) -> list[Chunk]:
    """What was written and when, until it is whole and quiet. The screen is made while the program is silent only."""
    chunks: list[Chunk] = []
    seen, screen = 0, pyte.Screen(COLUMNS, ROWS)
    stream, deadline = pyte.ByteStream(screen), began + PATIENCE_SECONDS
    stream.feed(without_private(b"".join(data for _, data in before)))
    while time.perf_counter() < deadline:
        if select.select([master], [], [], QUIET_SECONDS)[0]:
            try:
                chunks.append((1000 * (time.perf_counter() - began), os.read(master, 1 << 16)))
            except OSError:
                break
            continue
        stream.feed(without_private(b"".join(data for _, data in chunks[seen:])))
        seen = len(chunks)
        if whole("\n".join(screen.display)) and _app_is_there(before + chunks):
            break
    return chunks


def _app_is_there(chunks: list[Chunk]) -> bool:
    """Not while a first page stands for it. Other programs that enter the alternate screen ask for no focus."""
    written = b"".join(data for _, data in chunks)
    return FIRST_PAGE not in written or FOCUS_ASKED in written


def _when(chunks: list[Chunk], shown: Screen) -> float:
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    for at, data in chunks:
        stream.feed(without_private(data))
        if shown("\n".join(screen.display)):
            return at
    return float("nan")


def programs(small: Path, large: Path | None, folder: Path) -> dict[str, Callable[[], Start]]:
    """Each start by its name, in the order of a round."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    environ |= {"COLORTERM": "truecolor", "PYTHONPATH": str(ROOT / "src"), "XDG_CACHE_HOME": str(folder / "cache")}

    def starting(words: list[str], path: Path, whole: Screen | None = None, typed: str = "") -> Callable[[], Start]:
        line = _first_line(path)
        first = str(json.loads(line)["summary"])[:12] if words is TRACETUI else line[:12].decode()

        def content(screen: str) -> bool:
            return first in screen

        return lambda: start([*words, str(path)], content, whole or content, environ, typed)

    def hello() -> Start:
        def shown(screen: str) -> bool:
            return "hello world" in screen

        return start([sys.executable, "-c", HELLO], shown, shown, environ)

    found = {"hello": hello, "tracetui 100": starting(TRACETUI, small, lambda screen: "gaps" in screen)}
    peers = installed()
    there = {name: peers[name] for name in LINE_READERS if name in peers}
    trajectory = write_trajectory(folder / "run.traj.json")

    def asked(screen: str) -> bool:
        return "Mend the parser" in screen

    for name, words in ((INSPECTOR, peers.get(INSPECTOR)), ("tracetui, the same trajectory", TRACETUI)):
        if words is not None and INSPECTOR in peers:
            found[name] = partial(start, [*words, str(trajectory)], asked, asked, environ)
    found |= {f"{name} 100": starting(words, small) for name, words in there.items()}
    if large is not None:
        surveyed = starting(TRACETUI, large, _is_surveyed)
        surveyed()  # fills the cache
        found |= {
            "tracetui 1 GB": _without(folder / "cache", starting(TRACETUI, large)),
            "tracetui 1 GB again": surveyed,
            "tracetui 1 GB again, G": starting(TRACETUI, large, _is_at_its_end, typed="G"),
        }
        found |= {f"{name} 1 GB": starting(words, large) for name, words in there.items()}
    return found


def _is_surveyed(screen: str) -> bool:
    return re.search(r"line 1 of [\d,]+ ", screen) is not None and "surveyed" not in screen


def _is_at_its_end(screen: str) -> bool:
    return re.search(r"line ([\d,]+) of \1 ", screen) is not None


def _without(cache: Path, run: Callable[[], Start]) -> Callable[[], Start]:
    """As if the file had never been opened."""

    def hidden() -> Start:
        aside = cache.rename(cache.with_name("aside"))
        try:
            return run()
        finally:
            shutil.rmtree(cache, ignore_errors=True)
            aside.rename(cache)

    return hidden


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline()


def took_ms(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return (time.perf_counter() - began) * 1000


def main(large: Path | None, rounds: int) -> dict[str, object]:
    starts: dict[str, list[Start]] = {}
    commands: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        small = write_trace(Path(folder, "small.jsonl"), 100)
        runs = programs(small, large, Path(folder))
        for _ in range(rounds):
            for name, run in runs.items():
                starts.setdefault(name, []).append(run())
            for name, words in COMMANDS.items():
                commands[name].append(took_ms(words))
    return {
        "rounds": rounds,
        "size": f"{COLUMNS}x{ROWS}",
        "starts": {
            name: {field: round(statistics.median(getattr(one, field) for one in runs), 1) for field in Start._fields}
            for name, runs in starts.items()
        },
        "commands_ms": {name: round(statistics.median(times), 1) for name, times in commands.items()},
        "ratios": _ratios(starts, commands),
    }


def _ratios(starts: dict[str, list[Start]], commands: dict[str, list[float]]) -> dict[str, float]:
    def of(one: str, field: str, other: str, as_field: str = "") -> float:
        pairs = zip(starts.get(one, []), starts.get(other, []), strict=False)
        ratios = [getattr(a, field) / getattr(b, as_field or field) for a, b in pairs]
        return round(statistics.median(ratios), 2) if ratios else float("nan")

    helps = zip(commands["--help"], commands["python -c pass"], strict=True)
    return {
        "P1 first content, 1 GB / hello": of("tracetui 1 GB", "content_ms", "hello"),
        "P1 first content, 100 steps / hello": of("tracetui 100", "content_ms", "hello"),
        "P2 first content, 1 GB / 100 steps": of("tracetui 1 GB", "content_ms", "tracetui 100"),
        "P6 1 GB again, all there / hello": of("tracetui 1 GB again", "whole_ms", "hello", "content_ms"),
        "P6 1 GB again, G pressed at the start is answered / hello": of(
            "tracetui 1 GB again, G", "whole_ms", "hello", "content_ms"
        ),
        "verdict of 100 steps / hello": of("tracetui 100", "whole_ms", "hello", "content_ms"),
        "P12 bytes, 100 steps / less": of("tracetui 100", "bytes", "less 100"),
        "P12 bytes, 1 GB again / less": of("tracetui 1 GB again", "bytes", "less 1 GB"),
        "P15 memory, 1 GB / hello": of("tracetui 1 GB again, G", "mb", "hello"),
        "P19 --help / python -c pass": round(statistics.median(a / b for a, b in helps), 2),
    }


if __name__ == "__main__":
    given = sys.argv[1:]
    large_trace = Path(given.pop(0)) if given and not given[0].isdigit() else None
    print(json.dumps(main(large_trace, int(given[0]) if given else 5), indent=1))
