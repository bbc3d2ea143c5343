"""What is read of a folder, by format: files, steps, LLM steps by the fidelity of their prompts, records left unparsed.

python benchmarks/formats.py FOLDER
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict

from tracetui.context import prompt_at
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.folders import source_paths
from tracetui.ingest.open import open_trace
from tracetui.model import Trace

FIDELITIES = ("recorded", "rebuilt", "partial", "absent")


def count(trace: Trace) -> Counter[str]:
    """Steps, LLM steps by fidelity, and records, of one file."""
    found = Counter(files=1, records=trace.report.records, unparsed=len(trace.report.skipped))
    for session in trace.sessions:
        found["sessions"] += 1
        for step in session.steps:
            found["steps"] += 1
            if step.kind == "llm_call":
                found[prompt_at(session, step.index).fidelity] += 1
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    unread: list[str] = []
    for path in source_paths(options.parse_args().folder):
        try:
            trace = open_trace(path)
        except UnreadableSourceError as problem:
            unread.append(problem.message)
            continue
        found[trace.format] += count(trace)
    columns = ("files", "sessions", "steps", *FIDELITIES, "records", "unparsed")
    print("| format | " + " | ".join(columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for name, counts in sorted(found.items()):
        print(f"| {name} | " + " | ".join(str(counts[column]) for column in columns) + " |")
    print(f"\n{len(unread)} files that nothing recognises or that hold no step")
    for message in unread:
        print(f"- {message}")


if __name__ == "__main__":
    main()
