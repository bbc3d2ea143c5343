"""The fault origin by the backward method: from the wrong output to the step where what it rests on first appeared.

"What would have to be true for this output to make sense? Find the earliest step where that information appeared."
The premises that can be wrong are the flags of the session; the one that the output rests on is the origin, everything
between is cascade. Where a person names the wrong words, these are followed to their first appearance instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tracetui.analysis.cascade import Cascade, answering_calls, cascade_of, is_telling
from tracetui.analysis.entities import find_entities
from tracetui.analysis.findings import FaultOrigin
from tracetui.analysis.phrases import phrase
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.model import Evidence, Flag, Session, Step, TextPart

_WEIGHT = {
    "ENTITY_HALLUCINATION": 1.0,
    "CONTEXT_DRIFT": 0.8,
    "STALE_CONTEXT": 0.7,
    "CONSTRAINT_BROKEN": 0.6,
    "TOOL_ARG_MISMATCH": 0.6,
    "ENTITY_MISMATCH": 0.6,
    "LOOP_DETECTED": 0.3,
}
"""How much a flag of a kind weighs as the premise of a wrong output, before what supports it."""
_FREE_WORDS = ("quoted", "name")
_CONFIDENT = 0.8
_CORROBORATED = 0.3
"""Added where another flag lies in the cascade: a tool's answer contradicts the premise."""
_USED = 0.2
"""Added where a later step rests on it."""
_REACHED = 0.2
"""Added where the wrong output itself rests on it, by values that are recorded."""


class Premise(msgspec.Struct, frozen=True):
    """Something that the output may rest on and that may be wrong."""

    step: int
    kind: str
    confidence: float
    because: str
    values: tuple[Appearance, ...]
    cascade: Cascade
    evidence: tuple[Evidence, ...]


def find_origin(
    provenance: Provenance, flags: Sequence[Flag], *, symptom: int | None = None, symptom_text: str | None = None
) -> FaultOrigin:
    """The step where the wrong premise first appeared.

    `symptom`: index of the step with the wrong output, by default the last thing said or done; `symptom_text`: the
    wrong words in it.
    """
    session = provenance.session
    end = last_output(session) if symptom is None else symptom
    if end is None:
        return FaultOrigin(found=False, because="not found, because the session has no output to walk back from")
    if symptom_text:
        return _followed(provenance, end, symptom_text)
    best = _best_premise(provenance, flags, end, anchored=symptom is not None)
    if best is None:
        return FaultOrigin(found=False, because=_why_not(provenance, flags, end, symptom is not None), symptom=end)
    return _origin(provenance, best, end, flags)


def last_output(session: Session) -> int | None:
    """Index of the step whose output is taken as wrong when nobody says which: the last thing a model said or did.

    Words that only say that the run is over are no output, where anything else is.
    """
    made = [
        step
        for step in session.steps
        if step.kind in ("llm_call", "tool_call") or (step.kind == "message" and step.agent is not None)
    ]
    last = next((step for step in reversed(made) if not _only_ends(step)), made[-1] if made else None)
    return None if last is None else last.index


def _only_ends(step: Step) -> bool:
    """TERMINATE and nothing else."""
    if step.kind == "tool_call" or step.message is None or len(step.message.parts) != 1:
        return False
    (part,) = step.message.parts
    return isinstance(part, TextPart) and phrase("ending").match(part.content) is not None


def wrong_words(provenance: Provenance, end: int, expected: str) -> str | None:
    """The value of step `end` that stands where `expected` has another of its kind; None where that cannot be told."""
    right = {entity.key: entity.kind for entity in find_entities(expected)}
    written = [value for value in provenance.at(end) if value.author == end and provenance.is_written(value)]
    if not right or any(value.key in right for value in written):
        return None
    return next((value.text for value in written if value.kind in right.values()), None)


def _best_premise(provenance: Provenance, flags: Sequence[Flag], end: int, *, anchored: bool) -> Premise | None:
    """The premise with the most support, of equals the earliest. `anchored`: a person named the output, which then has
    to rest on it."""
    answered = answering_calls(provenance.session)
    kinds: dict[int, set[str]] = {}
    for flag in flags:
        if flag.kind in _WEIGHT:
            kinds.setdefault(flag.step, set()).add(flag.kind)
    best, most = None, 0.0
    # The likeliest first: most flags need not be followed to their ends.
    for flag in sorted(flags, key=lambda flag: (-_weight(flag), flag.step)):
        if best is not None and most >= _weight(flag) + _CORROBORATED + _USED + _REACHED:
            break
        premise = _premise(provenance, flag, end, answered)
        if premise is None or (anchored and end not in premise.cascade.steps | {premise.step}):
            continue
        support = _support(premise, kinds, end)
        if (anchored or _is_firm(provenance, premise, kinds)) and (
            best is None or (support, -premise.step) > (most, -best.step)
        ):
            best, most = premise, support
    return best


def _weight(flag: Flag) -> float:
    return _WEIGHT.get(flag.kind, 0.0) * flag.confidence


def _premise(provenance: Provenance, flag: Flag, end: int, answered: Mapping[int, int]) -> Premise | None:
    if flag.kind not in _WEIGHT or flag.step > end or _only_words_repeat(provenance.session, flag):
        return None
    values = _flagged_values(provenance, flag) if flag.kind == "ENTITY_HALLUCINATION" else ()
    step = min((value.author for value in values), default=_author(provenance, flag))
    cascade = cascade_of(provenance, step, {value.key for value in values}, end, answered)
    return Premise(step, flag.kind, flag.confidence, flag.message, values, cascade, flag.evidence)


def _only_words_repeat(session: Session, flag: Flag) -> bool:
    """Agents that say the same again are a symptom; calls that are made again are a fault of their own."""
    if flag.kind != "LOOP_DETECTED" or flag.recorded:
        return False
    return not any(session.steps[evidence.step].kind == "tool_call" for evidence in flag.evidence)


def _author(provenance: Provenance, flag: Flag) -> int:
    """The step that wrote what is flagged: bad arguments stand at the tool step, but the model that asked wrote them."""
    if (
        flag.kind in ("TOOL_ARG_MISMATCH", "ENTITY_MISMATCH")
        and provenance.session.steps[flag.step].kind == "tool_call"
    ):
        written = [a.author for a in provenance.at(flag.step) if a.role == "argument" and a.step == flag.step]
        return min((author for author in written if author >= 0), default=flag.step)
    return flag.step


def _flagged_values(provenance: Provenance, flag: Flag) -> tuple[Appearance, ...]:
    """The values without a source that the flag speaks of: those in its quotes, else all that its step wrote."""
    own = [
        value
        for value in provenance.at(flag.step)
        if value.author == flag.step or (value.step == flag.step and value.role == "argument")
    ]
    quoted = [value for value in own if any(value.text in evidence.quote for evidence in flag.evidence)]
    named = [value for value in quoted if value.text in flag.message] or quoted or own
    distinct = {value.key: value for value in reversed(named)}
    return tuple(value for value in reversed(distinct.values()) if provenance.source_of(value).how == "nowhere")


def _is_firm(provenance: Provenance, premise: Premise, kinds: Mapping[int, set[str]]) -> bool:
    """Whether an invented value carries a verdict: told with confidence, contradicted by a tool, or used in a call."""
    if premise.kind != "ENTITY_HALLUCINATION" or premise.confidence >= _CONFIDENT:
        return True
    used = any(use.role == "argument" for value in premise.values for use in (value, *provenance.users(value)))
    return used or _is_corroborated(premise, kinds)


def _is_corroborated(premise: Premise, kinds: Mapping[int, set[str]]) -> bool:
    """Whether a flag of another kind lies in its cascade."""
    return any(kinds.get(step, set()) - {premise.kind} for step in premise.cascade.steps)


def _support(premise: Premise, kinds: Mapping[int, set[str]], end: int) -> float:
    steps = premise.cascade.steps
    corroborated, used = _is_corroborated(premise, kinds), len(steps) > 1
    reached = used and end in steps
    return _WEIGHT[premise.kind] * premise.confidence + _CORROBORATED * corroborated + _USED * used + _REACHED * reached


def _origin(provenance: Provenance, premise: Premise, end: int, flags: Sequence[Flag]) -> FaultOrigin:
    session = provenance.session
    steps = tuple(sorted(premise.cascade.steps | {end}))
    value = premise.values[0] if premise.values else None
    first = (provenance.evidence(value, "first appears here"),) if value is not None else ()
    used = _uses(provenance, value, premise.step)
    against = tuple(
        evidence
        for flag in flags
        if flag.step in premise.cascade.steps and flag.kind == "ENTITY_MISMATCH"
        for evidence in flag.evidence
    )
    evidence = tuple(dict.fromkeys((*first, *(premise.evidence if not first else ()), *used, *against)))
    reached = (
        ""
        if end in premise.cascade.steps
        else f"; no recorded value leads from there to step {session.steps[end].number}"
    )
    return FaultOrigin(
        found=True,
        because=_because(session, premise, value) + reached,
        step=premise.step,
        confidence=round(min(1.0, premise.confidence * (1.0 if len(steps) > 1 else 0.8)), 2),
        value=value.text if value is not None else None,
        symptom=end,
        cascade=steps,
        links=premise.cascade.links,
        evidence=evidence,
    )


def _because(session: Session, premise: Premise, value: Appearance | None) -> str:
    if value is None:
        return premise.because
    later = len(premise.cascade.steps) - 1
    what = f"“{value.text}” first appears in step {session.steps[premise.step].number}, in nothing recorded before"
    return what + (f"; {later} later step{'s rest' if later != 1 else ' rests'} on it" if later else "")


def _uses(provenance: Provenance, value: Appearance | None, origin: int) -> tuple[Evidence, ...]:
    """How the value was used by calls: the first three."""
    if value is None:
        return ()
    calls = [use for use in provenance.users(value) if use.role == "argument" and use.step != origin]
    return tuple(provenance.evidence(use, "used as a fact in a call") for use in calls[:3])


def _followed(provenance: Provenance, end: int, words: str) -> FaultOrigin:
    """From words that a person calls wrong to where the values in them, or they themselves, first stand."""
    session = provenance.session
    here = [a for a in provenance.at(end) if a.text in words and is_telling(a)]
    starts = here or [a for a in provenance.appearances(words) if a.step == end or a.author == end]
    if not starts:
        return FaultOrigin(
            found=False,
            because=f"not found, because step {session.steps[end].number} does not hold these words",
            symptom=end,
        )
    firsts = [first for start in starts if (first := provenance.first(start.text)) is not None and first.step <= end]
    chosen = min(firsts or starts, key=lambda first: (not provenance.is_written(first), first.passage))
    at = max(chosen.author if provenance.is_written(chosen) else chosen.step, 0)
    cascade = cascade_of(provenance, at, {chosen.key}, end)
    number = session.steps[at].number
    if provenance.is_written(chosen):
        how, confidence = f"a model wrote it in step {number}, in nothing recorded before", 0.9
        if provenance.source_of(chosen).how in ("derived", "constant"):
            how, confidence = f"a model first wrote it in step {number}; {provenance.source_of(chosen).why}", 0.7
    elif chosen.role == "result":
        how, confidence = (
            f"it came in with the result of step {number}; what that step was asked is the next question",
            0.6,
        )
    else:
        how, confidence = f"it came in from outside in step {number}", 0.5
    return FaultOrigin(
        found=True,
        because=f"“{chosen.text}”: {how}",
        step=at,
        confidence=confidence,
        value=chosen.text,
        symptom=end,
        cascade=tuple(sorted(cascade.steps | {end})),
        links=cascade.links,
        evidence=(provenance.evidence(chosen, "first appears here"),),
    )


def _why_not(provenance: Provenance, flags: Sequence[Flag], end: int, chosen: bool) -> str:
    number = provenance.session.steps[end].number
    if chosen and any(flag.step <= end for flag in flags):
        return f"not found, because step {number} rests on nothing that is flagged"
    written = [value for value in provenance.at(end) if provenance.is_written(value)]
    if not written:
        return f"not found, because what step {number} said is not recorded or holds no value that can be traced"
    loose = [value for value in written if provenance.source_of(value).how == "nowhere"]
    if loose:
        told = next((value for value in loose if value.kind not in _FREE_WORDS), None)
        alone = f"; “{told.text}” there has no source, which alone tells little" if told is not None else ""
        return f"not found, because nothing before step {number} is flagged{alone}"
    return f"not found, because every value that step {number} rests on has a source"
