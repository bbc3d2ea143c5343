"""Something that a system prompt or a user ruled out, in words that can be checked, was done all the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from tracetui.analysis.actions import name_words
from tracetui.analysis.claims import participles
from tracetui.analysis.conduct import failed
from tracetui.analysis.constraints import Constraint, constraints
from tracetui.analysis.definitions import Definitions
from tracetui.analysis.entities import identity
from tracetui.analysis.fields import is_amount, last_name
from tracetui.analysis.passages import leaves
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.records import Records
from tracetui.analysis.rules.detected import detected
from tracetui.context import json_text
from tracetui.model import Evidence, Flag, Step
from tracetui.text import elide

KIND = "CONSTRAINT_BROKEN"
LETTER = "R"
EXPLAIN = (
    "A rule that the system prompt or a user lays down in words is broken: a tool that must not be used, more calls than "
    "allowed, one call before another that has to come first, an action on a record in a status that forbids it, several "
    "calls at a time, the same call again, a sum or a number of members over the limit, an answer that is too long or says "
    "what it must not. Found in sentences that name what can be checked and make no exception; the rule is quoted. Cannot "
    "see rules that need judgement, nor those with “unless”, “if” or “without”."
)
_SLACK = Decimal("1.1")
"""Words and characters are counted in more than one way."""
_SPENDING_VERBS = "book buy purchase pay order reserve charge spend checkout transfer refund send"
_SPENDING = frozenset(_SPENDING_VERBS.split())


class _Broken(NamedTuple):
    step: Step
    quote: str
    told: str
    confidence: float


def find(provenance: Provenance) -> Iterator[Flag]:
    """One flag a rule, at the first step that breaks it."""
    session = provenance.session
    calls = [step for step in session.steps if step.kind == "tool_call" and step.tool]
    tools = {step.tool or "" for step in calls} | set(Definitions(session).names())
    told: set[tuple[str, str, int]] = set()
    for constraint in constraints(provenance, tools):
        laid_down = provenance.passages[constraint.passage].step
        later = [step for step in calls if step.index > laid_down]
        broken = next(_CHECKS[constraint.kind](provenance, constraint, later), None)
        if broken is None or (constraint.kind, constraint.subject, broken.step.index) in told:
            continue
        told.add((constraint.kind, constraint.subject, broken.step.index))
        yield _flag(provenance, constraint, broken)


def _forbidden(_: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    for step in calls:
        if step.tool == rule.subject:
            yield _called(step, f"calls {step.tool}, which is ruled out", 0.85)


def _times(_: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    made = [step for step in calls if step.tool == rule.subject and not failed(step)]
    if len(made) > rule.limit:
        step = made[int(rule.limit)]
        yield _called(step, f"calls {step.tool} {len(made)} times, {rule.limit} allowed", 0.75)


def _before(_: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    for step in calls:
        if step.tool == rule.other and not failed(step):
            return
        if step.tool == rule.subject:
            yield _called(step, f"calls {step.tool} before {rule.other}", 0.8)


def _status(provenance: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    """An action on a record whose status, as last seen, is another than the one required; one that is refused did no harm."""
    records = Records()
    for step in calls:
        words = name_words(step.tool or "")
        if words and rule.subject in participles(words[0]) and not failed(step):
            for path, text in leaves(step.arguments):
                record = records.of(identity(text)) if last_name(path).lower().endswith("id") else None
                state = record.fields.get("status") if record is not None else None
                if record is not None and isinstance(state, str) and rule.other not in state.lower():
                    number = provenance.session.steps[record.step].number
                    told = f"{step.tool} although its status is “{state}” (step {number}), not “{rule.other}”"
                    yield _Broken(step, text, told, 0.8)
        records.note(step)


def _one_call(provenance: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    asked = Counter(step.parent for step in calls if step.parent is not None)
    for step in calls:
        if step.parent is not None and asked[step.parent] > rule.limit:
            yield _called(
                provenance.session.steps[step.parent], f"makes {asked[step.parent]} calls at a time", 0.7, step
            )


def _no_repeat(_: Provenance, __: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    made: dict[tuple[str, str, str], Step] = {}
    for step in calls:
        key = (step.scope, step.tool or "", json_text(step.arguments))
        before = made.setdefault(key, step)
        if before is not step and step.arguments and not failed(before):
            yield _called(step, f"makes the same call of {step.tool} as in step {before.number}", 0.7)


def _length(provenance: Provenance, rule: Constraint, _: Sequence[Step]) -> Iterator[_Broken]:
    """The answer right after the rule was laid down, or any answer where the system prompt says so, taken as the last one."""
    answer = _last_words(provenance)
    if answer is None:
        return
    step, text = answer
    sizes = {"word": len(text.split()), "character": len(text), "sentence": len(re.findall(r"\w[.!?](?:\s|$)", text))}
    size = sizes[rule.subject]
    if size > rule.limit * _SLACK and size > rule.limit + (1 if rule.subject == "sentence" else 0):
        yield _Broken(step, text[:80], f"the answer has {size} {rule.subject}s, {rule.limit} allowed", 0.65)


def _wording(provenance: Provenance, rule: Constraint, _: Sequence[Step]) -> Iterator[_Broken]:
    for passage in provenance.passages[rule.passage + 1 :]:
        at = passage.text.lower().find(rule.subject.lower()) if passage.kind == "said" and passage.author >= 0 else -1
        if at >= 0:
            step = provenance.session.steps[passage.author]
            yield _Broken(
                step,
                passage.text[at : at + len(rule.subject)],
                f"says “{elide(rule.subject, 40)}”, which is ruled out",
                0.7,
            )


def _sum(provenance: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    for step in calls:
        words = set(name_words(step.tool or ""))
        meant = bool(words & _SPENDING) if not rule.subject else any(word in rule.subject for word in words & _SPENDING)
        if not meant or not provenance.is_external(step):
            continue
        for path, text in leaves(step.arguments):
            if is_amount(last_name(path)) and re.fullmatch(r"\d+(?:\.\d+)?", text) and Decimal(text) > rule.limit:
                yield _Broken(step, text, f"{step.tool} over {text}, the limit is {rule.limit}", 0.75)


def _members(_: Provenance, rule: Constraint, calls: Sequence[Step]) -> Iterator[_Broken]:
    for step in calls:
        listed = step.arguments.get(rule.subject) if isinstance(step.arguments, dict) else None
        if isinstance(listed, list) and len(listed) > rule.limit:
            yield _called(step, f"{step.tool} with {len(listed)} {rule.subject}, {rule.limit} allowed", 0.8)


_CHECKS: dict[str, Callable[[Provenance, Constraint, Sequence[Step]], Iterator[_Broken]]] = {
    "forbidden": _forbidden,
    "times": _times,
    "before": _before,
    "status": _status,
    "one_call": _one_call,
    "no_repeat": _no_repeat,
    "length": _length,
    "wording": _wording,
    "sum": _sum,
    "members": _members,
}


def _called(step: Step, told: str, confidence: float, call: Step | None = None) -> _Broken:
    quote = (
        next((text for _, text in leaves((call or step).arguments) if text.strip()), "") or (call or step).tool or ""
    )
    return _Broken(step, quote[:80], told, confidence)


def _last_words(provenance: Provenance) -> tuple[Step, str] | None:
    for passage in reversed(provenance.passages):
        if passage.kind == "said" and passage.author >= 0 and passage.text.strip():
            return provenance.session.steps[passage.author], passage.text
    return None


def _flag(provenance: Provenance, rule: Constraint, broken: _Broken) -> Flag:
    said = provenance.passages[rule.passage]
    start = rule.start + len(said.text[rule.start : rule.end]) - len(said.text[rule.start : rule.end].lstrip(" -*•\t"))
    law = Evidence(max(said.step, 0), said.text[start : rule.end][:200], said.source, "the rule")
    source = broken.step.arguments_source or broken.step.source
    return detected(
        KIND,
        broken.step.index,
        source,
        broken.told,
        broken.confidence,
        (law, Evidence(broken.step.index, broken.quote, source, "what breaks it")),
    )
