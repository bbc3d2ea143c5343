#!/usr/bin/env python3
"""Whether a dropped SSH link loses anything: `python benchmarks/ssh.py [ROUNDS] [bare|tmux|screen] [follow]`. JSON.

A real sshd on this machine, behind a link of 150 ms and 256 kbit/s. In each round: open the incident, walk to the origin, open
the postmortem, type, and the link is cut at a random moment. Then connect again and look. Lost is what the screen had
shown and the store has not; in tmux and GNU screen the program must still be there, with what was typed. With `follow` the
trace is written in odd chunks meanwhile, and followed: a step is marked, the link is cut while the writer goes on, and
after connecting again every step, the verdict and the mark must be there.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tty.ssh import Remote, remote  # noqa: E402
from tests.tty.terminal import SAMPLES, Terminal  # noqa: E402

from tracetui.ingest.open import open_trace  # noqa: E402
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


def write_oddly(trace: Path, data: bytes, chance: random.Random) -> None:
    """In some six seconds."""
    at = 0
    while at < len(data):
        size = chance.choice([1, 7, 60, 400, 900])
        with open(trace, "ab") as file:
            file.write(data[at : at + size])
        at += size
        time.sleep(chance.random() / 2)


def one_followed(folder: Path, chance: random.Random, inside: list[str]) -> dict[str, float]:
    data = (SAMPLES / "incident_content.jsonl").read_bytes()
    begun = data.index(b"\n", len(data) // 4) + 1
    trace = folder / "trace.jsonl"
    trace.write_bytes(data[:begun])
    with remote(folder, delay=0.075, rate=32_000) as there:
        writer = threading.Thread(target=write_oddly, args=(trace, data[begun:], random.Random(chance.random())))
        with there.open(trace, "--follow", inside=inside) as terminal:
            terminal.wait_for("following", 60)
            terminal.send("gmodd\r")
            terminal.wait_for("kept in INC", 60)
            writer.start()
            terminal.bytes_within(chance.random() * 4)
            there.link.cut()
            shown = int(next(re.finditer(r"(\d+) steps?\b", terminal.text))[1])
            terminal.wait_exit(30)
        gone_s = seconds_until_gone(there, trace) if not inside else 0.0
        with there.open(trace, "--follow", inside=inside) as terminal:
            writer.join()
            whole = len(open_trace(str(trace)).sessions[0].steps)
            wanted = (f" {whole} steps", "HALLUCINATION PROPAGATION", "following")
            try:
                terminal.wait_for(lambda text: all(each in text for each in wanted), 60)
                is_lost = trace.read_bytes() != data
            except AssertionError:
                is_lost = True
            terminal.send("\x11")
            terminal.wait_exit(60)
        store = Store(there.store)
        marked = [pin.note.text for incident in store.ids() for pin in store.read(incident).pins if pin.note.text]
        return {"incidents": len(store.ids()), "lost": is_lost or marked != ["odd"], "shown": shown, "gone_s": gone_s}


def seconds_until_gone(there: Remote, trace: Path) -> float:
    start = time.monotonic()
    while there.running(trace) and time.monotonic() - start < 30:
        time.sleep(0.05)
    return round(time.monotonic() - start, 2)


def main(rounds: int, where: str, what: str) -> dict[str, object]:
    one = one_followed if what == "follow" else one_round
    chance, told = random.Random(2), []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            inside = {
                "bare": [],
                "tmux": ["tmux", "-u", "-S", f"{name}/tmux", "-f", "/dev/null", "new-session", "-A", "-s", "a"],
                "screen": ["screen", "-U", "-c", "/dev/null", "-S", "a", "-D", "-R"],
            }[where]
            told.append(one(Path(name), chance, inside))
            print(told[-1], file=sys.stderr, flush=True)
    return {
        "where": where,
        "rounds": rounds,
        "rounds_that_lost_something_shown": sum(bool(each["lost"]) for each in told),
        "rounds_with_more_than_one_incident": sum(each["incidents"] != 1 for each in told),
        "steps_shown_before_the_cut" if what == "follow" else "characters_typed_before_the_cut": [
            int(each["shown"]) for each in told
        ],
        "longest_seconds_until_the_process_was_gone": max(each["gone_s"] for each in told),
    }


if __name__ == "__main__":
    given = [*sys.argv[1:], *("20", "bare", "")[len(sys.argv) - 1 :]]
    print(json.dumps(main(int(given[0]), given[1], given[2]), indent=1))
