"""What each flag rule adds to the fault origin: `python benchmarks/without_rule.py DATA`. JSON.

The product's answers on the labelled runs, with its weights as they are, without one rule at a time: by rule, the runs
whose labelled step it brings first (+) or from there (-), among three, and over all runs the origins that are said to be
found only with it. Rules that change nothing are listed by name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from origin import Run, labelled_runs, message_of

from tracetui.analysis.rules import BUILT_IN, Rules
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace
from tracetui.model import Session


class Answers(NamedTuple):
    """Over all runs."""

    first: int
    top3: int
    found: int


def main(data: Path) -> None:
    runs = [(run, open_trace(str(run.path)).sessions[0]) for run in labelled_runs(data)]
    whole = answers(runs, BUILT_IN)
    adds = {}
    for rule in BUILT_IN:
        without = answers(runs, tuple(name for name in BUILT_IN if name != rule))
        adds[rule] = {key: value - getattr(without, key) for key, value in whole._asdict().items()}
    telling = {rule: added for rule, added in adds.items() if any(added.values())}
    silent = [rule for rule in adds if rule not in telling]
    print(json.dumps({"runs": len(runs), "with_all": whole._asdict(), "adds": telling, "nothing": silent}, indent=1))


def answers(runs: list[tuple[Run, Session]], rules: tuple[str, ...]) -> Answers:
    """The product's answers where it knows these rules only."""
    first = top3 = found = 0
    with patch("tracetui.analysis.flags.RULES", Rules(rules)):
        for run, session in runs:
            result = triage(session)
            messages = [message_of(session.steps[suspect.step].source.pointer) for suspect in result.suspects]
            first += messages[:1] == [run.label]
            top3 += run.label in messages[:3]
            found += result.origin.found
    return Answers(first, top3, found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
