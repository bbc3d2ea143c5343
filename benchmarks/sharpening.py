"""What a named symptom, an expected answer and a good run add to the origin: `python benchmarks/sharpening.py DATA`. JSON.

On failed tau-bench airline runs beside passed runs of the same task (DATA/tau_airline): the first action on the world
that no passed run took is taken as the wrong one. Per way of asking: how often the step that asked for it is the origin,
and how often it is the first suspect or among three. `expected` gives the arguments of the passed run's actions as text.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tracetui.analysis.actions import is_external
from tracetui.analysis.passages import asking_step
from tracetui.analysis.triage import triage
from tracetui.context import json_text
from tracetui.ingest.open import open_trace
from tracetui.model import Session, Step


def main(data: Path) -> None:
    labels = json.loads((data / "tau_airline.labels.json").read_text())
    tasks: dict[str, dict[bool, list[Session]]] = defaultdict(lambda: {True: [], False: []})
    for name, label in sorted(labels.items()):
        (session,) = open_trace(str(data / "tau_airline" / name)).sessions
        tasks[name.split("_")[0]][label["reward"] == 1.0].append(session)
    hits: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for runs in tasks.values():
        good = runs[True]
        right = {_call(step) for session in good for step in _actions(session)}
        for bad in runs[False] if good else ():
            wrong = next((step for step in _actions(bad) if _call(step) not in right), None)
            if wrong is None:
                continue
            place = asking_step(bad, wrong)
            expected = " ".join(json_text(step.arguments) for step in _actions(good[0]))
            ways: dict[str, dict[str, Any]] = {
                "alone": {},
                "symptom": {"symptom": wrong.index},
                "expected": {"expected": expected, "symptom": wrong.index},
                "baseline": {"baselines": good[:1]},
                "baseline and symptom": {"baselines": good[:1], "symptom": wrong.index},
            }
            for way, options in ways.items():
                result = triage(bad, **options)
                ranked = [suspect.step for suspect in result.suspects]
                origin = result.origin.step if result.origin.found else None
                hits[way].append((origin in (place, wrong.index), ranked[:1] == [place], place in ranked[:3]))
    figures = {
        way: {"runs": len(found)}
        | {
            name: round(100 * sum(hit[at] for hit in found) / len(found), 1)
            for at, name in enumerate(("origin", "first", "top3"))
        }
        for way, found in hits.items()
    }
    print(json.dumps(figures, indent=1))


def _actions(session: Session) -> list[Step]:
    return [step for step in session.steps if step.kind == "tool_call" and is_external(step)]


def _call(step: Step) -> str:
    return f"{step.tool} {json_text(step.arguments)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
