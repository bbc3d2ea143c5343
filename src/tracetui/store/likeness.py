"""What one incident is told by, and how much two have in common: mode, flags, tools, shape of the cascade, words.

A feature that few incidents share tells more than one that all have: members of a set weigh by their inverse document
frequency, and two sets are compared by the Dice coefficient of these weights. The weights of the features say how
much of a fault they describe; a feature that the incident at hand does not have counts for neither side.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rapidfuzz.distance import Indel

from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.from_session import names_counted
from tracetui.postmortem.vocabulary import FAILURE_MODE, ROOT_CAUSE, TAXONOMY

_WEIGHTS = {
    "mode": 0.15,
    "taxonomy": 0.05,
    "root_cause": 0.05,
    "flags": 0.15,
    "tools": 0.25,
    "shape": 0.1,
    "words": 0.25,
}
LIKELY = 0.6
"""From this score on it is likely the same fault: in benchmarks/memory.py 94 % of the siblings reach it, and 14 % of
the nearest strangers."""
_LEAST = 0.1
"""Less in common than this is chance."""
_TEXTS = (
    "identity.title",
    "identity.summary",
    "session.goal",
    "session.trigger",
    "detection.symptom",
    "detection.gap",
    "classification.why",
    "origin.premise",
    "origin.why",
    "root_cause.statement",
    "impact.summary",
    "lessons.wrong",
    "lessons.surprised",
)
_WORD = re.compile(r"[^\W_][\w'-]*")
_NUMBERED = re.compile(r"(?<=[_-])\w*\d\w*|\d+")
_SHORTEST_WORD = 3
_MOST_WORDS = 400
_NAMED_WORDS = 6
_SHAPES = {"s": "says", "l": "looks up", "a": "acts"}


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """The features of one incident. Ids and numbers of the case are taken out: another customer's is the same fault."""

    mode: str = ""
    taxonomy: str = ""
    root_cause: str = ""
    flags: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    shape: str = ""
    """The cascade, a letter a step: s the model says something, l a tool looks something up, a a tool acts outside."""
    words: tuple[str, ...] = ()


class Shared(msgspec.Struct, frozen=True):
    """One thing that two incidents have in common."""

    feature: str
    share: float
    """What it adds to the score."""
    text: str


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    score: float
    """0 to 1: the share of what the incident at hand is told by that this one has too."""
    reasons: tuple[Shared, ...]
    """The strongest first."""


def likeness(held: Postmortem) -> Likeness:
    """The features of an incident, or of a draft filled in from a trace."""
    tools = names_counted(held.text("session.tools_called"))
    return Likeness(
        mode=held.text("classification.failure_mode"),
        taxonomy=held.text("classification.taxonomy"),
        root_cause=held.text("root_cause.named"),
        flags=tuple(sorted(set(names_counted(held.text("classification.flags"))))),
        tools=tuple(sorted(set(tools))),
        shape=_shape(held, frozenset(tools)),
        words=_words(" ".join(held.text(address) for address in _TEXTS)),
    )


def most_similar(wanted: Likeness, known: Mapping[str, Likeness], *, limit: int = 5) -> tuple[Similar, ...]:
    """The incidents that share most with `wanted`, best first; those that share next to nothing are left out."""
    rarity = {name: _rarity(getattr(held, name) for held in known.values()) for name in ("flags", "tools", "words")}
    scored = [(_score(wanted, held, rarity), incident_id) for incident_id, held in known.items()]
    best = sorted((item for item in scored if item[0] >= _LEAST), key=lambda item: (-item[0], item[1]))[:limit]
    return tuple(
        Similar(id=incident_id, score=round(score, 4), reasons=_reasons(wanted, known[incident_id], rarity))
        for score, incident_id in best
    )


class _Rarity:
    """How much each member of a set tells: ln(1 + incidents / incidents that have it)."""

    def __init__(self, counts: Counter[str], total: int) -> None:
        self.weights = {name: math.log(1 + total / count) for name, count in counts.items()}
        self.unseen = math.log(1 + total)

    def of(self, name: str) -> float:
        return self.weights.get(name, self.unseen)

    def sum(self, names: Iterable[str]) -> float:
        get, unseen = self.weights.get, self.unseen
        return sum([get(name, unseen) for name in names])


def _rarity(sets: Iterable[Sequence[str]]) -> _Rarity:
    counts: Counter[str] = Counter()
    total = 0
    for members in sets:
        counts.update(members)
        total += 1
    return _Rarity(counts, total)


def _score(wanted: Likeness, held: Likeness, rarity: Mapping[str, _Rarity]) -> float:
    return sum(share for _, share in _shares(wanted, held, rarity))


def _shares(wanted: Likeness, held: Likeness, rarity: Mapping[str, _Rarity]) -> list[tuple[str, float]]:
    """(feature, what it adds) of the features that `wanted` has."""
    present = {name: weight for name, weight in _WEIGHTS.items() if getattr(wanted, name)}
    whole = sum(present.values()) or 1.0
    return [(name, weight / whole * _alike(name, wanted, held, rarity)) for name, weight in present.items()]


def _alike(name: str, wanted: Likeness, held: Likeness, rarity: Mapping[str, _Rarity]) -> float:
    """0 to 1: how much of one feature two incidents share."""
    mine, theirs = getattr(wanted, name), getattr(held, name)
    if name in rarity:
        shared = rarity[name].sum(set(mine).intersection(theirs))
        return 2 * shared / (rarity[name].sum(mine) + rarity[name].sum(theirs)) if shared else 0.0
    if name == "shape":
        return Indel.normalized_similarity(mine, theirs) if theirs else 0.0
    return float(mine == theirs)


def _reasons(wanted: Likeness, held: Likeness, rarity: Mapping[str, _Rarity]) -> tuple[Shared, ...]:
    found = [
        Shared(name, round(share, 4), _told(name, wanted, held, rarity))
        for name, share in _shares(wanted, held, rarity)
    ]
    return tuple(sorted((reason for reason in found if reason.share > 0), key=lambda reason: -reason.share))


def _told(name: str, wanted: Likeness, held: Likeness, rarity: Mapping[str, _Rarity]) -> str:
    match name:
        case "mode":
            return f"the same failure mode: {FAILURE_MODE.title(held.mode)}"
        case "taxonomy":
            return f"failed in the same place: {TAXONOMY.title(held.taxonomy)}"
        case "root_cause":
            return f"the same root cause: {ROOT_CAUSE.title(held.root_cause)}"
        case "shape":
            kind = "the same shape" if wanted.shape == held.shape else "a similar shape"
            return f"a cascade of {kind}: {' → '.join(_SHAPES[letter] for letter in held.shape[:12])}"
    mine: Sequence[str] = getattr(wanted, name)
    common = sorted(set(mine).intersection(getattr(held, name)), key=lambda member: (-rarity[name].of(member), member))
    rest = f" and {len(common) - _NAMED_WORDS} more" if len(common) > _NAMED_WORDS else ""
    return f"{name} in common: {', '.join(common[:_NAMED_WORDS])}{rest}"


def _shape(held: Postmortem, tools: frozenset[str]) -> str:
    acted = {row.text("step") for row in held.rows("blast_radius")}
    return "".join(
        "a" if row.text("step") in acted else "l" if row.text("who") in tools else "s" for row in held.rows("cascade")
    )


def _words(text: str) -> tuple[str, ...]:
    """The words of a text, sorted, each once; `ord_555` is `ord_#`, and bare numbers are left out."""
    found = {_NUMBERED.sub("#", word).strip("'-_") for word in _WORD.findall(text.casefold())}
    return tuple(sorted(word for word in found if len(word) >= _SHORTEST_WORD)[:_MOST_WORDS])
