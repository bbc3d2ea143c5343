"""A tool answered for another entity than the one in process."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from tracetui.analysis.actions import action_of
from tracetui.analysis.contrast import contrasted
from tracetui.analysis.fields import (
    asks_for_another,
    is_id,
    is_own_id,
    last_name,
    noun_of_tool,
    own_id_paths,
    owner_at,
    owner_noun,
    words_of,
)
from tracetui.analysis.passages import Passage
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.analysis.shapes import shape_of
from tracetui.model import Evidence, Flag, Step

KIND = "ENTITY_MISMATCH"
LETTER = "M"
EXPLAIN = (
    "A tool returned data of another entity than the one being processed. Found where a result names an owner "
    "(user_id, customer_id, owner, account, …) that differs from the one in the call's own arguments, from the one "
    "that the same record had before, or from everyone whom the session deals with so far: named by the user, looked "
    "up, or written in arguments. Also where a record is asked for by id and another comes back, unless the tool is "
    "there to find another (“parent”, “next”), and where a result or summary says so in words (“belongs to X, not "
    "Y”). Cannot see an owner under a field name that does not say so, nor tell a wrong record from a right one in "
    "sessions that deal with many owners from the start."
)
_ENTITY_KINDS = frozenset(("id", "email", "number", "code", "phone"))
_ANY = "owner"
"""The noun of fields in which the id of any kind of owner stands."""
_OWN = re.compile(r"\b(?:I am|I[’']m|my (?:e-?mail|account|login|address|username)\b[^.\n]{0,20})\W*\Z", re.IGNORECASE)
"""Before an address that is the speaker's own: others are those of people to write to."""
_STRANGERS = 3
"""Owners that nobody asked for, from which on the session is taken to deal with many."""


class _Owned(NamedTuple):
    """An owner that a result names."""

    passage: int
    value: Appearance
    noun: str
    record: str
    """Pointer to the object that has the owner."""


def find(provenance: Provenance) -> Iterator[Flag]:
    return _Reading(provenance).flags()


class _Reading:
    """One pass over the session: who is in process so far, which record had which owner."""

    def __init__(self, provenance: Provenance) -> None:
        self._provenance = provenance
        self._steps = provenance.session.steps
        self._subjects: dict[tuple[str, str], dict[str, Appearance]] = defaultdict(dict)
        """By owner noun ("" where it is not told) and shape: those in process, by identity, the latest last."""
        self._owner_of: dict[tuple[str, str], Appearance] = {}
        """(record id, noun) to the owner last returned for it."""
        self._returned: Counter[str] = Counter()
        """By noun: results that name an owner."""
        self._values = provenance.in_passage

    def flags(self) -> Iterator[Flag]:
        strangers: dict[str, list[Flag]] = defaultdict(list)
        passages = self._provenance.passages
        for at, places in groupby(range(len(passages)), lambda index: passages[index].step):
            step = self._steps[at] if at >= 0 else None
            every = list(places)
            results = [index for index in every if passages[index].kind == "result"]
            for index in every:
                if passages[index].kind in ("given", "system", "argument"):
                    self._note_subject(index, step)
            if step is not None and step.kind == "tool_call":
                yield from self._of_step(step, results, every, strangers)
            for index in results:
                self._note_answered(index, step)
        for noun, flags in strangers.items():
            # Where strangers are the rule, the session deals with many owners and none is the one in process.
            if len(flags) <= _STRANGERS or len(flags) * 4 < self._returned[noun]:
                yield from flags

    def _of_step(
        self, step: Step, results: list[int], every: list[int], strangers: dict[str, list[Flag]]
    ) -> Iterator[Flag]:
        """The flags of one call; those that only know its owner as a stranger go to `strangers`."""
        if asks_for_another(step.tool or ""):
            return
        owned = [found for index in results for found in self._owners_in(index, step)]
        records = self._record_ids(step, results) if owned else {}
        told = False
        for found in _single_owners(owned):
            self._returned[found.noun] += 1
            flag = self._against_arguments(step, found) or self._against_record(step, found, records)
            if flag is not None:
                yield flag
            elif (flag := self._against_subjects(step, found)) is not None:
                strangers[found.noun].append(flag)
            told = told or flag is not None
        if not told and (flag := self._other_record(step, results)) is not None:
            told = True
            yield flag
        if not told:
            yield from self._in_words(step, every)
        for found in owned:
            for record in records.get(found.record, ()):
                self._owner_of[(record, found.noun)] = found.value

    def _note_subject(self, index: int, step: Step | None) -> None:
        """Take note of whom the session deals with: in the user's words and in arguments."""
        passage = self._provenance.passages[index]
        noun = ""
        if passage.kind == "argument":
            name = last_name(passage.path)
            noun = owner_noun(name) or (noun_of_tool(step.tool or "" if step else "") if is_own_id(name) else "")
        for value in self._values(index):
            if value.kind in _ENTITY_KINDS:
                if value.kind != "email" or _OWN.search(passage.text[max(0, value.start - 40) : value.start]):
                    self._note("", value)
                if noun:
                    self._note(noun, value)

    def _note_answered(self, index: int, step: Step | None) -> None:
        """Take note of whom the session deals with: as the answer of a look-up."""
        passage = self._provenance.passages[index]
        own = not passage.path or (passage.path.count("/") == 1 and is_own_id(last_name(passage.path)))
        if own and (noun := noun_of_tool(step.tool or "" if step else "")):
            for value in self._values(index):
                if value.kind in _ENTITY_KINDS and _is_whole(passage, value):
                    self._note(noun, value)

    def _note(self, noun: str, value: Appearance) -> None:
        known = self._subjects[(noun, _shape(value))]
        known.pop(value.key, None)
        known[value.key] = value

    def _owners_in(self, index: int, step: Step) -> Iterator[_Owned]:
        passage = self._provenance.passages[index]
        noun = owner_at(passage.path)
        record = passage.path.rpartition("/")[0] if noun else ""
        if noun and not owner_noun(last_name(passage.path)):
            record = record.rpartition("/")[0]
        for value in self._values(index) if noun else ():
            if value.kind in _ENTITY_KINDS and _is_whole(passage, value):
                yield _Owned(index, value, noun, record)
        if not passage.path:
            yield from self._owners_in_text(index, passage)

    def _owners_in_text(self, index: int, passage: Passage) -> Iterator[_Owned]:
        """“customer: cust_012” in a result that is plain text."""
        for value in self._values(index):
            if value.kind not in ("id", "email"):
                continue
            words = re.findall(r"[\w.]+", passage.text[max(0, value.start - 32) : value.start])
            if words and (noun := owner_noun("_".join(words[-2:])) or owner_noun(words[-1])):
                yield _Owned(index, value, noun, "")

    def _against_arguments(self, step: Step, found: _Owned) -> Flag | None:
        """The call itself names another owner of the same kind."""
        for value in self._arguments(step):
            passage = self._provenance.passages[value.passage]
            if owner_noun(last_name(passage.path)) == found.noun and found.record.count("/") <= 1:
                asked = {v.key for v in self._arguments(step) if _same_field(self._provenance, v, value)}
                alike = _shape(found.value) == shape_of(value.kind, value.text) or (
                    # Under one name and of one sort, letters in the middle of an id are its own.
                    value.kind == found.value.kind and _same_field(self._provenance, value, found.value)
                )
                if found.value.key not in asked and alike:
                    return self._flag(step, found.value, value, 0.95, "the call says")
        return None

    def _against_record(self, step: Step, found: _Owned, records: dict[str, list[str]]) -> Flag | None:
        """The same record had another owner before."""
        for record in records.get(found.record, ()):
            before = self._owner_of.get((record, found.noun))
            if before is not None and before.key != found.value.key and action_of(step).effect == "read":
                return self._flag(step, found.value, before, 0.9, "before it was")
        return None

    def _against_subjects(self, step: Step, found: _Owned) -> Flag | None:
        """Nobody of that identity was in process, somebody else was."""
        shape = _shape(found.value)
        known = [self._subjects.get((found.noun, shape), {})]
        if found.noun == _ANY:
            known = [subjects for (noun, of), subjects in self._subjects.items() if noun and of == shape]
        if _has_letters(found.value) or found.value.kind == "email":
            known.append(self._subjects.get(("", shape), {}))
        if not any(known) or any(found.value.key in subjects for subjects in known):
            return None
        if self._provenance.appearances(found.value.text)[0].passage < found.passage:
            return None
        latest = max((next(reversed(s.values())) for s in known if s), key=lambda value: value.passage)
        return self._flag(step, found.value, latest, 0.9, "in process is")

    def _other_record(self, step: Step, results: list[int]) -> Flag | None:
        """Asked for one record by id, given another."""
        if self._provenance.is_external(step):
            return None
        by_path: dict[str, int] = {}
        for asked in self._arguments(step):
            name = last_name(self._provenance.passages[asked.passage].path)
            if not is_id(name) or asked.kind not in _ENTITY_KINDS:
                continue
            by_path = by_path or {self._provenance.passages[index].path: index for index in results}
            index = next((by_path[path] for path in own_id_paths(name, step.tool or "") if path in by_path), None)
            if index is None:
                continue
            for value in self._values(index):
                if value.key == asked.key or _shape(value) != _shape(asked):
                    continue
                told = any(each.key == asked.key for result in results for each in self._values(result))
                if not told and _is_whole(self._provenance.passages[index], value):
                    return self._flag(step, value, asked, 0.9, "asked for was")
        return None

    def _in_words(self, step: Step, every: list[int]) -> Iterator[Flag]:
        """A result or a summary that says “belongs to X, not Y”."""
        for index in every:
            passage = self._provenance.passages[index]
            told = passage.kind in ("result", "summary")
            if told and (found := contrasted(passage.text, self._values(index))) is not None:
                confidence = 0.7 if passage.kind == "result" else 0.6
                yield self._flag(step, *found, confidence, "in process is", said=passage.kind)
                return

    def _arguments(self, step: Step) -> list[Appearance]:
        passages = self._provenance.passages
        places = (i for i in self._provenance.passages_at(step.index) if passages[i].kind == "argument")
        return [value for index in places for value in self._values(index)]

    def _record_ids(self, step: Step, results: list[int]) -> dict[str, list[str]]:
        """By the pointer to a record: the identities that it has itself."""
        found: dict[str, list[str]] = defaultdict(list)
        for index in results:
            record, _, _ = (path := self._provenance.passages[index].path).rpartition("/")
            name = last_name(path)
            own = is_own_id(name) or (is_id(name) and words_of(name)[0] in words_of(step.tool or ""))
            if path and own and not owner_noun(name):
                found[record] += [value.key for value in self._values(index)]
        return found

    def _flag(
        self, step: Step, got: Appearance, want: Appearance, confidence: float, against: str, said: str = ""
    ) -> Flag:
        evidence: tuple[Evidence, ...] = (self._provenance.evidence(got, "what came back"),)
        if want.passage != got.passage:
            evidence += (self._provenance.evidence(want, against),)
        note = f" ({said} only)" if said == "summary" else ""
        return detected(
            KIND,
            step.index,
            step.source,
            f"{step.tool or 'the tool'} returned “{got.text}”; {against} “{want.text}”{note}",
            confidence,
            evidence,
        )


def _single_owners(owned: list[_Owned]) -> list[_Owned]:
    """Owners of results that name one of a kind; a list of many owners is no answer for one entity."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for found in owned:
        kinds[found.noun].add(found.value.key)
    first: dict[str, _Owned] = {}
    for found in owned:
        if len(kinds[found.noun]) == 1:
            first.setdefault(found.noun, found)
    return list(first.values())


def _is_whole(passage: Passage, value: Appearance) -> bool:
    return value.end - value.start == len(passage.text.strip())


def _shape(value: Appearance) -> str:
    return shape_of(value.kind, value.text)


def _has_letters(value: Appearance) -> bool:
    return value.kind == "id" and any(c.isalpha() for c in value.text)


def _same_field(provenance: Provenance, one: Appearance, other: Appearance) -> bool:
    return last_name(provenance.passages[one.passage].path) == last_name(provenance.passages[other.passage].path)
