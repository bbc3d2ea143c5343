#!/usr/bin/env python3
"""What keys cost on the wire, in bytes, beside Textual's own output, less and lnav: `python benchmarks/bytes.py [120x40]`.

A session of 2,000 steps in a pseudo-terminal, as over SSH; each key is pressed alone and the bytes that it makes the
program send are counted until it is quiet. Medians; JSON. No clock is part of a figure.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tty.long_trace import write_trace  # noqa: E402
from tests.tty.terminal import Terminal  # noqa: E402

STEPS = 2000
QUIET_SECONDS = 0.4
OVER_SSH = {"SSH_TTY": "/dev/pts/0", "COLORTERM": ""}


def quiet(terminal: Terminal) -> int:
    """Bytes until the program has been silent for a while."""
    total = 0
    while sent := terminal.bytes_within(QUIET_SECONDS):
        total += sent
    return total


def median_of(terminal: Terminal, key: str, times: int) -> float:
    counts = []
    for _ in range(times):
        terminal.send(key)
        counts.append(quiet(terminal))
    return statistics.median(counts)


def measure(
    trace: Path,
    size: tuple[int, int],
    *,
    program: Sequence[str] = (),
    detail: bool = True,
    environ: dict[str, str] = OVER_SSH,
) -> dict[str, float]:
    """Bytes: of the first page, of Down within a page and where it scrolls, of half a page, and of a second at rest."""
    with Terminal(str(trace), size=size, environ=environ, program=program) as terminal:
        terminal.wait_for("1" if program else "blast")
        quiet(terminal)
        counted = {"first_page": float(len(terminal.raw))}
        terminal.send("g")
        quiet(terminal)
        counted["down_in_page"] = median_of(terminal, "j", 8)
        terminal.send("j" * size[1])
        quiet(terminal)
        counted["down_scrolling"] = median_of(terminal, "j", 8)
        counted["half_a_page"] = median_of(terminal, "\x04", 4)
        counted["idle_1_s"] = float(terminal.bytes_within(1))
        if detail and not program:
            terminal.send("\r2")
            quiet(terminal)
            counted["down_with_context"] = median_of(terminal, "J", 8)
        return counted


def main(size: tuple[int, int]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        trace = write_trace(Path(folder, "trace.jsonl"))
        rows: dict[str, object] = {
            "tracetui": measure(trace, size),
            "tracetui --plain-output": measure(trace, size, environ=OVER_SSH | {"TRACETUI_PLAIN_OUTPUT": "1"}),
        }
        for peer in (("less", "-S"), ("lnav",)):
            if shutil.which(peer[0]):
                rows[" ".join(peer)] = measure(trace, size, program=peer)
        return {"size": "x".join(map(str, size)), "steps": STEPS, "bytes": rows}


if __name__ == "__main__":
    columns, _, rows_ = (sys.argv[1] if len(sys.argv) > 1 else "120x40").partition("x")
    print(json.dumps(main((int(columns), int(rows_))), indent=1))
