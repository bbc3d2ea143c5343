#!/usr/bin/env python3
"""What opening lines of any format by place costs as files grow: `python benchmarks/growth.py TRACE…`. Medians of 3 rounds; JSON.

Each round runs `wc -l` beside it; times are milliseconds, `index_to_wc` and `survey_to_wc` (index and columns) are the
medians of the rounds' ratios. `first_rows` reads
the first megabyte and makes 40 rows; `search` looks for a text that is not there; `around` reads the session of
the last line, or the lines around it, and triages it; `survey` makes the columns of all lines in child processes; `recall` takes
index and columns from the cache. `index_mb` is what the offsets take.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from tracetui.analysis.triage import triage
from tracetui.ingest.line_cache import recall, remember
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey, surveyed
from tracetui.ingest.paging import paged_format
from tracetui.ui.excerpts import load_around
from tracetui.ui.line_rows import line_row

ROUNDS = 3
MEGABYTE = 1 << 20


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def opened(path: str) -> LineFile:
    return LineFile(path, format_name=paged_format(path, at_least=0) or "session-trace")


def first_rows(path: str) -> None:
    file = opened(path)
    file.take(file.read_on(MEGABYTE))
    for line in range(min(40, len(file))):
        line_row(file, line, current=False, width=120)
    file.close()


def indexed(file: LineFile) -> None:
    while not file.done:
        file.take(file.read_on(32 * MEGABYTE))


def recalled(path: str) -> None:
    file = opened(path)
    assert recall(file) is not None
    file.close()


def around_last(file: LineFile, survey: Survey) -> None:
    found = load_around(file, len(file) - 1, survey)
    assert found is not None
    triage(found.session)


def one_round(path: str) -> dict[str, float]:
    file = opened(path)
    wc = timed(lambda: subprocess.run(["wc", "-l", path], check=True, capture_output=True))
    took = {"wc": wc, "first_rows": timed(lambda: first_rows(path)), "index": timed(lambda: indexed(file))}
    surveys: list[Survey] = []
    took |= {
        "search": timed(lambda: file.find("no such text", 0)),
        "survey": timed(lambda: surveys.append(surveyed(file))),
    }
    took |= {"around": timed(lambda: around_last(file, surveys[0]))}
    remember(file, surveys[0])
    took |= {"recall": timed(lambda: recalled(path)), "survey_to_wc": (took["index"] + took["survey"]) / wc}
    took |= {"index_to_wc": took["index"] / wc, "lines": len(file), "index_mb": 8 * (len(file) + 1) / 1e6}
    file.close()
    return took


def main(paths: list[str]) -> None:
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    for path in paths:
        rounds = [one_round(path) for _ in range(ROUNDS)]
        print(json.dumps({key: round(statistics.median(took[key] for took in rounds), 2) for key in rounds[0]}))


if __name__ == "__main__":
    main(sys.argv[1:])
