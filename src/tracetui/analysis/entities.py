"""Values in text that have an identity: ids, addresses, amounts, dates, names.

A scan takes time linear in the text, whatever the text is: every repetition in a pattern is possessive or bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_letters, digits
from typing import NamedTuple

from tracetui.analysis.identity import CURRENCIES, KEYS, words_key
from tracetui.analysis.scanner import DAY, MONTH, SCANNERS, TRIGGER

SCAN_LIMIT = 200_000
"""Characters of one text that are scanned; what lies beyond is not indexed."""
_CACHED_LENGTH = 80
"""Texts up to this length (the leaves of JSON) are remembered: a session repeats them."""


class Entity(NamedTuple):
    """A value where it stands in a text."""

    kind: str
    """id, email, url, amount, date, time, phone, path, code, number, quoted or name."""
    text: str
    key: str
    """Identity: equal for two spellings of one value (case, separators, number and date formats)."""
    start: int
    end: int


_TOKEN = f"{ascii_letters}{digits}_#{CURRENCIES}@.+%~-(\\/"
_TOKEN_LENGTH = 80
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
"""Digits of other scripts, which have the same value."""
_MONTH_DATE = re.compile(rf"{MONTH} {{1,2}}{DAY}(?:,? {{1,2}}\d{{4}})?(?![\w:])")
_WORD = r"(?:[’']?+[a-zà-ÿ]{1,30}+){1,2}+"
"""The rest of a word that begins with a capital: an apostrophe stands within it, one at its end closes a quote."""
_CAPITALS = re.compile(
    rf"""[A-ZÀ-Þ](?<!\w.)(?:(?P<code>[A-Z]{{2,7}}+(?![\w-]))
    |(?P<name>{_WORD}(?:\ (?:(?:of|de|la|van|von|da|del|bin|the)\ )?
      (?!{MONTH}\ {{1,2}}\d)[A-ZÀ-Þ](?:\.|{_WORD})){{1,4}}))""",
    re.VERBOSE,
)
_QUOTED = re.compile(r'"([^"\n{}\[\]\\]{3,80}+)"(?!\s?:)|“([^”\n]{3,80}+)”|`([^`\n]{3,80}+)`')
_WITH_UNIT = re.compile(r"\d++(?:st|nd|rd|th|[A-Za-z]{1,3}|[a-z]{4,10})\Z|\d{1,4}+-[A-Za-z][a-z]*(?:-[a-z]++)*\Z")
_TRAILING = ".,;:!?)'*_"


def find_entities(text: str) -> list[Entity]:
    """The entities of a text in order of `start`; a text in quotes stands beside the entities inside it.

    Only the first SCAN_LIMIT characters are read.
    """
    return list(_remembered(text)) if len(text) <= _CACHED_LENGTH else _find(text)


def identity(value: str) -> str:
    """The key of a value on its own: that of the one entity that it is, else its words in lower case."""
    value = value.strip()
    for entity in find_entities(value):
        if entity.start == 0 and entity.end == len(value) and entity.kind != "quoted":
            return entity.key
    return words_key(value)


@lru_cache(maxsize=65536)
def _remembered(text: str) -> tuple[Entity, ...]:
    return tuple(_find(text))


def _find(text: str) -> list[Entity]:
    if not text.isascii() and _OTHER_DIGITS.search(text):
        plain = _OTHER_DIGITS.sub(lambda digit: str(int(digit[0])), text)
        return [entity._replace(text=text[entity.start : entity.end]) for entity in _find(plain)]
    found = _tokens(text)
    if len(found) == 1 and found[0].end - found[0].start == len(text):
        return found
    words = list(_month_dates(text)) if any(entity.kind == "number" for entity in found) else []
    words += _capitals(text)
    kept = _apart([*found, *words]) if words else found
    if '"' in text or "“" in text or "`" in text:
        spans = {(entity.start, entity.end) for entity in kept}
        kept = [*kept, *(entity for entity in _quoted(text) if (entity.start, entity.end) not in spans)]
        kept.sort(key=lambda entity: entity.start)
    return kept


def _apart(found: list[Entity]) -> list[Entity]:
    """In order, without what overlaps one that begins earlier or reaches further."""
    found.sort(key=lambda entity: (entity.start, -entity.end))
    kept: list[Entity] = []
    end = 0
    for entity in found:
        if entity.start >= end:
            kept.append(entity)
            end = entity.end
    return kept


def _tokens(text: str) -> list[Entity]:
    """Everything that has a digit, an @ or a slash in it."""
    found: list[Entity] = []
    at, limit = 0, min(len(text), SCAN_LIMIT)
    while (trigger := TRIGGER.search(text, at, limit)) is not None:
        hit = trigger.start()
        lowest = max(at, hit - _TOKEN_LENGTH)
        start = lowest + len(text[lowest:hit].rstrip(_TOKEN))
        if text[hit] == "/" and text.startswith("://", hit - 1) and hit:
            start = _scheme_start(text, hit - 1, at)
        elif start - 2 >= at and text[start - 1] == ":" and text[start] in "\\/" and text[start - 2].isalpha():
            start -= 2
        match = _match_from(text, start, hit)
        if match is None:
            at = hit + 1
            continue
        start = match.start()
        for kind, value, key, offset in _read(match.lastgroup or "", match[0]):
            found.append(Entity(kind, value, key, start + offset, start + offset + len(value)))
        at = max(match.end(), hit + 1)
    return found


def _match_from(text: str, start: int, hit: int) -> re.Match[str] | None:
    """The first entity that begins between `start`, where its token does, and `hit`, and that reaches the trigger."""
    while start <= hit:
        match = SCANNERS[text[start]].match(text, start)
        if match is not None and match.end() > hit:
            return match
        # Past the punctuation in front of a token, then straight to the trigger.
        start = start + 1 if start < hit and not (text[start].isalnum() or text[start] == "_") else max(hit, start + 1)
    return None


def _scheme_start(text: str, colon: int, lowest: int) -> int:
    start = colon
    while start > max(lowest, colon - 9) and text[start - 1].isalnum():
        start -= 1
    return start


def _month_dates(text: str) -> Iterator[Entity]:
    for match in _MONTH_DATE.finditer(text, 0, SCAN_LIMIT):
        start = match.start()
        if start == 0 or not text[start - 1].isalnum():
            yield _entity("date", match[0], start)


def _capitals(text: str) -> list[Entity]:
    """Names and abbreviations."""
    found = _CAPITALS.finditer(text, 0, SCAN_LIMIT)
    return [_entity(match.lastgroup or "name", match[0], match.start()) for match in found]


def _quoted(text: str) -> Iterator[Entity]:
    for match in _QUOTED.finditer(text, 0, SCAN_LIMIT):
        group = match.lastindex or 1
        if any(c.isalpha() for c in match[group][:20]):
            yield _entity("quoted", match[group], match.start(group))


@lru_cache(maxsize=65536)
def _read(group: str, text: str) -> tuple[tuple[str, str, str, int], ...]:
    """(kind, text, key, offset) of what stands in a match of the scanner: a stamp is a date and a time."""
    if group == "stamp":
        clock = text[11:].lstrip()
        return (_kept("date", text[:10]), (*_kept("time", clock)[:3], len(text) - len(clock)))
    kind = group
    if group in ("grouped", "address"):
        kind = "id"
    elif group in ("url", "path"):
        text = text.rstrip(_TRAILING)
    elif group == "id":
        kind = _kind_of_token(text)
    elif group == "number" and text.isdigit():
        kind = "id" if len(text) >= 6 else "code" if len(text) > 1 and text[0] == "0" else "number"
    return (_kept(kind, text),) if text else ()


def _kept(kind: str, text: str) -> tuple[str, str, str, int]:
    return kind, text, KEYS[kind](text), 0


def _entity(kind: str, text: str, start: int) -> Entity:
    return Entity(kind, text, KEYS[kind](text), start, start + len(text))


def _kind_of_token(text: str) -> str:
    """A token of letters and digits: an id, a short code such as GPT-4, or a number with its unit."""
    bare = text.lstrip("#")
    if _WITH_UNIT.match(bare):
        return "number"
    if text[0] == "#" or "_" in bare:
        return "id"
    return "id" if len(bare) >= 5 and sum(c.isdigit() for c in bare) >= 2 else "code"
