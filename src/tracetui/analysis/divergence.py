"""Where a bad run parts from good ones in meaning, and which action it decided otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import Literal

import msgspec

from tracetui.analysis.align import align
from tracetui.analysis.conduct import Run
from tracetui.analysis.decisive import decisive_actions
from tracetui.analysis.differences import Difference, Noise, Walk
from tracetui.analysis.findings import Comparison, Decisive, Divergence, Pair
from tracetui.analysis.meaning import At
from tracetui.analysis.replies import final_answer, is_alike
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import Roster
from tracetui.analysis.sketch import said_text, sketches
from tracetui.analysis.subtrees import in_time, tree_order
from tracetui.collector import collector_paused
from tracetui.model import Session

_KIND_ORDER = ("argument", "answer", "path", "result", "order", "length")
"""Of several differences that arose in one step, the most telling first."""

Verdict = Literal["diverged", "same", "inconclusive"]


class Contrast(msgspec.Struct, frozen=True, kw_only=True):
    """The bad run against one good run."""

    pairs: tuple[Pair, ...]
    differences: tuple[Difference, ...]
    """In the order of the alignment."""
    decisive: tuple[Decisive, ...]
    noise: tuple[tuple[str, int], ...]
    """Kinds of difference without a meaning, with how often each occurs; the most frequent first."""
    noise_at: dict[int, Noise]
    """Position in the alignment to the kind of noise there."""
    roles: Roles
    acted: bool
    """Whether both runs did something to the world outside."""

    @property
    def closeness(self) -> tuple[bool, int, float]:
        """Greater for a good run that is nearer to the bad one; one about the same things is nearer than any other."""
        similarity = sum(pair.similarity for pair in self.pairs) / max(1, len(self.pairs))
        return self.roles.same_world, -len(self.differences), similarity


def compare(bad: Session, goods: Sequence[Session]) -> Comparison:
    """The first difference in meaning between `bad` and what the good runs share, told against the closest of them."""
    return judge(bad, goods, [contrast(bad, good) for good in goods])


def judge(bad: Session, goods: Sequence[Session], contrasts: Sequence[Contrast]) -> Comparison:
    """`compare`, where the contrasts with the good runs, one each, are at hand."""
    if not goods:
        return Comparison(verdict="inconclusive", why="no good run to compare with")
    baseline = max(range(len(goods)), key=lambda n: (contrasts[n].closeness, -n))
    nearest = contrasts[baseline]
    others = [c for n, c in enumerate(contrasts) if n != baseline]
    differences = [d for d in nearest.differences if all(_breaks_with(d, other) for other in others)]
    decisive = next((d for d in nearest.decisive if all(_decides_against(d, other) for other in others)), None)
    if not _acts(bad) or not _acts(goods[baseline]):
        differences, decisive = [], None
    noise = _with_shared(nearest.noise, len(nearest.differences) - len(differences))
    verdict, why = _verdict(bad, goods[baseline], nearest, noise, differences, bool(differences or decisive))
    return Comparison(
        verdict=verdict,
        why=why,
        divergence=_divergence(differences, decisive),
        pairs=nearest.pairs,
        roles=nearest.roles.named,
        ignored=noise,
        baseline=baseline,
        suspicion=_suspicion(contrasts),
    )


def _with_shared(noise: tuple[tuple[str, int], ...], shared: int) -> tuple[tuple[str, int], ...]:
    """The noise, with the differences that good runs show among themselves."""
    return (*noise, ("differs among good runs", shared)) if shared else noise


def _suspicion(contrasts: Sequence[Contrast]) -> tuple[tuple[int, int], ...]:
    """With several good runs: each step that differs in meaning from one of them, and from how many; the most first.

    What good runs do among themselves too counts for less: they are the norm where they agree.
    """
    if len(contrasts) < 2:
        return ()
    counts = Counter(step for found in contrasts for step in {d.bad for d in found.differences} if step is not None)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def contrast(bad: Session, good: Session) -> Contrast:
    """Everything in which two runs differ."""
    with collector_paused():
        return _contrast(bad, good)


def _contrast(bad: Session, good: Session) -> Contrast:
    roles = Roles(Roster(bad), Roster(good))
    # Where the runs deal with the same things an id is compared as it is, else by the place that it came in by.
    own = sketches(bad, None if roles.same_world else roles.bad.place_of)
    others = sketches(good, None if roles.same_world else roles.good.place_of)
    order, other_order = tree_order(bad), tree_order(good)
    pairs = in_time(align([own[i] for i in order], [others[j] for j in other_order]), order, other_order)
    run, other = Run(bad, own), Run(good, others)
    walk = Walk(run, other, pairs, roles).run()
    places = {pair.good: at for at, pair in enumerate(pairs) if pair.good is not None}
    decisive = decisive_actions(run, other, roles, pairs, lambda j: walk.next_bad(places[j]))
    noise = tuple(sorted(walk.noise.items(), key=lambda item: (-item[1], item[0])))
    return Contrast(
        pairs=pairs,
        differences=tuple(sorted(walk.found, key=lambda d: d.pair)),
        decisive=tuple(decisive),
        noise=noise,
        noise_at=walk.noise_at,
        roles=roles,
        acted=any(run.external) and any(other.external),
    )


def _breaks_with(difference: Difference, other: Contrast) -> bool:
    """Whether the step that differs from one good run differs from another one too."""
    return any(difference.bad == its.bad for its in other.differences)


def _decides_against(decisive: Decisive, other: Contrast) -> bool:
    return any((decisive.kind, decisive.bad) == (its.kind, its.bad) for its in other.decisive)


def _divergence(differences: list[Difference], decisive: Decisive | None) -> Divergence | None:
    if not differences:
        if decisive is None:
            return None
        return Divergence(bad=decisive.bad, good=decisive.good, kind="path", why=decisive.why, decisive=decisive)
    here = list(takewhile(lambda d: d.bad == differences[0].bad, differences))
    first = min(here, key=lambda d: _KIND_ORDER.index(d.kind))
    also = [d.why for d in here if d is not first and d.kind == "path"]
    why = "; ".join([first.why, *also[:1]])
    return Divergence(bad=first.bad, good=first.good, kind=first.kind, why=why, decisive=decisive)


def _verdict(
    bad: Session,
    good: Session,
    nearest: Contrast,
    noise: Sequence[tuple[str, int]],
    differences: Sequence[Difference],
    diverged: bool,
) -> tuple[Verdict, str]:
    if diverged:
        kinds = Counter(d.kind for d in differences)
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        return "diverged", f"{_count(len(differences))} in meaning ({told})" if kinds else "another action"
    missing = _undecided(bad, good, nearest)
    if missing:
        return "inconclusive", missing
    ignored = sum(count for _, count in noise)
    return "same", f"the same actions and the same answer in meaning; {_count(ignored)} taken as noise"


def _count(differences: int) -> str:
    return f"{differences:,} difference{'' if differences == 1 else 's'}"


def _acts(session: Session) -> bool:
    return any(step.kind in ("llm_call", "tool_call", "message") for step in session.steps)


def _undecided(bad: Session, good: Session, nearest: Contrast) -> str:
    """What would have to be known to tell whether two runs without a difference are the same; empty where it is."""
    for name, session in (("the bad run", bad), ("the good run", good)):
        if not _acts(session):
            return f"{name} holds no step of an agent or a tool: read in its own format it might"
        calls = [step for step in session.steps if step.kind == "tool_call"]
        if not calls and not any(said_text(step) for step in session.steps):
            return f"{name} records neither tool calls nor words: its messages would decide it"
        if calls and all(step.arguments is None for step in calls):
            return f"{name} does not record the arguments of its tool calls: they would decide it"
    if nearest.acted:
        return ""
    if not any(step.kind == "tool_call" for session in (bad, good) for step in session.steps):
        return _unlike_talk(bad, good, nearest)
    return _unlike_answers(bad, good, nearest.roles)


def _unlike_talk(bad: Session, good: Session, nearest: Contrast) -> str:
    """Runs that only talk are the same only if most of what was said is alike."""
    said = [step.index for step in bad.steps if step.kind == "llm_call" and step.message is not None]
    partners = {pair.bad: pair.good for pair in nearest.pairs}
    alike = sum(
        is_alike(said_text(bad.steps[i]), said_text(good.steps[j]), nearest.roles, At(i, j))
        for i in said
        if (j := partners.get(i)) is not None
    )
    if said and 2 * alike >= len(said):
        return _unlike_answers(bad, good, nearest.roles)
    return (
        f"no tool was called, and {alike} of {len(said)} answers of the bad run have something in common with the good "
        "run's: what they mean has to be read"
    )


def _unlike_answers(bad: Session, good: Session, roles: Roles) -> str:
    """Runs that did nothing to the world are the same only if they said the same."""
    i, j = final_answer(bad.steps), final_answer(good.steps)
    if i is None or j is None:
        missing = "neither run" if i is j is None else "the bad run" if i is None else "the good run"
        return f"no action was taken, and {missing} recorded an answer: it would decide it"
    if is_alike(said_text(bad.steps[i]), said_text(good.steps[j]), roles, At(i, j)):
        return ""
    places = f"step {bad.steps[i].number} and step {good.steps[j].number} of the good run"
    return f"no action was taken, and the answers have too little in common to be compared: read {places}"
