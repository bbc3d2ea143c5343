"""Two runs side by side: what kind of difference each pair of steps is, and which pairs are listed. No widget in here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from tracetui.analysis.differences import Difference
from tracetui.analysis.divergence import Contrast, contrast, judge
from tracetui.analysis.findings import Comparison, Decisive, Divergence, Pair
from tracetui.analysis.passages import asking_steps
from tracetui.analysis.roles import Played
from tracetui.model import Session
from tracetui.ui.line_steps import LineSteps
from tracetui.ui.state import Facts, facts_of

SAME = "same"
DIFFERENCES = ("argument", "path", "order", "result", "answer", "length", "text", "alone")
"""Kinds with a meaning, and those of a draft; every other kind is noise."""
MOST_INVENTED = 20


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A bad run and the good run that it is compared with."""

    bad: Session
    good: Session
    comparison: Comparison
    roles: Played
    kinds: tuple[str, ...]
    """What each pair of the alignment is: a kind of difference, a kind of noise, or SAME."""
    told: dict[int, tuple[Difference, ...]]
    """Position of a pair to the differences in meaning at it; ascending."""
    divergence_at: int | None
    """Position of the pair where the first difference in meaning shows."""
    decisive_at: int | None
    facts: tuple[Facts, Facts]
    """Totals of the bad and of the good run."""
    invented: tuple[str, ...] = ()
    """Ids of the bad run that stand for nothing in the good one, as written; the first MOST_INVENTED."""
    by_meaning: bool = True
    """False: by what is written in the lines of both runs (`analysis.draft`), whose steps are read when they are looked at."""

    @property
    def pairs(self) -> Sequence[Pair]:
        return self.comparison.pairs

    def steps_at(self, at: int) -> tuple[int | None, int | None]:
        """Indices of the bad and the good run's step at a position of the alignment, or the next after it."""
        later = self.pairs[at:]
        return (
            next((pair.bad for pair in later if pair.bad is not None), None),
            next((pair.good for pair in later if pair.good is not None), None),
        )

    def number(self, bad: int) -> int:
        """What a step of the bad run is called."""
        steps = self.bad.steps
        return steps.number(bad) if isinstance(steps, LineSteps) else steps[bad].number

    def good_step_at(self, bad: int) -> int | None:
        """Index of the good run's step that a step of the bad run is aligned with, or the next after it."""
        at = next((at for at, pair in enumerate(self.pairs) if pair.bad == bad), None)
        return None if at is None else self.steps_at(at)[1]

    def listed(self, hidden: frozenset[str]) -> list[int]:
        """Positions of the pairs whose kind is not hidden."""
        return [at for at, kind in enumerate(self.kinds) if kind not in hidden]

    def counts(self) -> Counter[str]:
        """How many pairs there are of each kind."""
        return Counter(self.kinds)


def compare_runs(bad: Session, good: Session) -> Compared:
    """Takes long on long runs: not for the event loop."""
    found = contrast(bad, good)
    told: dict[int, tuple[Difference, ...]] = {}
    for difference in found.differences:
        told[difference.pair] = (*told.get(difference.pair, ()), difference)
    comparison = judge(bad, [good], [found])
    divergence = comparison.divergence
    first = next(
        (at for at in told for d in told[at] if divergence and (d.bad, d.kind) == (divergence.bad, divergence.kind)),
        None,
    )
    decisive = divergence.decisive if divergence is not None else None
    invented = [value for value, other in comparison.roles.values() if value is not None and other is None]
    return Compared(
        invented=tuple(invented[:MOST_INVENTED]),
        bad=bad,
        good=good,
        facts=(facts_of(bad), facts_of(good)),
        comparison=comparison,
        roles=found.roles.played,
        kinds=tuple(_kinds(found, told)),
        told=told,
        divergence_at=_position(found.pairs, divergence) if first is None else first,
        decisive_at=_call_at(bad, found.pairs, told, _position(found.pairs, decisive)),
    )


def _position(pairs: Sequence[Pair], found: Divergence | Decisive | None) -> int | None:
    """The pair of the call at a step of the bad run, else of the good run."""
    if found is None:
        return None
    holds = (
        at
        for at, pair in enumerate(pairs)
        if (pair.bad == found.bad if found.bad is not None else pair.good == found.good)
    )
    return next(holds, None)


def _call_at(
    bad: Session, pairs: Sequence[Pair], told: dict[int, tuple[Difference, ...]], asked: int | None
) -> int | None:
    """The call that differs among those that the answer at position `asked` asked for; that position where none is."""
    if asked is None:
        return None
    asking, by = asking_steps(bad), pairs[asked].bad
    for at in range(asked, len(pairs)):
        index = pairs[at].bad
        if index is not None and by is not None and index != by and asking[index] != by:
            break
        if index is not None and index != by and at in told:
            return at
    return asked


def _kinds(found: Contrast, told: dict[int, tuple[Difference, ...]]) -> list[str]:
    kinds = [told[at][0].kind if at in told else found.noise_at.get(at, SAME) for at in range(len(found.pairs))]
    # An answer that asked for one call is what that call is.
    for at in range(len(kinds) - 2, -1, -1):
        pair, after = found.pairs[at], found.pairs[at + 1]
        if kinds[at] == SAME and pair.relation != SAME and pair.relation == after.relation:
            kinds[at] = kinds[at + 1]
    return kinds
