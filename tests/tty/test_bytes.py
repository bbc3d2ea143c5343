"""What keys cost on the wire over SSH, to the byte: the size, the trace and the environment are fixed, and no clock is
part of a figure. `benchmarks/bytes.py` counts more keys beside less and lnav."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.tty.long_trace import write_trace
from tests.tty.terminal import Terminal

pytestmark = pytest.mark.tty
OVER_SSH = {"SSH_TTY": "/dev/pts/0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
LESS_DOWN, LNAV_DOWN, LESS_PAGE = 168, 432, 5171
"""Bytes that less and lnav send at 120x40: for a line down, and for the first page."""
QUIET_SECONDS = 0.3
"""After it nothing more comes of a key."""
COUNTED = Path(__file__).with_name("bytes.json")
"""For each key its bytes, a press at a time."""


def test_keys_send_as_many_bytes_as_counted_and_no_more_than_less_and_lnav(tmp_path: Path) -> None:
    trace = write_plain(tmp_path / "trace.jsonl", steps=120)
    # By its name alone: the path is told on the screen.
    with Terminal(trace.name, size=(119, 40), environ=OVER_SSH, folder=tmp_path) as terminal:
        terminal.wait_for("blast")
        terminal.settle(QUIET_SECONDS)
        first_page = len(terminal.raw)
        pressed(terminal, "g")
        counted = {"down in the page": [pressed(terminal, "j") for _ in range(4)]}
        pressed(terminal, "j" * 40)
        counted["down where the list scrolls"] = [pressed(terminal, "j") for _ in range(3)]
        counted["half a page"] = [pressed(terminal, "\x04")]
        counted["at rest"] = [terminal.bytes_within(0.6)]
        pressed(terminal, "\r2")
        counted["down with the context open"] = [pressed(terminal, "J") for _ in range(3)]
        terminal.resize(150, 60)
        terminal.wait_for(lambda text: "2 Context" in text and text.count(" llm ") > 40)
        terminal.settle(QUIET_SECONDS)
        counted["another page beside the list"] = [pressed(terminal, "J") for _ in range(2)]
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    if os.environ.get("TRACETUI_UPDATE"):
        COUNTED.write_text(json.dumps(counted, indent=1) + "\n", encoding="utf-8")
    assert counted == json.loads(COUNTED.read_text(encoding="utf-8")), (
        "Keys cost other bytes than before. If that is meant, take the new counts with "
        "TRACETUI_UPDATE=1 pytest tests/tty/test_bytes.py, and say in the commit why they changed."
    )
    assert first_page <= 3 * LESS_PAGE, "frames in between, of an analysis that takes long, included"
    assert max(counted["down in the page"]) <= LESS_DOWN
    assert max(counted["down where the list scrolls"]) <= LNAV_DOWN
    assert max(counted["down with the context open"]) <= 2.5 * LNAV_DOWN
    assert counted["at rest"] == [0]


def test_plain_output_is_an_option(tmp_path: Path) -> None:
    trace = write_trace(tmp_path / "trace.jsonl", steps=120)
    with Terminal(str(trace), "--plain-output", size=(119, 40), environ=OVER_SSH) as terminal:
        terminal.wait_for("blast")
        terminal.settle(QUIET_SECONDS)
        pressed(terminal, "g")
        assert pressed(terminal, "j") > LESS_DOWN


def write_plain(path: Path, steps: int) -> Path:
    """Steps in which nothing is to be found, so that the counts stay where a rule finds more than before."""
    words = (
        "the",
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "a",
        "lazy",
        "dog",
        "while",
        "rain",
        "falls",
        "on",
        "old",
        "roofs",
    )
    lines = []
    for number in range(1, steps + 1):
        said = " ".join(words[number * at % len(words)] for at in range(1, 4 + number % 9))
        step = {"session_id": "plain", "step": number, "type": "llm_call", "model": "model", "completion": said}
        lines.append(json.dumps(step | {"ts": f"2026-03-05T10:{number // 60:02}:{number % 60:02}Z"}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def pressed(terminal: Terminal, key: str) -> int:
    """Bytes that a key makes the program send."""
    before = len(terminal.raw)
    terminal.send(key)
    terminal.settle(QUIET_SECONDS)
    return len(terminal.raw) - before
