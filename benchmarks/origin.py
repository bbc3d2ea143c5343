"""How well the suspects are ranked on labelled runs, and how their weights come about.

    python benchmarks/origin.py score DATA    with the weights as they are
    python benchmarks/origin.py fit DATA      refit: cross-validated figures, leave-one-source-out, the weights to write
    python benchmarks/origin.py ablate DATA   per sign: what leaving it out changes, held out and with the source left out

DATA holds Who&When and AgentRx as in the shared data folder. Prints one JSON object. The fit is a conditional logit over
the steps of a session with an L2 pull to 0; each weight keeps the side of `weights.toml`. Folds hold runs of one question
together, so that no question is learned and judged; all sources weigh alike up to the root of their size.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracetui.analysis.flags import all_flags
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.scene import Scene
from tracetui.analysis.suspects import PARTED, PREMISE, signs_of, weighted_signs
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace

PULL = 10.0
ROUNDS = 150
FOLDS = 8
DRAWS = 2000
_MESSAGE = re.compile(r"^/(?:history/|traj/|messages/)?(\d+)")
Candidate = tuple[int, str, dict[str, float]]
"""(message index, agent, sign strengths)"""


class Run(NamedTuple):
    source: str
    path: Path
    label: int
    """Index of the message that experts name."""
    agent: str | None
    question: str
    other_label: int | None = None
    """What another group of experts named in the same run."""


class Hit(NamedTuple):
    """How the ranking of one run met its label."""

    question: str
    exact: bool
    top3: bool
    within3: bool
    """The first is at most three messages away."""
    reciprocal: float
    agent: bool | None
    either: tuple[bool, bool]
    """The first, one of the first three, is what one of the groups named; as `exact` and `top3` where there is one group."""


class Judged(NamedTuple):
    run: Run
    candidates: list[Candidate]

    @property
    def right(self) -> int | None:
        return next((i for i, (message, _, _) in enumerate(self.candidates) if message == self.run.label), None)


def labelled_runs(data: Path) -> list[Run]:
    """Every labelled run with the question it is about, and with what another source says of the same run."""
    runs = list(_labelled(data))
    labels = {(run.source, run.question): run.label for run in runs}
    twins = {"hand_crafted": "magentic_one", "magentic_one": "hand_crafted"}
    return [run._replace(other_label=labels.get((twins.get(run.source, ""), run.question))) for run in runs]


def _labelled(data: Path) -> Iterator[Run]:
    for source in ("algorithm_generated", "hand_crafted"):
        labels = json.loads((data / "who_and_when" / f"{source}.labels.json").read_text())
        for name, label in sorted(labels.items()):
            path = data / "who_and_when" / source / name
            question = json.loads(path.read_text())["question"].strip()
            yield Run(source, path, int(label["mistake_step"]), label["mistake_agent"], question)
    for source, folder, key in (("tau_retail", "labelled", "traj"), ("magentic_one", "runs", None)):
        base = data / "agentrx" / source
        for label in json.loads((base / "labels.json").read_text()):
            named = str(label["root_cause"]["failure_id"])
            root = next((f for f in label["failures"] if str(f["failure_id"]) == named), label["failures"][0])
            path = base / folder / f"{label['trajectory_id']}.json"
            run = json.loads(path.read_text())
            question = path.stem if key else str(run[0]["content"]).strip()
            yield Run(source, path, int(root["step_number"]) - 1, None, question)


def judged(run: Run) -> Judged:
    """The candidates of a run with the signs that each shows."""
    (session,) = open_trace(str(run.path)).sessions
    provenance = Provenance.of(session)
    scene = Scene(provenance, all_flags(provenance))
    candidates = []
    for moment in scene.moments:
        step = session.steps[moment.step]
        strengths = {
            name: sign.strength for name, sign in signs_of(scene, moment).items() if name not in (PREMISE, PARTED)
        }
        candidates.append((message_of(step.source.pointer), step.agent or "", strengths))
    return Judged(run, candidates)


def message_of(pointer: str) -> int:
    found = _MESSAGE.match(pointer)
    return int(found[1]) if found else -1


def fit(runs: Sequence[Judged]) -> dict[str, float]:
    """Weights by sign that make the experts' steps likely."""
    known = {name: sign for name, sign in weighted_signs().items() if name not in (PREMISE, PARTED)}
    sides = {name: math.copysign(1, sign.weight) for name, sign in known.items() if not sign.fixed}
    weights = {name: sign.weight if sign.fixed else 0.0 for name, sign in known.items()}
    first, second = dict.fromkeys(sides, 0.0), dict.fromkeys(sides, 0.0)
    sizes = Counter(one.run.source for one in runs)
    most = max(sizes.values())
    for round_ in range(1, ROUNDS + 1):
        slope = {name: PULL * weights[name] for name in sides}
        for one in runs:
            if one.right is None:
                continue
            share = math.sqrt(most / sizes[one.run.source])
            for at, (chance, (_, _, strengths)) in enumerate(zip(chances(one, weights), one.candidates, strict=True)):
                error = share * (chance - (at == one.right))
                for name in strengths.keys() & sides.keys():
                    slope[name] += error * strengths[name]
        for name, side in sides.items():
            first[name] = 0.9 * first[name] + 0.1 * slope[name]
            second[name] = 0.99 * second[name] + 0.01 * slope[name] ** 2
            step = first[name] / (1 - 0.9**round_) / (math.sqrt(second[name] / (1 - 0.99**round_)) + 1e-8)
            weights[name] = side * max(0.0, side * (weights[name] - 0.05 * step))
    return weights


def chances(one: Judged, weights: dict[str, float]) -> list[float]:
    sums = [sum(weights[name] * strength for name, strength in signs.items()) for _, _, signs in one.candidates]
    top = max(sums)
    shares = [math.exp(value - top) for value in sums]
    total = sum(shares)
    return [share / total for share in shares]


def ranked(one: Judged, weights: dict[str, float]) -> list[tuple[int, str]]:
    order = sorted(zip(chances(one, weights), one.candidates, strict=True), key=lambda pair: -pair[0])
    return [(message, agent) for _, (message, agent, _) in order]


def figures(answers: Iterable[tuple[Run, list[tuple[int, str]]]]) -> dict[str, dict[str, Any]]:
    """Per source, in percent: exact, in the first three, first within three messages, agent right; mean reciprocal rank;
    exact and in the first three where what either group of experts named is right.

    Beside `exact` and `top3` stands the 95 % interval of a bootstrap over questions.
    """
    by_source: dict[str, list[Hit]] = defaultdict(list)
    for run, order in answers:
        messages = [message for message, _ in order]
        named = {run.label, run.label if run.other_label is None else run.other_label}
        agent = None if run.agent is None else bool(order) and order[0][1].casefold() == run.agent.casefold()
        by_source[run.source].append(
            Hit(
                question=run.question,
                exact=messages[:1] == [run.label],
                top3=run.label in messages[:3],
                within3=bool(messages) and abs(messages[0] - run.label) <= 3,
                reciprocal=1 / (messages.index(run.label) + 1) if run.label in messages else 0.0,
                agent=agent,
                either=(bool(named.intersection(messages[:1])), bool(named.intersection(messages[:3]))),
            )
        )
    return {
        source: {
            "runs": len(hits),
            "exact": percent([hit.exact for hit in hits]),
            "exact_95": interval(hits, lambda hit: hit.exact),
            "top3": percent([hit.top3 for hit in hits]),
            "top3_95": interval(hits, lambda hit: hit.top3),
            "within3": percent([hit.within3 for hit in hits]),
            "mrr": round(sum(hit.reciprocal for hit in hits) / len(hits), 3),
            "agent": percent([hit.agent for hit in hits if hit.agent is not None]),
            "either_group": [percent([hit.either[at] for hit in hits]) for at in (0, 1)],
        }
        for source, hits in by_source.items()
    }


def interval(hits: Sequence[Hit], holds: Callable[[Hit], bool]) -> list[float]:
    """Percent, 95 %: questions drawn with replacement, all runs of one together."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for hit in hits:
        groups[hit.question].append(holds(hit))
    drawn, pool = random.Random(0), list(groups.values())
    means = []
    for _ in range(DRAWS):
        sample = [one for group in drawn.choices(pool, k=len(pool)) for one in group]
        means.append(100 * sum(sample) / len(sample))
    means.sort()
    return [round(means[int(DRAWS * 0.025)], 1), round(means[int(DRAWS * 0.975) - 1], 1)]


def percent(hits: list[bool]) -> float | None:
    return round(100 * sum(hits) / len(hits), 1) if hits else None


def cross_validated(runs: Sequence[Judged], seed: int) -> dict[str, dict[str, Any]]:
    questions = sorted({one.run.question for one in runs})
    random.Random(seed).shuffle(questions)
    fold = {question: at % FOLDS for at, question in enumerate(questions)}
    answers = []
    for held in range(FOLDS):
        weights = fit([one for one in runs if fold[one.run.question] != held])
        answers += [(one.run, ranked(one, weights)) for one in runs if fold[one.run.question] == held]
    return figures(answers)


def one_source_left_out(runs: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Fitted without a source and without every question that it holds."""
    found: dict[str, dict[str, Any]] = {}
    for source in dict.fromkeys(one.run.source for one in runs):
        held = {one.run.question for one in runs if one.run.source == source}
        weights = fit([one for one in runs if one.run.source != source and one.run.question not in held])
        found |= figures((one.run, ranked(one, weights)) for one in runs if one.run.source == source)
    return found


def ablated(runs: Sequence[Judged]) -> dict[str, Any]:
    """Per sign: hits lost (+) or won (-) by leaving it out and fitting again, in runs over all sources."""
    whole = hits_of(runs)
    found: dict[str, Any] = {"with_all": whole}
    for name in sorted({name for one in runs for _, _, strengths in one.candidates for name in strengths}):
        without = hits_of([one._replace(candidates=[_without(each, name) for each in one.candidates]) for one in runs])
        found[name] = {measure: whole[measure] - without[measure] for measure in whole}
    return found


def hits_of(runs: Sequence[Judged]) -> dict[str, int]:
    """Runs whose labelled step comes first, and among three: held out, and with the source left out."""
    counts: dict[str, int] = {}
    for how, answer in (("held_out", cross_validated(runs, 0)), ("left_out", one_source_left_out(runs))):
        for measure in ("exact", "top3"):
            counts[f"{how}_{measure}"] = round(sum(f[measure] * f["runs"] / 100 for f in answer.values()))
    return counts


def _without(candidate: Candidate, name: str) -> Candidate:
    message, agent, strengths = candidate
    return message, agent, {sign: strength for sign, strength in strengths.items() if sign != name}


def scored(data: Path) -> dict[str, dict[str, Any]]:
    """What the product answers, with its weights as they are."""
    answers = []
    for run in labelled_runs(data):
        (session,) = open_trace(str(run.path)).sessions
        steps = [session.steps[suspect.step] for suspect in triage(session).suspects]
        answers.append((run, [(message_of(step.source.pointer), step.agent or "") for step in steps]))
    return figures(answers)


def main(arguments: list[str]) -> None:
    if len(arguments) != 2 or arguments[0] not in ("score", "fit", "ablate"):
        sys.exit(__doc__)
    data = Path(arguments[1])
    if arguments[0] == "score":
        print(json.dumps(scored(data), indent=1))
        return
    runs = [judged(run) for run in labelled_runs(data)]
    if arguments[0] == "ablate":
        print(json.dumps(ablated(runs), indent=1))
        return
    weights = fit(runs)
    result = {
        "weights": {name: round(weight, 2) for name, weight in weights.items()},
        "fitted": figures((one.run, ranked(one, weights)) for one in runs),
        "cross_validated": [cross_validated(runs, seed) for seed in (0, 1)],
        "one_source_left_out": one_source_left_out(runs),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
