"""Values that were never seen as such but follow from what was: sums, differences, parts, dates nearby, common knowledge."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from urllib.parse import parse_qsl

from tracetui.analysis.arithmetic import Derivation, Numbers
from tracetui.analysis.entities import SCAN_LIMIT, Entity
from tracetui.analysis.identity import number_of
from tracetui.analysis.passages import Passage
from tracetui.analysis.spoken import Spoken

_DAYS_NEARBY = 62
_MONTHS = 13
"""Months that the same day may lie ahead or back: “in three months”, “a year later”."""
_PREFIXED = re.compile(r"#?([A-Za-z]{2,24})[_\-]?(\d{1,24})\Z")
_SOUGHT = 2_000
"""Passages in which the words for an id are sought, from where its digits first stand."""
_OF_ADDRESSES = frozenset(
    ("http", "https", "www", "com", "org", "net", "html", "htm", "api", "raw", "githubusercontent")
)
"""Words that say nothing of what an address leads to: its protocol, and hosts that serve the same in another form."""
_PIECE = 5
_TELLING_DIGITS = 3
_NATIONAL = 7
"""Digits that a phone number has at least without its country."""
_ABBREVIATION = 4
"""Letters of an id that can stand for a longer word."""
_MOST_JOINTS = 8
_RECENT_DATES = 500
_SUFFIX = re.compile(r"\.([a-z]+)\Z")
_SEARCH = re.compile(r"https?://[\w.:-]+/(?:(?:search|find|results?|maps|web)\w*/?)*\?([^#]+)")
"""The address of a search: where words that were seen are looked for, its site is a matter of choice."""
_JOINTS = re.compile(r"[-_/]+")
_NUMBER_INSIDE = re.compile(r"\d{3,}")
_WORDS = re.compile(r"[a-z]+|\d+")
_DIGIT_PIECE = re.compile(r"(?=(\d..))", re.DOTALL)
"""A digit with the two characters after it."""


class Known:
    """What stands in the passages of a session, asked for whatever came before one of them."""

    def __init__(self, passages: Sequence[Passage], today: date | None = None) -> None:
        """`today`: the day of the run, known to all that it does."""
        self._passages = passages
        self._today = today
        self._cut = [i for i, passage in enumerate(passages) if len(passage.text) > SCAN_LIMIT]
        self._spoken = Spoken(passages)
        self._numbers = Numbers()
        self._dates: list[tuple[int, str]] = []
        self._digits: dict[str, int] = {}
        """Values that are digits alone, without leading zeros, with the first passage of each."""
        self._values: dict[str, None] = {}
        self._value_passages: list[int] = []
        self._value_starts: list[int] = []

    def add(self, entity: Entity, passage: int) -> None:
        """Take note of a value that is new; values come in the order of the passages."""
        if entity.key.isdigit():
            self._digits.setdefault(entity.key.lstrip("0") or "0", passage)
        if entity.kind in ("number", "amount"):
            self._numbers.add(entity, passage)
        elif entity.kind == "date":
            self._dates.append((passage, entity.key))
        else:
            text = entity.text.lower()
            if text not in self._values:
                self._values[text] = None
                self._value_passages.append(passage)
                self._value_starts.append(entity.start)

    def derivation(self, kind: str, text: str, key: str, until: int) -> Derivation | None:
        """How the value follows from passages before index `until`, or None."""
        if text.isdigit() and len(text) >= _TELLING_DIGITS and self._holds_digits(text, until):
            return Derivation((), "the same number with other zeros in front")
        if kind in ("number", "amount"):
            value = number_of(key)
            return None if value is None else self._numbers.computed(value, until)
        if kind == "date":
            return self._date_nearby(key, until)
        if kind == "phone":
            return self._dialled_from_abroad(key, until)
        if kind in ("id", "code"):
            return (
                self._spoken.spelt_apart(key, until)
                or self._spelt_out(text, until)
                or self._joined_parts(text, until)
                or self._spoken.within_range(text, until)
            )
        if kind in ("url", "path", "email", "name", "quoted"):
            return self._put_together(kind, text, until)
        return None

    def inside(self, text: str, until: int) -> tuple[int, int] | None:
        """(passage, offset) of the earliest value before passage `until` that has `text` inside it, in any case."""
        joined, starts = self._joined
        last = bisect_left(self._value_passages, until)
        lowered = text.lower()
        if not all(self._pieces.get(piece, last) < last for piece in _pieces_of(lowered)):
            return self._beyond_the_cut(text, until)
        at = joined.find(lowered, 0, starts[last] if last < len(starts) else len(joined))
        if at < 0:
            return self._beyond_the_cut(text, until)
        which = bisect_right(starts, at) - 1
        return self._value_passages[which], self._value_starts[which] + at - starts[which]

    def inside_as_number(self, digits: str, until: int) -> tuple[int, int] | None:
        """(passage, offset) of the earliest value before passage `until` that has these digits inside it as a whole number."""
        which, at = self._numbers_inside.get(digits, (len(self._values), 0))
        if which == len(self._values) or self._value_passages[which] >= until:
            return None
        return self._value_passages[which], self._value_starts[which] + at

    @cached_property
    def _numbers_inside(self) -> dict[str, tuple[int, int]]:
        """Every number inside a value, such as the line in a link, with the first value that has it and where."""
        first: dict[str, tuple[int, int]] = {}
        for which, value in enumerate(self._values):
            for found in _NUMBER_INSIDE.finditer(value):
                first.setdefault(found[0], (which, found.start()))
        return first

    def _beyond_the_cut(self, text: str, until: int) -> tuple[int, int] | None:
        """The same in what is not indexed of very long passages."""
        if not self._cut or not self._pieces_beyond.issuperset(_DIGIT_PIECE.findall(text)):
            return None
        for index in self._cut[: bisect_left(self._cut, until)]:
            at = self._passages[index].text.find(text, SCAN_LIMIT)
            if at >= 0:
                return index, at
        return None

    @cached_property
    def _pieces_beyond(self) -> frozenset[str]:
        """Every _DIGIT_PIECE in what is not indexed of very long passages, so that they are not searched for most texts."""
        return frozenset(piece for i in self._cut for piece in _DIGIT_PIECE.findall(self._passages[i].text, SCAN_LIMIT))

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """All distinct values in lower case, and where each begins."""
        starts, at = [], 0
        for value in self._values:
            starts.append(at)
            at += len(value) + 1
        return "\0".join(self._values), starts

    @cached_property
    def _pieces(self) -> dict[str, int]:
        """Every run of _PIECE characters in a value, with the first value that has it: a quick no for most texts."""
        first: dict[str, int] = {}
        for index, value in enumerate(self._values):
            for piece in _pieces_of(value):
                first.setdefault(piece, index)
        return first

    @cached_property
    def _words(self) -> dict[str, int]:
        """The first passage of every word and number."""
        first: dict[str, int] = {}
        for index, passage in enumerate(self._passages):
            for word in set(_WORDS.findall(passage.text[:SCAN_LIMIT].lower())):
                first.setdefault(word, index)
        return first

    def _date_nearby(self, key: str, until: int) -> Derivation | None:
        day = _day(key)
        if day is None:
            return None
        last = bisect_left(self._dates, until, key=lambda seen: seen[0])
        seen = [other for _, other in reversed(self._dates[max(0, last - _RECENT_DATES) : last])]
        if self._today is not None:
            seen.append(self._today.isoformat())
        spans = self._numbers.spans(until)
        for other in seen:
            known = _day(other)
            if other[-5:] == key[-5:]:
                return Derivation((other,), f"the date {other}")
            if known is None:
                continue
            apart = (day - known).days
            months = abs((day.year - known.year) * 12 + day.month - known.month)
            if abs(apart) <= _DAYS_NEARBY or abs(apart) in spans or (day.day == known.day and months <= _MONTHS):
                return Derivation((other,), f"{apart:+} days from {other}")
        return None

    def _spelt_out(self, text: str, until: int) -> Derivation | None:
        """“order 555” for ord_555, “ticket 48” for TCK-48: the digits after the word that the id's letters abbreviate."""
        parts = _PREFIXED.match(text)
        first = self._digits.get(parts[2].lstrip("0") or "0", until) if parts else until
        if parts is None or first >= until:
            return None
        letters = r"\w{0,4}".join(parts[1]) if len(parts[1]) <= _ABBREVIATION else parts[1]
        spelt = re.compile(
            rf"\b{letters}\w{{0,12}}\W{{1,4}}(?:(?:id|number|no|nr)\W{{1,3}})?#?{parts[2]}(?!\w)", re.IGNORECASE
        )
        for passage in self._passages[first : min(until, first + _SOUGHT)]:
            if parts[2] in passage.text and (found := spelt.search(passage.text, 0, SCAN_LIMIT)):
                return Derivation((), f"“{found[0]}” written as one word")
        return None

    def _joined_parts(self, text: str, until: int) -> Derivation | None:
        """“K77” and “4821” for K77-4821: it is made of values that were seen, each with a number in it."""
        whole = text.lower().lstrip("#")
        joints = [joint.span() for joint in _JOINTS.finditer(whole)]
        known = bisect_left(self._value_passages, until)
        made: dict[int, list[str]] = {0: []}
        """By where a part begins: the parts before it, where these were all seen."""
        for end, following in [*joints[:_MOST_JOINTS], (len(whole), len(whole))] if joints else ():
            for start in [start for start in made if start < end]:
                part = whole[start:end]
                seen = self._holds_digits(part, until) or self._order.get(part, known) < known
                if seen and any(map(str.isdigit, part)):
                    made.setdefault(following, [*made[start], part])
        parts = made.get(len(whole), [])
        return Derivation((), " and ".join(parts) + " put together") if parts else None

    def _holds_digits(self, digits: str, until: int) -> bool:
        """Whether a number of these digits, leading zeros aside, stands before passage `until`."""
        return self._digits.get(digits.lstrip("0") or "0", until) < until

    def _dialled_from_abroad(self, key: str, until: int) -> Derivation | None:
        """A phone number with the country in front, which stood without it."""
        for country in (1, 2, 3):
            national = key[country:]
            if len(national) >= _NATIONAL and (
                self._holds_digits(national, until) or self._spoken.spelt_apart(national, until) is not None
            ):
                return Derivation((), "the same phone number with its country in front")
        return None

    @cached_property
    def _order(self) -> dict[str, int]:
        """The position of each value that holds letters."""
        return {value: at for at, value in enumerate(self._values)}

    def _put_together(self, kind: str, text: str, until: int) -> Derivation | None:
        """Every word and number of the value stands somewhere before; what kind of file it is need not."""
        query = _SEARCH.match(text) if kind == "url" else None
        asked = " ".join(value for _, value in parse_qsl(query[1])) if query else ""
        words = [word for word in _WORDS.findall((asked or text).lower()) if len(word) > 2 or word.isdigit()]
        words = [word for word in words if word not in _OF_ADDRESSES]
        if kind == "path" and (suffix := _SUFFIX.search(text.lower())) and len(words) > 1 and words[-1] == suffix[1]:
            words.pop()
        if words and all(self._words.get(word, until) < until for word in words):
            return Derivation((), "every part of it was seen")
        return None


def _pieces_of(text: str) -> Iterator[str]:
    return (text[i : i + _PIECE] for i in range(max(1, len(text) - _PIECE + 1)))


def _day(key: str) -> date | None:
    try:
        return date.fromisoformat(key if key[0] != "-" else "2024" + key[1:])
    except (ValueError, IndexError):
        return None
