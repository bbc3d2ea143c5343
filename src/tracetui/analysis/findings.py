"""What the analyses answer. Frozen; places are step indices, turned into the contract's places by `documents`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from tracetui.model import Evidence, Flag, Gap

FailureMode = Literal[
    "hallucination_propagation", "tool_misfire", "context_poisoning", "cost_runaway", "none_found", "cannot_tell"
]
Reversibility = Literal["reversible", "external", "irreversible", "unknown"]
DivergenceKind = Literal["argument", "path", "order", "result", "answer", "length"]


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One contribution to a suspect's score."""

    feature: str
    weight: float
    text: str
    evidence: tuple[Evidence, ...] = ()


class Suspect(msgspec.Struct, frozen=True, gc=False):
    step: int
    score: float
    """0 to 1, comparable within one session only."""
    reasons: tuple[Reason, ...] = ()

    @property
    def against(self) -> tuple[Reason, ...]:
        """The reasons that speak for its being the origin; others speak for the step."""
        return tuple(reason for reason in self.reasons if reason.weight > 0)


class FaultOrigin(msgspec.Struct, frozen=True, kw_only=True):
    found: bool
    because: str
    """Why this step, or why none: "not found, because …"."""
    step: int | None = None
    confidence: float = 0.0
    value: str | None = None
    """The wrong premise as a value, where it is one: an id, an amount."""
    symptom: int | None = None
    """Step the backward walk started from."""
    cascade: tuple[int, ...] = ()
    """Steps from the origin to the symptom that rest on the wrong premise, in order, both included."""
    links: tuple[tuple[int, int, str], ...] = ()
    """(from step, to step, value): which later step used what."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def reason(self) -> str:
        """`because` behind words that say already whether it was found."""
        return self.because.removeprefix("not found, because ")


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One action on the world outside the agent."""

    step: int
    tool: str
    target: str
    reversibility: Reversibility
    after_origin: bool
    depends_on_origin: bool = False
    why: str = ""
    undo: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    failure_mode: FailureMode
    confidence: float
    why: str
    escalate: bool
    escalate_because: tuple[str, ...] = ()


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    verdict: Verdict
    origin: FaultOrigin
    suspects: tuple[Suspect, ...]
    """All steps that could be an origin, best first."""
    flags: tuple[Flag, ...]
    """Recorded and detected, in step order."""
    blast_radius: tuple[Effect, ...]
    gaps: tuple[Gap, ...]


class Found(msgspec.Struct, frozen=True):
    """Flags of one kind."""

    kind: str
    count: int
    first: int
    """Index of the first step that has one."""


class SoFar(msgspec.Struct, frozen=True):
    """How far an analysis has come."""

    share: float
    """0 to 1, of the time that it takes."""
    found: tuple[Found, ...] = ()
    """What the rules have found, in the order in which they did."""

    @classmethod
    def of(cls, share: float, flags: Iterable[Flag]) -> SoFar:
        steps: dict[str, list[int]] = {}
        for flag in flags:
            steps.setdefault(flag.kind, []).append(flag.step)
        return cls(share, tuple(Found(kind, len(at), min(at)) for kind, at in steps.items()))


Watch = Callable[[SoFar], None]
"""Is told of an analysis while it runs; what it raises ends the analysis."""


Relation = Literal["same", "similar", "different", "only_bad", "only_good", "moved"]


class Pair(msgspec.Struct, frozen=True, gc=False):
    """Two aligned steps; None on the side that has no counterpart."""

    bad: int | None
    good: int | None
    similarity: float
    relation: Relation


class Decisive(msgspec.Struct, frozen=True, kw_only=True):
    """The first external action that one run took and the other did not, or took otherwise."""

    kind: Literal["wrong_action", "extra_action", "missing_action"]
    bad: int | None
    good: int | None
    why: str


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """The first difference in meaning."""

    bad: int | None
    good: int | None
    kind: DivergenceKind
    why: str
    decisive: Decisive | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    verdict: Literal["diverged", "same", "inconclusive"]
    why: str
    divergence: Divergence | None = None
    pairs: tuple[Pair, ...] = ()
    roles: dict[str, tuple[str | None, str | None]] = {}
    """Role name, e.g. "CUSTOMER#1", to (value in the bad run, value in the good run)."""
    ignored: tuple[tuple[str, int], ...] = ()
    """Kinds of difference taken as noise, with how often each occurred."""
    baseline: int = 0
    """Which of the good runs the divergence is told against."""
    suspicion: tuple[tuple[int, int], ...] = ()
    """With several good runs: (step of the bad run, how many of them it differs from in meaning), the most first."""
