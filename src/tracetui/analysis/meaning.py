"""Whether two values mean the same under the roles of two runs: arguments, answers and free text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracetui.analysis.entities import Entity
from tracetui.analysis.passages import leaves
from tracetui.analysis.prose import arithmetic_of, facts_of, is_prose, unmatched
from tracetui.analysis.roles import Relation, Roles
from tracetui.analysis.roster import ID_KINDS, id_of, scalar_text
from tracetui.analysis.sketch import canonical, is_empty

_LISTED = 100
"""Items of two lists that are matched with each other; longer lists are compared in order."""
_WITH_DIGIT = re.compile(r"#?[A-Za-z0-9_]*\d[A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")
"""A word that may be an id."""
_INNER_LENGTH = 20_000
"""Characters up to which two texts are compared word by word."""
_INNER_WORDS = frozenset(("command", "cmd", "code", "sql", "query", "script", "expression", "pattern", "regex"))
"""Argument names whose text is a program or a search, where every word counts."""


class Change(NamedTuple):
    """One value that differs in meaning."""

    path: str
    """RFC 6901 pointer in the bad run's value, or in the good run's where only that has it."""
    bad: str | None
    """As text; None where the bad run has none."""
    good: str | None
    relation: Relation


class At(NamedTuple):
    """Where the two values are used: what a value can be grounded in lies before."""

    bad: int
    good: int
    tool: str = ""


def changes(bad: Any, good: Any, roles: Roles, at: At, *, path: str = "", bind: bool = True) -> list[Change]:
    """What differs in meaning between two JSON values. Spelling of numbers, order of lists and empty values do not."""
    if bad == good or canonical(bad) == canonical(good):
        if bind:
            for inner, text in leaves(bad, path):
                if id_of(text) is not None:
                    roles.relate(text, text, at.bad, at.good, path=inner, tool=at.tool)
        return []
    return list(_changes(bad, good, roles, at, path, bind))


def text_changes(bad: str, good: str, roles: Roles, at: At, *, path: str = "", bind: bool = True) -> list[Change]:
    """Facts of one text that another fact takes the place of in the other text, and ids from nowhere.

    A fact that only one text mentions is wording.
    """
    facts, other_facts = facts_of(bad), facts_of(good)
    only_bad, only_good = unmatched(facts, other_facts), unmatched(other_facts, facts)
    found: list[Change] = []
    for fact in only_bad:
        rivals = [other for other in only_good if other.kind == fact.kind]
        partner, relation = _partner(fact, rivals, roles, at, path, bind)
        if partner is not None:
            only_good.remove(partner)
        elif rivals and (roles.same_world or _is_hard(fact)):
            found.append(Change(path, fact.text, rivals[0].text, relation))
        elif fact.kind in ID_KINDS and roles.bad.records_content and roles.bad.entry(fact.text, at.bad) is None:
            found.append(Change(path, fact.text, None, "nowhere_bad"))
    return found


def _is_hard(fact: Entity) -> bool:
    """Whether a fact of a run about other things still has to answer to one of the good run."""
    return fact.kind in ID_KINDS or fact.kind == "amount"


def _partner(
    fact: Entity, rivals: list[Entity], roles: Roles, at: At, path: str, bind: bool
) -> tuple[Entity | None, Relation]:
    """The rival that plays the same role."""
    relation: Relation = "other"
    for rival in rivals:
        now = roles.relate(fact.text, rival.text, at.bad, at.good, path=path, tool=at.tool, bind=bind)
        if now in ("same", "role"):
            return rival, now
        relation = now if relation == "other" else relation
    return None, relation


def _changes(bad: Any, good: Any, roles: Roles, at: At, path: str, bind: bool) -> Iterator[Change]:
    if isinstance(bad, dict) and isinstance(good, dict):
        for key in [*bad, *(key for key in good if key not in bad)]:
            inner = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield from _changes(bad.get(key), good.get(key), roles, at, inner, bind)
    elif isinstance(bad, (list, tuple)) and isinstance(good, (list, tuple)):
        yield from _list_changes(list(bad), list(good), roles, at, path, bind)
    elif is_empty(bad) and is_empty(good):
        return
    elif (
        is_empty(bad) or is_empty(good) or isinstance(bad, (dict, list, tuple)) or isinstance(good, (dict, list, tuple))
    ):
        yield Change(path, _shown(bad), _shown(good), "other")
    else:
        yield from _scalar_changes(scalar_text(bad), scalar_text(good), roles, at, path, bind)


def _scalar_changes(bad: str, good: str, roles: Roles, at: At, path: str, bind: bool) -> Iterator[Change]:
    if canonical(bad) == canonical(good):
        roles.relate(bad, good, at.bad, at.good, path=path, tool=at.tool, bind=bind)
        return
    if (value := arithmetic_of(bad)) is not None and value == arithmetic_of(good):
        return
    name = path.rsplit("/", 1)[-1].lower()
    if name not in _INNER_WORDS and (is_prose(bad) or is_prose(good)):
        yield from text_changes(bad, good, roles, at, path=path, bind=bind)
        return
    if _is_same_but_for_ids(bad, good, roles, at, path, bind):
        return
    relation = roles.relate(bad, good, at.bad, at.good, path=path, tool=at.tool, bind=bind)
    if relation not in ("same", "role"):
        yield Change(path, bad, good, relation)


def ids_in_place(bad: str, good: str) -> list[tuple[str, str]] | None:
    """The ids that stand in one place of two texts that are equal otherwise; None where more than ids differs."""
    if max(len(bad), len(good)) > _INNER_LENGTH:
        return None
    if canonical(_WITH_DIGIT.sub("\0", bad)) != canonical(_WITH_DIGIT.sub("\0", good)):
        return None
    words = zip(_WITH_DIGIT.findall(bad), _WITH_DIGIT.findall(good), strict=True)
    pairs = [(word, other) for word, other in words if word != other]
    return None if any(id_of(word) is None or id_of(other) is None for word, other in pairs) else pairs


def _is_same_but_for_ids(bad: str, good: str, roles: Roles, at: At, path: str, bind: bool) -> bool:
    """Whether two commands, addresses or other texts with ids in them are one under the roles."""
    pairs = ids_in_place(bad, good)
    if pairs is None or pairs == [(bad.strip(), good.strip())]:
        return False
    for word, other in pairs:
        if roles.relate(word, other, at.bad, at.good, path=path, tool=at.tool, bind=False) not in ("same", "role"):
            return False
    for word, other in pairs if bind else ():
        roles.relate(word, other, at.bad, at.good, path=path, tool=at.tool)
    return True


def _list_changes(bad: list[Any], good: list[Any], roles: Roles, at: At, path: str, bind: bool) -> Iterator[Change]:
    rest, other_rest = list(enumerate(bad)), list(good)
    if len(bad) <= _LISTED and len(good) <= _LISTED:
        rest, other_rest = [], list(good)
        for position, item in enumerate(bad):
            twin = next((other for other in other_rest if canonical(item) == canonical(other)), None)
            if twin is None:
                rest.append((position, item))
            else:
                other_rest.remove(twin)
                changes(item, twin, roles, at, path=f"{path}/{position}", bind=bind)
        rest = _match_by_role(rest, other_rest, roles, at, path, bind)
    for n, (position, item) in enumerate(rest):
        other = other_rest[n] if n < len(other_rest) else None
        yield from _changes(item, other, roles, at, f"{path}/{position}", bind)
    for extra in other_rest[len(rest) :]:
        yield Change(path, None, _shown(extra), "other")


def _match_by_role(
    rest: list[tuple[int, Any]], others: list[Any], roles: Roles, at: At, path: str, bind: bool
) -> list[tuple[int, Any]]:
    """Take items that play one role out of both lists; what is left of the first."""
    left: list[tuple[int, Any]] = []
    for position, item in rest:
        inner = f"{path}/{position}"
        twin = next((o for o in others if not changes(item, o, roles, at, path=inner, bind=False)), None)
        if twin is None:
            left.append((position, item))
        else:
            others.remove(twin)
            changes(item, twin, roles, at, path=inner, bind=bind)
    return left


def _shown(value: Any) -> str | None:
    return None if is_empty(value) else canonical(value)
