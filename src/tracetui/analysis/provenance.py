"""Where the values of a session come from: every appearance of each, its source, and what rests on it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Literal

import msgspec

from tracetui.analysis.constants import constant_of_the_world
from tracetui.analysis.corpus import Corpus
from tracetui.analysis.derivation import Known
from tracetui.analysis.entities import SCAN_LIMIT, Entity, find_entities, identity
from tracetui.analysis.findings import SoFar, Watch
from tracetui.analysis.passages import OUTSIDE, WRITTEN, Passage, PassageKind, passages
from tracetui.analysis.tallies import Tallies
from tracetui.model import Evidence, Session

_WATCHED = 1024
"""Passages after which whoever watches is told."""
_READ, _INDEXED = 0.06, 0.3
"""Shares of an analysis: its passages, and then its values, are there."""
_DISTINCTIVE = 5
"""Characters from which on a text inside other text is no coincidence."""
How = Literal["exact", "normalised", "derived", "constant", "nowhere", "first"]


class Appearance(msgspec.Struct, frozen=True, gc=False):
    """A value where it stands."""

    key: str
    """Identity of the value; see `entities.Entity.key`."""
    text: str
    kind: str
    step: int
    """Index of the step it stands at; -1 before the first."""
    author: int
    """Index of the step that wrote it; -1 where none of the trace did."""
    passage: int
    """Index into `Provenance.passages`."""
    start: int
    end: int
    role: PassageKind


class Sourcing(msgspec.Struct, frozen=True):
    """Where the author of a value can have it from."""

    how: How
    """exact: the same text stands in what the author saw. normalised: the same value, spelt otherwise. derived:
    computed, joined or cut from values seen. constant: known to the world. nowhere: in nothing recorded before.
    first: came in from outside here (a user, a tool, a prompt)."""
    from_: tuple[Appearance, ...] = ()
    """The earliest appearance from outside a model, else the earliest; then the latest before. For derived: the terms."""
    why: str = ""


class Provenance(Corpus):
    """All values of one session, indexed by identity. Built in one pass over the text."""

    def __init__(self, session: Session, found: tuple[Passage, ...], watch: Watch | None = None) -> None:
        super().__init__(session, found)
        self._by_key: dict[str, list[Appearance]] = {}
        self._authored: dict[int, list[Appearance]] = defaultdict(list)
        """By step: values that it wrote and that stand at another."""
        self._seen_until = _seen_until(session, found)
        self._cut = [i for i, passage in enumerate(found) if len(passage.text) > SCAN_LIMIT]
        """Passages of which only the beginning is indexed."""
        self.today = _day_of(session)
        """The day of the run by its own clock, where it has one."""
        self._known = Known(found, self.today)
        self._derived: dict[tuple[str, str, str, int], Sourcing] = {}
        self._values: list[Appearance] = []
        """All appearances in the order of their passages."""
        self._values_from = array("Q")
        """By passage: where its appearances begin in `_values`."""
        for index, passage in enumerate(found):
            if watch is not None and index % _WATCHED == 0:
                watch(SoFar(_READ + (_INDEXED - _READ) * index / len(found)))
            self._values_from.append(len(self._values))
            if values := find_entities(passage.text):
                self._add(values, passage, index)
        self._values_from.append(len(self._values))

    @classmethod
    def of(cls, session: Session, watch: Watch | None = None) -> Provenance:
        """`watch` is told how far it is."""
        return cls(session, passages(session), watch)

    def at(self, step: int) -> tuple[Appearance, ...]:
        """Values in passages that stand at `step` or that it wrote."""
        places = self.passages_at(step)
        own = self._values[self._values_from[places.start] : self._values_from[places.stop]]
        if elsewhere := self._authored.get(step):
            own = sorted([*own, *elsewhere], key=lambda value: value.passage)
        return tuple(own)

    def in_passage(self, index: int) -> list[Appearance]:
        """Values in one passage, by where they start."""
        return self._values[self._values_from[index] : self._values_from[index + 1]]

    def appearances(self, value: str) -> tuple[Appearance, ...]:
        """Every appearance in order, by identity; a value that is no entity is searched for verbatim."""
        key = identity(value)
        found = self._by_key.get(key, [])
        places = range(len(self.passages)) if not found else self._cut
        extra = [self._verbatim(value, key, i, SCAN_LIMIT if found else 0) for i in places]
        return tuple(sorted([*found, *(a for a in extra if a is not None)], key=lambda a: (a.passage, a.start)))

    def first(self, value: str) -> Appearance | None:
        """The earliest appearance of a value."""
        return next(iter(self.appearances(value)), None)

    def source_of(self, appearance: Appearance) -> Sourcing:
        """Where the author of this appearance can have its value from."""
        until = self.seen_until(appearance)
        earlier = self._before(appearance.key, until)
        if earlier:
            same = next((a for a in earlier if a.text == appearance.text), None)
            sources = tuple(dict.fromkeys([same or earlier[0], earlier[-1]]))
            return Sourcing("exact" if same else "normalised", sources, f"stands in {self._where(sources[0])}")
        if not self.is_written(appearance):
            return Sourcing("first", (), f"came in at {self._where(appearance)}")
        asked = (appearance.kind, appearance.text, appearance.key, until)
        if asked not in self._derived:
            self._derived[asked] = self._without_earlier(appearance, until)
        return self._derived[asked]

    def _without_earlier(self, appearance: Appearance, until: int) -> Sourcing:
        """The sourcing of a value that stands as such in nothing before passage `until`."""
        if reason := constant_of_the_world(appearance.kind, appearance.text, appearance.key):
            return Sourcing("constant", (), reason)
        if self.today is not None and appearance.key in (self.today.isoformat(), f"{self.today:--%m-%d}"):
            return Sourcing("constant", (), "the day of the run")
        if place := self._inside(appearance.text, until):
            inside = self._spelt(appearance, *place)
            return Sourcing("derived", (inside,), f"stands inside other text in {self._where(inside)}")
        if reason := self._tallies.of(appearance.kind, appearance.key, appearance.author):
            return Sourcing("derived", (), reason)
        if derivation := self._known.derivation(appearance.kind, appearance.text, appearance.key, until):
            terms = tuple(self._by_key[key][0] for key in derivation.terms if key in self._by_key)
            return Sourcing("derived", terms, derivation.why)
        return Sourcing("nowhere", (), "in nothing recorded before")

    def _inside(self, text: str, until: int) -> tuple[int, int] | None:
        if len(text) >= _DISTINCTIVE:
            return self._known.inside(text, until)
        return self._known.inside_as_number(text, until) if text.isdigit() else None

    @cached_property
    def _tallies(self) -> Tallies:
        return Tallies(self.session)

    def users(self, appearance: Appearance) -> tuple[Appearance, ...]:
        """Later appearances of the value, by authors that could see this one."""
        return tuple(
            a
            for a in self._by_key.get(appearance.key, ())
            if a.passage > appearance.passage and a.step > appearance.author
        )

    def evidence(self, appearance: Appearance, role: str) -> Evidence:
        """The value with some of the text around it, to the letter."""
        return self.quote(appearance.passage, appearance.start, appearance.end, role)

    def is_written(self, appearance: Appearance) -> bool:
        """Whether a model wrote it: in what it said, or in the trace writer's summary of an LLM call."""
        if appearance.role == "summary":
            return self.session.steps[appearance.step].kind == "llm_call"
        return appearance.role in WRITTEN

    def seen_until(self, appearance: Appearance) -> int:
        """Passages before this index are what the author of the appearance could see."""
        if not self.is_written(appearance):
            return appearance.passage
        return min(appearance.passage, self._seen_until.get(appearance.author, appearance.passage))

    @property
    def by_key(self) -> Mapping[str, Sequence[Appearance]]:
        """The appearances of every value by its key, in the order in which the values first appear."""
        return self._by_key

    @cached_property
    def years(self) -> frozenset[int]:
        """The years in which the session deals: its own, and those of the full dates that came in from outside."""
        firsts = (places[0] for places in self._by_key.values())
        told = {int(a.key[:4]) for a in firsts if a.kind == "date" and a.key[0] != "-" and not self.is_written(a)}
        return frozenset(told | ({self.today.year} if self.today is not None else set()))

    def _add(self, values: Sequence[Entity], passage: Passage, index: int) -> None:
        step, author, role = passage.step, passage.author, passage.kind
        here = [
            Appearance(key, text, kind, step, author, index, start, end, role) for kind, text, key, start, end in values
        ]
        for entity, appearance in zip(values, here, strict=True):
            places = self._by_key.get(entity.key)
            if places is None:
                self._known.add(entity, index)
                places = self._by_key[entity.key] = []
            places.append(appearance)
        self._values += here
        if author != step:
            self._authored[author] += here

    def _before(self, key: str, until: int) -> list[Appearance]:
        """The earliest appearance before passage `until` and the latest, from outside a model where there is one."""
        found = self._by_key.get(key, [])
        cut = bisect_left(found, until, key=lambda a: a.passage)
        if not cut:
            return []
        outside = next((a for a in found[: min(cut, 64)] if not self.is_written(a)), found[0])
        return [outside, found[cut - 1]]

    def _verbatim(self, value: str, key: str, passage: int, start: int) -> Appearance | None:
        found = self.passages[passage]
        at = found.text.find(value, start)
        if at < 0 or not value:
            return None
        return _appearance(Entity("text", value, key, at, at + len(value)), found, passage)

    def _spelt(self, appearance: Appearance, passage: int, start: int) -> Appearance:
        """The same text at another place, where no entity was found."""
        found = self.passages[passage]
        end = start + len(appearance.text)
        entity = Entity(appearance.kind, found.text[start:end], appearance.key, start, end)
        return _appearance(entity, found, passage)

    def _where(self, appearance: Appearance) -> str:
        if appearance.step < 0:
            return "the prompt before the first step"
        number = self.session.steps[appearance.step].number
        return f"step {number}" + (" (summary)" if appearance.role == "summary" else "")


def _appearance(entity: Entity, passage: Passage, index: int) -> Appearance:
    return Appearance(
        entity.key,
        entity.text,
        entity.kind,
        passage.step,
        passage.author,
        index,
        entity.start,
        entity.end,
        passage.kind,
    )


def _day_of(session: Session) -> date | None:
    """The day of the run by its own clock."""
    start = next((step.start_ns for step in session.steps if step.start_ns), None)
    try:
        return None if start is None else datetime.fromtimestamp(start // 10**9, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None


def _seen_until(session: Session, found: tuple[Passage, ...]) -> dict[int, int]:
    """By step: index of the first passage that the step could not see when it began: its own and all later ones."""
    first: dict[int, int] = {}
    for index, passage in enumerate(found):
        if passage.author != OUTSIDE:
            first.setdefault(passage.step, index)
    until, last = {}, len(found)
    for step in reversed(session.steps):
        last = min(last, first.get(step.index, last))
        until[step.index] = last
    return until
