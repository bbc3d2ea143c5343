"""What a triage costs beside decoding the file: CPU seconds, ratio to msgspec and growth from 100 to 100,000 steps.

    python benchmarks/triage.py TRACE...    traces of any length, for the ratio; given shortest first, growth too

Prints one JSON object. `growth` is how much the triage's time grew over how much the steps did: 1 is proportional.
`peak_mb` is Python's own memory at its highest in the triage, over that of the opened session.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from tracetui.analysis.provenance import Provenance
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace

TIMES = 3


def measured(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    session = open_trace(str(path)).sessions[0]
    decoded, answered = seconds(lambda: decode(raw)), seconds(lambda: triage(session))
    tracemalloc.start()
    triage(session)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "steps": len(session.steps),
        "bytes": len(raw),
        "values": len(Provenance.of(session).by_key),
        "msgspec_s": round(decoded, 4),
        "triage_s": round(answered, 3),
        "ratio": round(answered / decoded, 1),
        "peak_mb": round(peak / 1e6, 1),
    }


def decode(raw: bytes) -> None:
    """All records, as a document or as lines."""
    try:
        msgspec.json.decode(raw)
    except msgspec.DecodeError:
        for line in raw.splitlines():
            if line.strip():
                msgspec.json.decode(line)


def seconds(act: Callable[[], object]) -> float:
    """Median CPU seconds."""
    times = []
    for _ in range(TIMES):
        gc.collect()
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main(paths: list[str]) -> None:
    if not paths:
        sys.exit(__doc__)
    found = [measured(Path(path)) for path in paths]
    for before, after in pairwise(found):
        grown = after["steps"] / before["steps"]
        after["growth"] = round(after["triage_s"] / before["triage_s"] / grown, 2)
    print(json.dumps({"times": TIMES, "traces": found}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
