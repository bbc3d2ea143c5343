#!/usr/bin/env python3
"""Look for input that breaks a reader, the display door or large files: `python benchmarks/fuzz.py TARGET [SECONDS]` (60).

Coverage-guided, by atheris (`pip install --group fuzz`). TARGET is `readers` (every format on its own sample and on what comes
of it), `text`, `columns` and `blocks` (of lines), `containers` (in one another) or `kept` (of a large file). The samples are the
first inputs; half of what comes of one differs in its bytes, half in the values of its JSON. What breaks is written to
tests/fuzz/TARGET/, where a test keeps reading it; what is found on the way stays in the folder that is printed. Prints JSON:
runs, seconds, findings.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FINDINGS = ROOT / "tests" / "fuzz"
SECONDS = 60
MOST_BYTES = {"readers": 64 << 10, "text": 2 << 10}
USUAL_MOST_BYTES = 16 << 10


def main(target: str, seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["tracetui"]):
        from tests.fuzzing import FIRST, TARGETS

        from tracetui.ingest.registry import FORMATS

        list(FORMATS.values())  # a reader that is imported later is not watched, and nothing leads into it
    from tests.ingest.damage import FILES

    check, corpus = TARGETS[target], Path(tempfile.mkdtemp(prefix=f"fuzz-{target}-"))
    most_bytes = MOST_BYTES.get(target, USUAL_MOST_BYTES)
    samples = {data if target == "readers" else data[:most_bytes] for data in FILES.values()}
    for sample in samples.union(FIRST.get(target, list)()):
        if len(sample) <= most_bytes:
            (corpus / hashlib.sha256(sample).hexdigest()[:16]).write_bytes(sample)
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

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        changed = values_changed(data, random.Random(seed)) if seed % 2 else b""
        return changed if 0 < len(changed) <= most else atheris.Mutate(data, most)

    options = [f"-max_len={most_bytes}", "-timeout=20", "-rss_limit_mb=3000"]
    atheris.Setup([sys.argv[0], str(corpus), *options], one, custom_mutator=mutated)
    atheris.Fuzz()


def values_changed(data: bytes, chance: random.Random) -> bytes:
    """The document, or a line of it, with a value gone, of another kind, or that of another place; b"" for what is no JSON."""
    from tests.ingest.damage import WRONG, at, paths, replaced, without

    rows, number = data.split(b"\n"), 0
    if data[:1] == b"{" and len(rows) > 1 and rows[0][-1:] == b"}":
        number = chance.randrange(len(rows))
    else:
        rows = [data]
    try:
        value = json.loads(rows[number])
        where = chance.choice([path for path in paths(value) if path])
    except (ValueError, LookupError, RecursionError):
        return b""
    match chance.choice(["remove", "wrong", "other", "twice"]):
        case "remove":
            value = without(value, where)
        case "wrong":
            value = replaced(value, where, chance.choice(WRONG))
        case "other":
            value = replaced(value, where, at(value, chance.choice(list(paths(value)))))
        case _:
            value = replaced(value, where, [at(value, where)] * 2)
    rows[number] = json.dumps(value).encode()
    return b"\n".join(rows)


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
