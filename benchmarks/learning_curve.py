"""How the ranking of the suspects grows with the labelled runs that its weights are fitted on. JSON.

    python benchmarks/learning_curve.py DATA

Eight folds, questions kept together, `SEEDS` times over: the runs of a fold are ranked with weights fitted on a share of the
questions of the others. Per share: the mean number of runs fitted on, and per source, in percent, the labelled step first
and among three.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from origin import FOLDS, Judged, figures, fit, judged, labelled_runs, ranked

SHARES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
SEEDS = 2
_LEAST = 4
"""Questions that are fitted on at least."""


def main(data: Path) -> None:
    runs = [judged(run) for run in labelled_runs(data)]
    print(json.dumps([point(runs, share) for share in SHARES], indent=1))


def point(runs: Sequence[Judged], share: float) -> dict[str, Any]:
    """The figures with weights from a share of the questions."""
    answers, fitted_on, sums = 0, 0, Counter[tuple[str, str]]()
    for seed in range(SEEDS):
        questions = sorted({one.run.question for one in runs})
        random.Random(seed).shuffle(questions)
        ranks = []
        for fold in range(FOLDS):
            held = set(questions[fold::FOLDS])
            others = [question for question in questions if question not in held]
            chosen = set(others[: max(_LEAST, round(share * len(others)))])
            training = [one for one in runs if one.run.question in chosen]
            weights = fit(training)
            answers, fitted_on = answers + 1, fitted_on + len(training)
            ranks += [(one.run, ranked(one, weights)) for one in runs if one.run.question in held]
        for source, found in figures(ranks).items():
            sums.update({(source, measure): found[measure] for measure in ("exact", "top3")})
    by_source = {
        source: [round(sums[(source, measure)] / SEEDS, 1) for measure in ("exact", "top3")]
        for source in dict.fromkeys(one.run.source for one in runs)
    }
    return {"share": share, "runs_fitted_on": round(fitted_on / answers), "exact_top3": by_source}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
