#!/usr/bin/env python3
"""What `kill -9` costs a typist: `python benchmarks/kill.py [ROUNDS]` (200), at moments that differ from round to round.

In each round a process types, one edit every 2 ms, saves now and then, says what it typed and what it was told is on disk, and
is killed. Then the incident is opened as the next start does. Prints JSON: rounds in which something acknowledged was
lost, documents that were not whole, and the longest typing lost, in milliseconds before the last edit.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tracetui.errors import StoreError
from tracetui.postmortem.document import Postmortem
from tracetui.store.incident import Incident
from tracetui.store.incidents import Store

TYPIST = """
import os, sys, time
from pathlib import Path
from tracetui.postmortem.edits import SetText
from tracetui.store.incident import Incident

incident = Incident(Path(sys.argv[1]), user="typist")
count = int(incident.postmortem.text("lessons.well") or 0)
while True:
    count += 1
    incident.edit(SetText("lessons.well", str(count), "typist", incident.stamp()))
    os.write(1, b"typed %d %d\\n" % (count, time.monotonic_ns()))
    if count % 7 == 0:
        incident.save()
    if count % 5 == 0 and incident.flush():
        os.write(1, b"kept %d %d\\n" % (count, time.monotonic_ns()))
    time.sleep(0.002)
"""


def killed_once(folder: Path, after_s: float) -> list[tuple[str, int, int]]:
    """What the typist said until it was killed: (typed or kept, count, nanoseconds)."""
    typist = subprocess.Popen([sys.executable, "-c", TYPIST, str(folder)], stdout=subprocess.PIPE, text=True)
    assert typist.stdout is not None
    first = typist.stdout.readline()
    time.sleep(after_s)
    typist.send_signal(signal.SIGKILL)
    rest, _ = typist.communicate()
    lines = [line.split() for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
    return [(kind, int(count), int(at)) for kind, count, at in lines]


def main(rounds: int) -> dict[str, Any]:
    moments = random.Random(7)
    acknowledged_lost = corrupt = recovered = 0
    longest_lost_ms = 0.0
    with tempfile.TemporaryDirectory() as root:
        store = Store(root)
        folder = store.folder(store.new(Postmortem()).id)
        for _ in range(rounds):
            said = killed_once(folder, moments.random() / 5)
            try:
                incident = Incident(folder, user="reader")
            except StoreError:
                corrupt += 1
                continue
            found = int(incident.postmortem.text("lessons.well") or 0)
            recovered += bool(incident.recovered)
            incident.close()
            acknowledged_lost += any(kind == "kept" and count > found for kind, count, _ in said)
            lost = [at for kind, count, at in said if kind == "typed" and count > found]
            if lost:
                longest_lost_ms = max(longest_lost_ms, (said[-1][2] - lost[0]) / 1e6)
    return {
        "rounds": rounds,
        "acknowledged_lost": acknowledged_lost,
        "corrupt": corrupt,
        "rounds_with_recovered_edits": recovered,
        "longest_typing_lost_ms": round(longest_lost_ms, 1),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200), indent=1))
