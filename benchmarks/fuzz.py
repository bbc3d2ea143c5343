#!/usr/bin/env python3
"""Look for input that breaks a reader, the display door or the columns: `python benchmarks/fuzz.py TARGET [SECONDS]` (60).

Coverage-guided, by atheris (`pip install --group fuzz`). TARGET is `readers` (every format on its own sample and on what comes
of it), `text` or `columns`. The samples are the first inputs. What breaks is written to tests/fuzz/TARGET/, where a test keeps
reading it; what is found on the way stays in the folder that is printed. Prints JSON: runs, seconds, findings.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FINDINGS = ROOT / "tests" / "fuzz"
SECONDS = 60
MOST_BYTES = 64 << 10


def main(target: str, seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["tracetui"]):
        from tests.fuzzing import TARGETS

    check, corpus = TARGETS[target], Path(tempfile.mkdtemp(prefix=f"fuzz-{target}-"))
    for sample in sorted((ROOT / "sample_traces").rglob("*")):
        if sample.is_file() and sample.stat().st_size <= MOST_BYTES:
            shutil.copy(sample, corpus / hashlib.sha256(sample.read_bytes()).hexdigest()[:16])
    found: set[str] = set()
    counts, began = {"runs": 0}, time.monotonic()

    def one(data: bytes) -> None:
        counts["runs"] += 1
        try:
            check(data)
        except Exception as problem:
            keep(target, data, problem, found)
        if time.monotonic() - began > seconds:
            print(
                json.dumps(
                    counts | {"seconds": round(time.monotonic() - began), "findings": len(found), "corpus": str(corpus)}
                )
            )
            sys.stdout.flush()
            os._exit(0)

    atheris.Setup([sys.argv[0], str(corpus), f"-max_len={MOST_BYTES}", "-timeout=20", "-rss_limit_mb=3000"], one)
    atheris.Fuzz()


def keep(target: str, data: bytes, problem: Exception, found: set[str]) -> None:
    """One input for each place where something breaks."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{type(problem).__name__} {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    if place not in found:
        found.add(place)
        folder = FINDINGS / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(place.encode()).hexdigest()[:12]).write_bytes(data)
        print(f"{place}: {problem}", file=sys.stderr)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS)
