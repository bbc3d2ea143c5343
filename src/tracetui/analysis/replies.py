"""What was answered: by tools to like calls, and by the agent in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from tracetui.analysis.conduct import failed
from tracetui.analysis.entities import Entity
from tracetui.analysis.meaning import At, Change, ids_in_place, text_changes
from tracetui.analysis.passages import leaves
from tracetui.analysis.prose import facts_of, is_other_answer, is_prose, statements
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import id_of
from tracetui.analysis.sketch import canonical, said_text
from tracetui.analysis.wording import value_text
from tracetui.model import Step

_SAME_SENTENCE = 92
"""Similarity, 0 to 100, from which two long sentences, their facts left out, are taken for one."""
_LONG_SENTENCE = 40
_ALIKE = 65
"""Similarity of wording, 0 to 100, from which two answers are taken for one; unrelated English texts reach 50."""


def is_same_result(step: Step, other: Step) -> bool:
    """Whether two calls were answered alike to the letter, or failed alike."""
    if failed(step) and failed(other):
        return True
    return step.result == other.result or canonical(step.result) == canonical(other.result)


def result_change(step: Step, other: Step, roles: Roles) -> str | None:
    """How the answers to two like calls differ in meaning, as the end of a sentence; binds ids that stand for each other."""
    if failed(step):
        return f"failed where it succeeded in the good run: {value_text(step.result or step.error)}"
    if failed(other):
        return f"succeeded where it failed in the good run: {value_text(other.result or other.error)}"
    values, others = dict(leaves(step.result)), dict(leaves(other.result))
    if isinstance(step.result, str) and isinstance(other.result, str):
        # A sentence that names what was made: the ids in it stand at one place as those of an object do.
        pairs = ids_in_place(step.result, other.result) or []
        values = {f"/word {n}": value for n, (value, _) in enumerate(pairs, 1)}
        others = {f"/word {n}": value for n, (_, value) in enumerate(pairs, 1)}
    for path, value, partner in roles.bind_answers(values, others, step.tool or ""):
        return f"answered {value_text(value)} at {path} where the good run's answer has {value_text(partner)}"
    if roles.same_world and canonical(step.arguments) == canonical(other.arguments):
        for path, value in values.items():
            partner = others.get(path, value)
            if canonical(value) != canonical(partner) and _is_state(value) and _is_state(partner):
                return f"answered {value_text(value)} at {path}, {value_text(partner)} in the good run"
    return None


def final_answer(steps: Sequence[Step]) -> int | None:
    """Index of the last thing that the agent said."""
    return next((s.index for s in reversed(steps) if s.kind == "llm_call" and s.message and said_text(s)), None)


def is_alike(text: str, other: str, roles: Roles, at: At) -> bool:
    """Whether two answers can be taken for one: worded alike, or about the same ids, addresses or amounts."""
    if max(fuzz.token_sort_ratio(text[:4000], other[:4000]), fuzz.token_set_ratio(text[:4000], other[:4000])) >= _ALIKE:
        return True
    facts, others = ([fact for fact in facts_of(said) if fact.kind != "number"] for said in (text, other))
    related = (
        roles.relate(f.text, o.text, at.bad, at.good, bind=False) for f in facts for o in others if f.kind == o.kind
    )
    return any(relation in ("same", "role") for relation in related)


def said_change(text: str, other: str, roles: Roles, at: At, *, final: bool) -> Change | None:
    """The first fact that differs between two answers of the agent.

    On the way, a sentence that both have, with another value in it, and an id from nowhere in place of another one;
    finally, any fact that contradicts another one, and short answers that are not one.
    """
    if found := next(_statement_changes(text, other, roles, at), None):
        return found
    if not final:
        changes = text_changes(text, other, roles, at, bind=False)
        return next((change for change in changes if change.good and _is_from_nowhere(change.bad, roles, at)), None)
    # Plain numbers in different sentences count different things.
    facts = (change for change in text_changes(text, other, roles, at, bind=False) if not (change.bad or "").isdigit())
    if found := next(facts, None):
        return found
    return Change("", text, other, "other") if is_other_answer(text, other) else None


def _is_from_nowhere(value: str | None, roles: Roles, at: At) -> bool:
    if value is None or id_of(value) is None or not roles.bad.records_content:
        return False
    return roles.bad.entry(value, at.bad) is None


def _is_state(value: str) -> bool:
    """A plain word, such as "pending": answers differ in texts, times and counts without a meaning."""
    return not is_prose(value) and not any(c.isdigit() for c in value)


def _statement_changes(text: str, other: str, roles: Roles, at: At) -> Iterator[Change]:
    others = statements(other)
    for template, said in statements(text).items():
        rest = list(others.get(template) or _nearly(template, said[0], others))
        left: list[tuple[Entity, ...]] = []
        for facts in said:
            twin = next((twin for twin in rest if not _first_unlike(facts, twin, roles, at)), None)
            if twin is None:
                left.append(facts)
            else:
                rest.remove(twin)
        for facts, rival in zip(left, rest, strict=False):
            if change := _first_unlike(facts, rival, roles, at):
                yield change


def _nearly(
    template: str, facts: tuple[Entity, ...], others: dict[str, list[tuple[Entity, ...]]]
) -> list[tuple[Entity, ...]]:
    """What was said with the sentence that is this one but for a word or two."""
    found = process.extractOne(template, others.keys(), scorer=fuzz.ratio, score_cutoff=_SAME_SENTENCE)
    said = others[found[0]] if found is not None and len(template) >= _LONG_SENTENCE else []
    return [other for other in said if [fact.kind for fact in other] == [fact.kind for fact in facts]]


def _first_unlike(facts: tuple[Entity, ...], others: tuple[Entity, ...], roles: Roles, at: At) -> Change | None:
    for fact, other in zip(facts, others, strict=False):
        relation = roles.relate(fact.text, other.text, at.bad, at.good, bind=False)
        if fact.key != other.key and relation not in ("same", "role"):
            return Change("", fact.text, other.text, relation)
    return None
