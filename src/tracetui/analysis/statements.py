"""What a text states of records that tools have shown: a status, a sum; and whether it contradicts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tracetui.analysis.identity import number_of
from tracetui.analysis.passages import leaves
from tracetui.analysis.provenance import Appearance
from tracetui.analysis.records import Record, Records

_STATES_LISTED = (
    "pending processing shipped delivered cancelled canceled refunded returned approved rejected denied declined active inactive "
    "suspended open closed resolved paid unpaid overdue settled failed expired available unavailable cleared blocked scheduled "
    "running stopped merged draft published"
)
_STATES = frozenset(_STATES_LISTED.split())
"""Of a thing: what is said of an act as well (done, completed, confirmed) tells nothing of what it was done to."""
_ONE = {"canceled": "cancelled", "denied": "rejected", "declined": "rejected"}
_STATED = re.compile(
    r"\b(?:is|are|was|has been|have been|shows as|marked as|status(?: is|:)?)\s"
    r"(?:(?:now|currently|already|still|fully|successfully|marked|shown|listed|as)\s){0,3}[“\"'*]{0,2}(?P<state>[a-z]+)",
    re.IGNORECASE,
)
_SAID_OF_ANOTHER = re.compile(r"\b(?:of|for|on|to|from|in|with)\s(?:\w+\s){0,3}\W{0,3}$", re.IGNORECASE)
"""Before an id: the sentence is about something of it, a refund for it."""
_NEXT = re.compile(r"[^\d.,;:]{0,20}")
"""Between an id and what is said of it: a few letters, nothing else that could be meant."""
_SUM = re.compile(
    r"\b(?P<name>total|balance|amount|price|cost|refund)\b(?:\s[\w#-]+){0,3}?\s(?:is|of|was|comes to)\s[*]{0,2}"
    r"(?P<sum>[$€£]\s?[\d,]+(?:\.\d+)?)",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(
    r"\b(?:if|once|when|until|unless|after|before|whether|should|would|could|will|can|may|must|only|not|never|no|to be|"
    r"as soon as)\b|n[’']t\b|\?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.](?=\d))+[.!?]?")


class Contradiction(NamedTuple):
    start: int
    end: int
    stated: str
    known: str
    record: Record


def contradictions(text: str, values: Sequence[Appearance], records: Records) -> Iterator[Contradiction]:
    """Sentences of `text` about one record that give it another status or sum than it was last shown with.

    `values`: the values of the text where they stand. What is asked, denied, required or made to depend on something is left out.
    """
    known = [value for value in values if records.of(value.key)]
    if not known:
        return
    end = 0
    for first in known:
        if first.start < end or (sentence := _SENTENCE.match(text, _sentence_start(text, first.start))) is None:
            continue
        end = sentence.end()
        named = [value for value in known if sentence.start() <= value.start < end]
        if len({value.key for value in named}) != 1:
            continue
        record = records.of(named[0].key)
        assert record is not None
        last = max(named, key=lambda value: value.end)
        found = _of_status(sentence[0], last.start - sentence.start(), last.end - sentence.start(), record) or _of_sum(
            sentence[0], record
        )
        if found is not None and not _NOT_SAID.search(sentence[0]):
            yield found._replace(start=sentence.start() + found.start, end=sentence.start() + found.end)


def _sentence_start(text: str, at: int) -> int:
    """Where the sentence around `at` begins: after the last mark that ends one; a dot before a digit does not."""
    start = max(text.rfind(mark, 0, at) for mark in "!?\n")
    dot = text.rfind(".", start + 1, at)
    while dot >= 0 and text[dot + 1 : dot + 2].isdecimal():
        dot = text.rfind(".", start + 1, dot)
    return max(start, dot) + 1


def _of_status(sentence: str, start: int, after: int, record: Record) -> Contradiction | None:
    """`start`, `after`: where the id stands."""
    known = record.fields.get("status")
    if not isinstance(known, str) or not _STATES.intersection(known.lower().split()[:1]):
        return None
    if _SAID_OF_ANOTHER.search(sentence[:start]) and "status" not in sentence[:start].lower():
        return None
    states = [found for found in _STATED.finditer(sentence) if found["state"].lower() in _STATES]
    states = [found for found in states if found.start() >= after and _NEXT.fullmatch(sentence[after : found.start()])]
    if len(states) != 1:
        return None
    stated, words = _one(states[0]["state"]), {_one(word) for word in re.findall(r"[a-z]+", known.lower())}
    return None if stated in words else Contradiction(*states[0].span(), states[0]["state"], known, record)


def _of_sum(sentence: str, record: Record) -> Contradiction | None:
    sums = list(_SUM.finditer(sentence))
    if len(sums) != 1 or len(re.findall(r"[$€£]\s?\d", sentence)) != 1:
        return None
    name, stated = sums[0]["name"].lower(), Decimal(re.sub(r"[^\d.]", "", sums[0]["sum"]))
    fields = {key: value for key, value in record.fields.items() if name in str(key).lower() and _is_sum(value)}
    numbers = {number_of(number) for _, number in leaves(record.fields)}
    if len(fields) != 1 or stated in numbers:
        return None
    ((_, known),) = fields.items()
    return Contradiction(*sums[0].span("sum"), sums[0]["sum"], str(known), record)


def _one(state: str) -> str:
    return _ONE.get(state.lower(), state.lower())


def _is_sum(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
