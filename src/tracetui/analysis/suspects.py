"""Every step that a model or agent wrote, ranked by what speaks for its being the fault origin."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec

from tracetui.analysis.cascade import cascade_of, is_telling
from tracetui.analysis.findings import FailureMode, FaultOrigin, Reason, Suspect
from tracetui.analysis.phrases import has_any
from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.signs import FINDERS, Finder, Sign
from tracetui.model import Evidence, Session


class WeightedSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of `weights.toml`."""

    name: str
    weight: float
    says: str
    """What it shows, in a few words."""
    why: str
    """Why it weighs what it weighs."""
    fixed: bool = False
    """Set by hand, not fitted."""
    damning: bool = False
    """Enough to say that a run holds a fault, where one of `beside`, if any, is at the same step."""
    beside: tuple[str, ...] = ()
    mode: FailureMode | None = None
    stems: tuple[str, ...] = ()
    words: str = ""
    first: bool = False


CONFIDENT = 0.5
"""Suspicion alone never says more than this."""
_NO_FAULT = frozenset(("BUDGET", "HIDDEN_TEXT"))
"""Flags that alone do not say that something is wrong: a dear call, content that nobody may have followed."""
PREMISE = "premise"
"""The sign of the value method: the step that wrote the premise which the output rests on."""

PARTED = "leaves_good_runs"
"""The sign of the comparison: the step at which the session leaves its good runs."""


def rank_suspects(
    scene: Scene, premise: FaultOrigin | None = None, *, parted: int | None = None
) -> tuple[Suspect, ...]:
    """All candidates, best first; of equals the earlier.

    `premise`: what the value method names. `parted`: index of the step at which the session leaves its good runs.
    """
    weights = weighted_signs()
    reasons: dict[int, list[Reason]] = {}
    for moment in scene.moments:
        reasons[moment.step] = [
            Reason(name, round(weights[name].weight * sign.strength, 3), weights[name].says, sign.evidence)
            for name, sign in signs_of(scene, moment).items()
        ]
    if premise is not None and premise.step is not None:
        told = weights[PREMISE]
        weight = round(told.weight * premise.confidence, 3)
        reasons.setdefault(premise.step, []).append(Reason(PREMISE, weight, told.says, premise.evidence))
    if (step := _author(scene, parted)) is not None:
        told = weights[PARTED]
        reasons.setdefault(step, []).append(Reason(PARTED, told.weight, told.says))
    sums = {step: sum(reason.weight for reason in found) for step, found in reasons.items()}
    top = max(sums.values(), default=0.0)
    total = sum(math.exp(value - top) for value in sums.values())
    ranked = sorted(sums, key=lambda step: (-sums[step], step))
    return tuple(
        Suspect(
            step,
            round(math.exp(sums[step] - top) / total, 4),
            tuple(sorted(reasons[step], key=lambda reason: -abs(reason.weight))),
        )
        for step in ranked
    )


class Standing(msgspec.Struct, frozen=True):
    """How one step stands among the suspects."""

    suspect: Suspect
    rank: int
    """From 1."""
    of: int
    """Suspects in all."""

    @property
    def sum(self) -> float:
        """What the contributions add up to, before it becomes a share."""
        return round(math.fsum(reason.weight for reason in self.suspect.reasons), 3)


def standing_of(session: Session, suspects: Sequence[Suspect], step: int) -> Standing | None:
    """The standing of a step, for a call of what asked for it; none where neither can be an origin."""
    ranks = {suspect.step: rank for rank, suspect in enumerate(suspects, 1)}
    wanted: int | None = step
    while wanted is not None and wanted not in ranks and session.steps[wanted].kind == "tool_call":
        # A call whose asker is not recorded is that of the contribution right before it.
        parent = session.steps[wanted].parent
        wanted = parent if parent is not None else wanted - 1 if wanted else None
    if wanted is None or wanted not in ranks:
        return None
    return Standing(suspects[ranks[wanted] - 1], ranks[wanted], len(suspects))


def signs_of(scene: Scene, moment: Moment) -> dict[str, Sign]:
    """The signs that one contribution shows, by name."""
    found = {name: finder(scene, moment) for name, finder in _finders()}
    if not moment.observes:
        text = moment.text.lower()
        worded = (told for told in _worded() if has_any(text, told.stems))
        found |= {told.name: _by_words(scene, moment, told) for told in worded}
    return {name: sign for name, sign in found.items() if sign is not None}


def suspected_origin(scene: Scene, suspects: Sequence[Suspect], end: int, decisive: bool = False) -> FaultOrigin | None:
    """The best suspect, where the session holds a flag or a damning sign; else nothing can be said to be wrong.

    `decisive`: it acted on the world otherwise than its good runs, or a person says that its output is wrong: enough too.

    It is a ranking, not a proof: its confidence is its share of the suspicion, and stays under CONFIDENT.
    """
    faults = [flag for flag in scene.flags if flag.kind not in _NO_FAULT]
    if not suspects or not (decisive or faults or any(is_damning(suspect) for suspect in suspects)):
        return None
    best = suspects[0]
    telling = sorted(best.against, key=lambda reason: not weighted_signs()[reason.feature].damning)[:3]
    because = "; ".join(reason.text for reason in telling) or "nothing but its place"
    by_key = scene.provenance.by_key
    first_here = {a.key for a in scene.written(best.step) if is_telling(a) and by_key[a.key][0].author == best.step}
    cascade = cascade_of(scene.provenance, best.step, first_here, end)
    return FaultOrigin(
        found=True,
        because=f"{because} (the most suspicious step)",
        step=best.step,
        confidence=round(min(CONFIDENT, best.score), 2),
        symptom=end,
        cascade=tuple(sorted(cascade.steps | {end})),
        links=cascade.links,
        evidence=_each_once([evidence for reason in telling for evidence in reason.evidence]),
    )


def _each_once(told: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Without quotes that stand inside another one of the same step."""
    kept: list[Evidence] = []
    for one in told:
        if not any(one.step == other.step and one.quote in other.quote for other in kept):
            kept = [other for other in kept if other.step != one.step or other.quote not in one.quote] + [one]
    return tuple(kept)


def is_damning(suspect: Suspect) -> bool:
    """Whether a step shows a sign that no good run shows."""
    shown = {reason.feature for reason in suspect.reasons}
    signs = [weighted_signs()[name] for name in shown]
    return any(sign.damning and (not sign.beside or shown.intersection(sign.beside)) for sign in signs)


@cache
def weighted_signs() -> Mapping[str, WeightedSign]:
    """`weights.toml` by name, in its order."""
    text = (resources.files(__package__) / "weights.toml").read_text(encoding="utf-8")
    listed = msgspec.convert(tomllib.loads(text)["sign"], list[WeightedSign])
    return {sign.name: sign for sign in listed}


def _author(scene: Scene, step: int | None) -> int | None:
    """The contribution that a step belongs to: for a call, the one that asked for it."""
    if step is None:
        return None
    return next((m.step for m in scene.moments if m.step == step or step in m.turn.calls), step)


@cache
def _finders() -> tuple[tuple[str, Finder], ...]:
    return tuple((name, finder) for name, finder in FINDERS.items() if name in weighted_signs())


@cache
def _worded() -> tuple[WeightedSign, ...]:
    """The signs that are found by words alone."""
    return tuple(told for told in weighted_signs().values() if told.stems)


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


def _by_words(scene: Scene, moment: Moment, weighted: WeightedSign) -> Sign | None:
    if weighted.first and scene.said.get(weighted.name, moment.step) != moment.step:
        return None
    found = _pattern(weighted.words).search(moment.text)
    if found is None:
        return None
    scene.said.setdefault(weighted.name, moment.step)
    return Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), weighted.says),))
