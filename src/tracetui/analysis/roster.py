"""Who and what takes part in one run: every value, and the way by which it came in.

A value is grounded where something other than the model brought it in: a user, the system prompt, a tool's answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from tracetui.analysis.actions import name_words
from tracetui.analysis.entities import Entity, find_entities
from tracetui.analysis.identity import id_key
from tracetui.analysis.passages import OUTSIDE, WRITTEN, Passage, leaves, passages
from tracetui.context import json_text
from tracetui.model import Session

ID_KINDS = frozenset(("id", "email", "phone"))
"""Kinds of entity that stand for one thing of the world and cannot be guessed."""
GIVEN = "given"
"""The way of what users, other agents or the system prompt put in."""
_WHOLE_VALUE = 80
"""Characters up to which a scalar in a tool's answer is a value; beyond it is a text that holds values."""
_KEY_LENGTH = 4
"""Characters from which a value that is also a key above it is taken for the name of what stands there."""
_SEARCHED_TEXT = 200_000
"""Characters of given text that are searched for a value that is no entity."""
_NUMBER = re.compile(r"[$€£¥₹]?\s?(-?\d+(?:,\d{3})*(?:\.\d+)?)\Z")
_PREFIX = re.compile(r"#?([A-Za-z]{2,12})[_\-:]?(?=\d)")


class Entry(NamedTuple):
    """How a value came into a run."""

    step: int
    """Index of the step that brought it in; -1 for what was there before the first."""
    way: str
    """GIVEN, or the tool that answered with it."""
    path: str
    """RFC 6901 pointer to it in the tool's answer; empty in text."""

    @property
    def place(self) -> tuple[str, str]:
        """The way and the path without positions in lists: equal for things that play the same part in two runs."""
        return self.way, general_path(self.path)


class Use(NamedTuple):
    """An id in the arguments of a tool call."""

    step: int
    tool: str | None
    path: str
    """RFC 6901 pointer in the arguments."""
    text: str


class Roster:
    """The values of one run, indexed when first asked for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._word_entries: dict[str, Entry | None] = {}
        self._first_used: dict[str, int] = {}
        """Key of an id in `used_ids` to the first step that used it."""

    def entry(self, value: str, before: int) -> Entry | None:
        """How `value` came in before step `before`; None where nothing recorded brought it in by then.

        A tool that answers with an id that it was asked for only echoes it: that brings nothing in.
        """
        key = value_key(value)
        found = self._came_in.get(key)
        if found is not None and found.step < before:
            return found if key not in self.used_ids or self._first_used[key] > found.step else None
        if key not in self._word_entries:
            self._word_entries[key] = self._in_given_text(value)
        found = self._word_entries[key]
        return found if found is not None and found.step < before else None

    def place_of(self, value: str, before: int) -> str | None:
        """The place an id came in by, in words: equal in two runs for the first order that a tool listed."""
        if id_of(value) is None:
            return None
        entry = self.entry(value, before)
        return f"<{entry.way}:{entry.path}>" if entry is not None else None

    def knows(self, value: str) -> bool:
        """Whether the value ever came into the run from outside the model."""
        return value_key(value) in self._came_in

    def first_written(self, value: str, default: int) -> int:
        """The first step at which the model wrote an id; `default` where it is not known to have written it before."""
        return min(default, self._written.get(value_key(value), default))

    @cached_property
    def records_content(self) -> bool:
        """Whether the trace holds what was put in or answered; without it nothing can be said to come from nowhere."""
        return any(passage.kind in ("given", "result") for passage in self._passages)

    @cached_property
    def given_ids(self) -> dict[str, str]:
        """The ids that users and other agents named, the system prompt left out: key to how it was written first."""
        given: dict[str, str] = {}
        for passage in self._passages:
            if passage.kind == "given":
                for entity in find_entities(passage.text):
                    if entity.kind in ID_KINDS:
                        given.setdefault(value_key(entity.text), entity.text)
        return given

    @cached_property
    def used_ids(self) -> dict[str, str]:
        """The ids in tool arguments: key to how it was written first."""
        used: dict[str, str] = {}
        for use in self.uses:
            if (key := value_key(use.text)) not in used:
                used[key] = use.text
                self._first_used[key] = use.step
        return used

    @cached_property
    def uses(self) -> list[Use]:
        """Every id in tool arguments, in order."""
        return [
            Use(step.index, step.tool, path, text)
            for step in self.session.steps
            if step.kind == "tool_call"
            for path, text in leaves(step.arguments)
            if id_of(text) is not None
        ]

    @cached_property
    def _passages(self) -> tuple[Passage, ...]:
        return passages(self.session)

    @cached_property
    def _came_in(self) -> dict[str, Entry]:
        index: dict[str, Entry] = {}
        numbers: Counter[tuple[int, str]] = Counter()
        for passage in self._from_outside():
            entry = self._entry_of(passage)
            if (path := _without_own_key(passage)) is not None:
                # An object under its own id is told from its neighbours by its number, as an item of a list is.
                numbers[passage.step, path] += 1
                entry = entry._replace(path=path.replace("/*", f"/{numbers[passage.step, path]}", 1))
            for text in _values_in(passage):
                index.setdefault(value_key(text), entry)
        return index

    @cached_property
    def _given(self) -> list[tuple[int, str]]:
        """(step, text in lower case) of what was put in, up to a limit."""
        texts: list[tuple[int, str]] = []
        room = _SEARCHED_TEXT
        for passage in self._from_outside():
            entry = self._entry_of(passage)
            if entry.way == GIVEN and room > 0:
                texts.append((entry.step, passage.text[:room].casefold()))
                room -= len(passage.text)
        return texts

    @cached_property
    def _written(self) -> dict[str, int]:
        """Key of each id to the first step that wrote it."""
        written: dict[str, int] = {}
        for passage in self._passages:
            if passage.kind in WRITTEN and passage.author != OUTSIDE:
                for entity in find_entities(passage.text):
                    if entity.kind in ID_KINDS:
                        written.setdefault(value_key(entity.text), passage.author)
        return written

    def _from_outside(self) -> Iterator[Passage]:
        """Passages that no model wrote; a summary speaks for an answer only at a tool's step."""
        for passage in self._passages:
            is_answer = passage.kind != "summary" or self.session.steps[passage.step].kind == "tool_call"
            if passage.kind not in WRITTEN and is_answer:
                yield passage

    def _entry_of(self, passage: Passage) -> Entry:
        # What is known only from the prompt of a step was there when that step began.
        step = passage.step - 1 if passage.author == OUTSIDE and passage.step >= 0 else passage.step
        tool = self.session.steps[passage.step].tool if passage.kind in ("result", "summary") else None
        return Entry(step, GIVEN if tool is None else tool, passage.path)

    def _in_given_text(self, value: str) -> Entry | None:
        """Plain words are no entities: they are looked for in what was put in."""
        wanted = value.strip().casefold()
        if len(wanted) < 2 or len(wanted) > _WHOLE_VALUE:
            return None
        for step, text in self._given:
            # Most values stand in no text: a pattern is made only for those that do.
            if wanted in text and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text):
                return Entry(step, GIVEN, "")
        return None


def _without_own_key(passage: Passage) -> str | None:
    """The path with `*` for the key that is the value itself, as in {"ord_1": {"id": "ord_1"}}; None where none is."""
    own = f"/{passage.text}/"
    if len(passage.text) > _WHOLE_VALUE or passage.text not in passage.path:
        return None
    if len(passage.text) < _KEY_LENGTH or own not in f"{passage.path}/":
        return None
    return f"{passage.path}/".replace(own, "/*/", 1)[:-1]


def _values_in(passage: Passage) -> Iterator[str]:
    if len(passage.text) <= _WHOLE_VALUE:
        yield passage.text
    if len(passage.text) > _WHOLE_VALUE or " " in passage.text:
        for entity in find_entities(passage.text):
            if entity.kind not in ("name", "quoted", "code"):
                yield entity.text


def value_key(value: str) -> str:
    """Identity of a value: case, separators, currency signs and the spelling of a number do not count."""
    return _short_key(value) if len(value) <= _WHOLE_VALUE else _key(value)


@lru_cache(maxsize=65536)
def _short_key(value: str) -> str:
    return _key(value)


def _key(value: str) -> str:
    text = value.strip().casefold()
    if found := _NUMBER.match(text):
        number = found[1].replace(",", "")
        return number.rstrip("0").rstrip(".") if "." in number else number
    return id_key(text) or text


@lru_cache(maxsize=131072)
def id_of(value: str) -> Entity | None:
    """The id, address or phone number that `value` is as a whole; None for anything else."""
    value = value.strip()
    if len(value) > _WHOLE_VALUE:
        return None
    return next((e for e in find_entities(value) if e.kind in ID_KINDS and len(e.text) == len(value)), None)


@lru_cache(maxsize=4096)
def general_path(path: str) -> str:
    """A pointer with `*` for positions in lists and for keys that are themselves values."""
    return "/".join("*" if any(c.isdigit() for c in token) else token for token in path.split("/"))


def prefix_of(value: str) -> str:
    """The letters an id begins with: "cust" of cust_789; empty where it has none."""
    found = _PREFIX.match(value)
    return found[1].lower() if found else ""


@lru_cache(maxsize=4096)
def noun_of(path: str, tool: str | None) -> str:
    """What a value stands for, as its key, the list it is in, or the tool says: "ORDER"; empty where none does."""
    names = [token for token in path.split("/") if token and not any(c.isdigit() for c in token)]
    for name in reversed(names):
        words = name_words(name)
        while words and words[-1] in _KEY_WORDS:
            words = words[:-1]
        if words:
            return _singular("_".join(words)).upper()
    words = tuple(word for word in name_words(tool or "")[1:] if word not in _TOOL_WORDS)
    return _singular(words[0]).upper() if words else ""


_KEY_WORDS = frozenset(
    ["id", "ids", "key", "uuid", "uid", "no", "number", "code", "ref", "new", "old", "target", "name"]
)
_TOOL_WORDS = frozenset(
    ["details", "detail", "info", "by", "for", "id", "status", "data", "all", "list", "from", "to", "in", "the"]
)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def scalar_text(value: Any) -> str:
    """A scalar as text: strings as they are, others as JSON writes them."""
    return value if isinstance(value, str) else json_text(value)
