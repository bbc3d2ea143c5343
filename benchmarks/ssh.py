#!/usr/bin/env python3
"""Whether a dropped SSH link loses anything: `python benchmarks/ssh.py [ROUNDS] [bare|tmux|screen]` (20, bare). JSON.

A real sshd on this machine, behind a link of 150 ms and 256 kbit/s. In each round: open the incident, walk to the origin, open
the postmortem, type, and the link is cut at a random moment. Then connect again and look. Lost is what the screen had
shown and the store has not; in tmux and GNU screen the program must still be there, with what was typed.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tty.ssh import Remote, remote  # noqa: E402
from tests.tty.terminal import SAMPLES, Terminal  # noqa: E402

from tracetui.store.incidents import Store  # noqa: E402

WORDS = "the ticket of the customer came first and the breaker held until the pager rang at two"


def to_lessons(terminal: Terminal) -> None:
    """From the verdict by the origin to the field of what went well."""
    terminal.wait_for("HALLUCINATION PROPAGATION", 60)
    terminal.send("oo")
    terminal.wait_for("ENTITY_HALLUCINATION", 60)
    terminal.send("p")
    terminal.wait_for("Evidence and notes", 60)
    terminal.send("12\r")
    terminal.wait_for("What went well", 60)


def type_until_cut(terminal: Terminal, there: Remote, chance: random.Random) -> str:
    """Type, and cut the link somewhere; what the screen showed of it."""
    cut = chance.randrange(5, len(WORDS))
    for character in WORDS[:cut]:
        terminal.send(character)
        terminal.bytes_within(chance.random() / 20)
    terminal.bytes_within(chance.random())
    there.link.cut()
    shown = " ".join(terminal.text.split())
    return next(WORDS[:end] for end in range(cut, -1, -1) if WORDS[:end].rstrip() in shown)


def one_round(folder: Path, chance: random.Random, inside: list[str]) -> dict[str, float]:
    trace = Path(shutil.copy(SAMPLES / "incident_content.jsonl", folder / "trace.jsonl"))
    with remote(folder, delay=0.075, rate=32_000) as there:
        with there.open(trace, inside=inside) as terminal:
            to_lessons(terminal)
            shown = type_until_cut(terminal, there, chance)
            terminal.wait_exit(30)
        gone_s = seconds_until_gone(there, trace) if not inside else 0.0
        with there.open(trace, inside=inside) as terminal:
            if not inside:
                to_lessons(terminal)
            terminal.wait_for(lambda text: shown.rstrip() in " ".join(text.split()), 60)
            terminal.send("\x11")
            terminal.wait_exit(60)
        store = Store(there.store)
        kept = [store.read(incident).text("lessons.well") for incident in store.ids()]
        return {"incidents": len(kept), "lost": not kept[0].startswith(shown), "shown": len(shown), "gone_s": gone_s}


def seconds_until_gone(there: Remote, trace: Path) -> float:
    start = time.monotonic()
    while there.running(trace) and time.monotonic() - start < 30:
        time.sleep(0.05)
    return round(time.monotonic() - start, 2)


def main(rounds: int, where: str) -> dict[str, object]:
    chance, told = random.Random(2), []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            inside = {
                "bare": [],
                "tmux": ["tmux", "-u", "-S", f"{name}/tmux", "-f", "/dev/null", "new-session", "-A", "-s", "a"],
                "screen": ["screen", "-U", "-c", "/dev/null", "-S", "a", "-D", "-R"],
            }[where]
            told.append(one_round(Path(name), chance, inside))
            print(told[-1], file=sys.stderr, flush=True)
    return {
        "where": where,
        "rounds": rounds,
        "rounds_that_lost_something_shown": sum(bool(one["lost"]) for one in told),
        "rounds_with_more_than_one_incident": sum(one["incidents"] != 1 for one in told),
        "characters_typed_before_the_cut": [int(one["shown"]) for one in told],
        "longest_seconds_until_the_process_was_gone": max(one["gone_s"] for one in told),
    }


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(main(int(given[0]) if given else 20, given[1] if len(given) > 1 else "bare"), indent=1))
