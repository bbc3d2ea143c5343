"""Roles of the things in two runs: CUSTOMER#1 is the customer that each run is about, whatever its id.

Two values play one role when they came into their runs in the same way and are used alike from then on: the first use
binds them to each other, and a later use that breaks the pair is a difference. An id that nothing brought in plays none.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

from tracetui.analysis.entities import find_entities
from tracetui.analysis.roster import GIVEN, Entry, Roster, id_of, noun_of, prefix_of, value_key

Relation = Literal["same", "role", "other", "nowhere_bad", "nowhere_good", "unbound"]
"""same: equal values. role: two values that play one role. other: two different things. nowhere_bad, nowhere_good: nothing
brought the id of that run in, while the other's came from somewhere. unbound: the role is already played by another value."""


class Played(NamedTuple):
    """Who plays which role, once that is settled."""

    bound: dict[str, tuple[str | None, str | None]]
    """Role name to (value in the bad run, value in the good run), in order of first use."""
    keys: dict[tuple[bool, str], str]
    """(whether of the bad run, key of a value) to its role."""

    def role_of(self, value: str, *, bad: bool) -> str | None:
        """The role that a value plays in its run."""
        return self.keys.get((bad, value_key(value)))

    def players(self, role: str) -> tuple[str | None, str | None]:
        """(value in the bad run, value in the good run) of a role."""
        return self.bound[role]


class Roles:
    """Which value of the bad run stands for which value of the good run."""

    def __init__(self, bad: Roster, good: Roster) -> None:
        self.bad, self.good = bad, good
        self.same_world = _share_a_subject(bad, good)
        """Whether both runs deal with the same things, so that another id is another choice."""
        self._partner: dict[str, str] = {}
        self._partner_back: dict[str, str] = {}
        self._names = _names((bad, good))
        self._numbers: Counter[str] = Counter()
        self._bound: dict[str, tuple[str | None, str | None]] = {}
        self._role: dict[tuple[bool, str], str] = {}

    @property
    def named(self) -> dict[str, tuple[str | None, str | None]]:
        """Role name to (value in the bad run, value in the good run), in order of first use."""
        return dict(self._bound)

    @property
    def played(self) -> Played:
        """As it is now, without the runs."""
        return Played(dict(self._bound), dict(self._role))

    def role_of(self, value: str, *, bad: bool) -> str | None:
        """The role that a value plays in its run."""
        return self._role.get((bad, value_key(value)))

    def relate(
        self, bad: str, good: str, at_bad: int, at_good: int, *, path: str = "", tool: str = "", bind: bool = True
    ) -> Relation:
        """How a value of the bad run stands to one of the good run, used at those steps; binds them where they play one role.

        `path`, `tool`: where they are used, for the role's name.
        """
        a, b = value_key(bad), value_key(good)
        partner, back = self._partner.get(a), self._partner_back.get(b)
        if partner == b:
            return "same" if a == b else "role"
        if a == b:
            relation: Relation = "same"
        elif partner is not None or back is not None:
            relation = "unbound"
        else:
            relation = self._relate_new(bad, good, at_bad, at_good)
        if bind and relation in ("same", "role"):
            self._bind(bad, good, path, tool)
        elif bind:
            for value, is_bad in ((bad, True), (good, False)):
                if id_of(value) is not None:
                    self._name(value if is_bad else None, None if is_bad else value, path, tool)
        return relation

    def players(self, role: str) -> tuple[str | None, str | None]:
        """(value in the bad run, value in the good run) of a role."""
        return self._bound[role]

    def partner_of(self, value: str, *, bad: bool) -> str | None:
        """The value of the other run that plays the same role."""
        role = self.role_of(value, bad=bad)
        return self._bound[role][bad] if role else None

    def bind_answers(self, bad: dict[str, str], good: dict[str, str], tool: str) -> list[tuple[str, str, str]]:
        """Bind ids at the same pointer in the answers of two like calls; (pointer, bad, good) of those that break a pair.

        Positions in lists bind only where both runs deal with the same things: otherwise lists hold other things.
        """
        broken: list[tuple[str, str, str]] = []
        for path, value in bad.items():
            other = good.get(path)
            if other is None or value == other or id_of(value) is None or id_of(other) is None:
                continue
            a, b = value_key(value), value_key(other)
            partner, back = self._partner.get(a), self._partner_back.get(b)
            in_list = any(token.isdigit() for token in path.split("/"))
            if a == b or partner == b:
                continue
            if in_list and not self.same_world:
                continue
            if partner is None and back is None and not (self.good.knows(value) or self.bad.knows(other)):
                self._bind(value, other, path, tool)
            elif not in_list:
                broken.append((path, value, other))
        return broken

    def _relate_new(self, bad: str, good: str, at_bad: int, at_good: int) -> Relation:
        came, came_good = self.bad.entry(bad, at_bad), self.good.entry(good, at_good)
        unguessable = id_of(bad) is not None and id_of(good) is not None
        if unguessable and came is None and self.bad.records_content and came_good is not None:
            return "nowhere_bad"
        if unguessable and came_good is None and self.good.records_content and came is not None:
            return "nowhere_good"
        if self.same_world:
            return "other"
        if unguessable and (came is None or came_good is None):
            return "role"
        return (
            "role" if came is not None and came_good is not None and _alike(came, came_good, unguessable) else "other"
        )

    def _bind(self, bad: str, good: str, path: str, tool: str) -> None:
        a, b = value_key(bad), value_key(good)
        self._partner.setdefault(a, b)
        self._partner_back.setdefault(b, a)
        if id_of(bad) is not None or id_of(good) is not None:
            self._name(bad, good, path, tool)

    def _name(self, bad: str | None, good: str | None, path: str, tool: str) -> None:
        keys = [(is_bad, value_key(value)) for is_bad, value in ((True, bad), (False, good)) if value is not None]
        if not keys or any(key in self._role for key in keys):
            return
        noun = self._noun(bad or good or "", path, tool)
        self._numbers[noun] += 1
        role = f"{noun}#{self._numbers[noun]}"
        self._bound[role] = (bad, good)
        for key in keys:
            self._role[key] = role

    def _noun(self, value: str, path: str, tool: str) -> str:
        kind = next((entity.kind for entity in find_entities(value)), "id")
        if kind != "id":
            return kind.upper()
        return self._names.get(prefix_of(value)) or noun_of(path, tool) or prefix_of(value).upper() or "ID"


def _alike(came: Entry, other: Entry, unguessable: bool) -> bool:
    """Whether two values came in alike: from the same place, both from people, or, for ids, from any grounded place."""
    return came.place == other.place or came.way == other.way == GIVEN or unguessable


def _share_a_subject(bad: Roster, good: Roster) -> bool:
    """Whether at least half of the ids that the run with fewer of them was given, or else used, are those of the other."""
    for ids, others in ((bad.given_ids, good.given_ids), (bad.used_ids, good.used_ids)):
        if ids and others:
            return 2 * len(ids.keys() & others.keys()) >= min(len(ids), len(others))
    return True


def _names(rosters: tuple[Roster, ...]) -> dict[str, str]:
    """Prefix of ids to what they stand for, as argument names and tools tell: {"cust": "CUSTOMER"}."""
    votes: dict[str, Counter[str]] = {}
    for roster in rosters:
        for use in roster.uses:
            prefix = prefix_of(use.text) if len(use.text) < 40 else ""
            if prefix and (noun := noun_of(use.path, use.tool)):
                votes.setdefault(prefix, Counter())[noun] += 3 if noun.lower().startswith(prefix) else 1
    return {prefix: max(counts.items(), key=lambda item: (item[1], item[0]))[0] for prefix, counts in votes.items()}
