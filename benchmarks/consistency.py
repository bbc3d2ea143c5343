"""What the consistency meter sees: `python benchmarks/consistency.py FOLDER…`.

Over calls with recorded input tokens and a rebuilt prompt, by format, one JSON object a line:

- `transitions`, `flagged`: from one call of a window to the next, and those that the recorded tokens do not explain.
- `unrecorded`: windows of which every prompt holds something that the trace does not, and the median of its tokens.
- `planted`: tokens were added to the recorded counts from one call on, or taken off, one call after another, in windows
  where nothing is flagged: percent that are flagged at that call, by how many tokens.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec

from tracetui.consistency import Call, Meters, measure
from tracetui.errors import TracetuiError
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.windows import Windows

PLANTED = (-5_000, -2_000, -1_000, 1_000, 2_000, 5_000)
MOST_CALLS = 12
"""Calls of a window at which edits are planted."""


def main() -> int:
    """Exit code 0, or 2 without a folder."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    found: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: dict[str, list[int]] = defaultdict(list)
    for path in sorted(path for folder in sys.argv[1:] for path in Path(folder).rglob("*") if path.is_file()):
        try:
            opened = open_trace(str(path))
        except TracetuiError:
            continue
        for session in opened.sessions:
            for calls in windows_of(session):
                meter = measure(calls)
                counts = found[opened.format]
                counts.update(windows=1, transitions=len(calls) - 1, flagged=len(meter.jumps))
                sizes[opened.format] += [meter.unrecorded] if meter.unrecorded is not None else []
                if not meter.jumps:
                    counts.update(planted(calls))
    for name, counts in sorted(found.items()):
        missing = sizes[name]
        print(
            json.dumps(
                {
                    "format": name,
                    "windows": counts["windows"],
                    "transitions": counts["transitions"],
                    "flagged": counts["flagged"],
                    "unrecorded": {"windows": len(missing), "median_tokens": median(missing) if missing else None},
                    "planted": {
                        str(tokens): round(100 * counts[f"found {tokens}"] / counts["planted"], 1)
                        for tokens in PLANTED
                        if counts["planted"]
                    },
                }
            )
        )
    return 0


def windows_of(session: Session) -> Iterator[list[Call]]:
    """The calls of each scope that the meter looks at, without those whose prompt is recorded."""
    meters = Meters(session, Windows(session))
    for scope in meters.windows.scopes:
        calls = [call for call in meters.calls(scope) if call.step.index not in session.prompts]
        if calls:
            yield calls


def planted(calls: list[Call]) -> Iterator[str]:
    """Names of counts: an edit planted, and found at its call."""
    for at in range(1, len(calls), max(1, len(calls) // MOST_CALLS)):
        yield "planted"
        for tokens in PLANTED:
            edited = [*calls[:at], *(_with_tokens(call, tokens) for call in calls[at:])]
            if any(jump.step == calls[at].step.index for jump in measure(edited).jumps):
                yield f"found {tokens}"


def _with_tokens(call: Call, tokens: int) -> Call:
    usage = msgspec.structs.replace(call.step.usage, input_tokens=call.tokens + tokens)  # type: ignore[type-var]
    return call._replace(step=msgspec.structs.replace(call.step, usage=usage))


if __name__ == "__main__":
    sys.exit(main())
