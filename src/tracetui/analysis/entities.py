"""Values in text that have an identity: ids, addresses, amounts, dates, names.

A scan takes time linear in the text, whatever the text is: every repetition in a pattern is possessive or bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tracetui.analysis.identity import CURRENCIES, DECIMAL_COMMA, KEYS, NUMBER, words_key

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


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_FILE_TYPES = (
    r"(?:py|ipynb|jsx?|tsx?|java|go|rs|c|h|cc|cpp|hpp|cs|rb|php|sh|sql|jsonl?|ya?ml|toml|ini|cfg|xml|html?|css|md|rst|"
    r"txt|log|csv|tsv|xlsx?|docx?|pptx?|pdf|png|jpe?g|gif|svg|webp|mp[34]|wav|zip|gz|tar|db|sqlite|parquet|lock|env)"
)
_CODES = "USD|EUR|GBP|CAD|AUD|JPY|CHF|INR|CNY|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|SGD|HKD|NZD|ZAR|KRW|TRY"
_TRIGGER = re.compile(rf"[0-9@/\\]|\.(?={_FILE_TYPES}(?!\w))")
"""What all but names and words in quotes have in them: found fast, then the scanner is tried where the token begins."""
_TOKEN = frozenset(f"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_#{CURRENCIES}@.+%~-(\\/")
_TOKEN_LENGTH = 80
_SCANNER = re.compile(
    rf"""
    (?P<url>[a-z][a-z0-9+]{{1,8}}://[^\s"'<>`|\\^{{}}\[\]]{{1,2000}}+)
  | (?P<email>[A-Za-z0-9_][\w.+%-]{{0,63}}+@[A-Za-z0-9-]{{1,63}}+(?:\.[A-Za-z0-9-]{{1,63}}+){{1,8}}+)
  | (?P<stamp>\d{{4}}-\d{{2}}-\d{{2}}(?:T|[ ]{{1,2}})
      \d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?(?!\d))
  | (?P<date>(?:\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}|\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2}}))(?![\w/-])
      |{_DAY}\ (?:of\ )?{_MONTH}(?:,?\ \d{{4}})?(?!\w))
  | (?P<time>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[AaPp]\.?[Mm]\b\.?)?(?![\w:])|\d{{1,2}}\s?[AaPp]\.?[Mm]\b)
  | (?P<address>\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\w./-])|(?:[0-9A-Fa-f]{{2}}:){{5}}[0-9A-Fa-f]{{2}}(?![\w:]))
  | (?P<grouped>[A-Z]{{2}}\d{{2}}(?:\ [A-Z0-9]{{4}}){{2,7}}(?:\ [A-Z0-9]{{1,3}})?(?!\w)
      |[3-6]\d{{3}}(?:[ -]\d{{4}}){{3}}(?![\w-]))
  | (?P<phone>\+\d{{1,3}}(?:[ .-]\(?\d{{1,5}}\)?){{2,5}}(?![\w-])
      |(?:\+\d{{1,3}}[ .-]?)?(?:\(\d{{2,4}}\)[ .-]?|\d{{3}}[ .-])\d{{3,4}}[ .-]\d{{3,4}}(?![\w-])|\+\d{{8,15}}(?!\w))
  | (?P<amount>-?(?:[{CURRENCIES}]|(?:{_CODES})\ )\s?-?(?:{DECIMAL_COMMA}|{NUMBER})(?:\s?(?:[kKmM]|thousand|million|billion)\b)?
      |(?:{DECIMAL_COMMA}|{NUMBER})\s?(?:(?:{_CODES}|dollars?|[eE]uros?|pounds?|cents|kr)\b|zł|[€£¥₹元円]))
  | (?P<path>(?<!\w)(?:~|\.{{1,2}})?/(?:[\w.@+-]{{1,255}}+/){{0,64}}+[\w.@+-]{{1,255}}+|(?<!\w)[A-Za-z]:[\\/][\w.\\/@+-]{{1,300}}+
      |\w[\w@+-]{{0,255}}+(?:/[\w@+-]{{1,255}}+){{0,64}}+(?:\.[\w-]{{1,64}}+){{0,4}}?\.{_FILE_TYPES}(?!\w))
  | (?P<id>\#?(?=[\w-]{{0,48}}\d)\w{{1,64}}(?:-\w{{1,64}}){{1,16}}+(?!\w)
      |\#?(?:\d{{1,64}}[A-Za-z_]|[A-Za-z_]{{1,48}}\d)\w{{0,64}}+|\#\d{{2,64}}+)
  | (?P<number>-?(?:{NUMBER})(?:\ ?%)?)
    """,
    re.VERBOSE,
)
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
"""Digits of other scripts, which have the same value."""
_MONTH_DATE = re.compile(rf"{_MONTH} {{1,2}}{_DAY}(?:,? {{1,2}}\d{{4}})?(?![\w:])")
_CAPITALS = re.compile(
    rf"""[A-ZÀ-Þ](?<!\w.)(?:(?P<code>[A-Z]{{2,7}}+(?![\w-]))
    |(?P<name>[a-zà-ÿ’']{{1,30}}+(?:\ (?:(?:of|de|la|van|von|da|del|bin|the)\ )?
      (?!{_MONTH}\ {{1,2}}\d)[A-ZÀ-Þ](?:\.|[a-zà-ÿ’']{{1,30}}+)){{1,4}}))""",
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
    found = list(_tokens(text))
    if len(found) == 1 and found[0].end - found[0].start == len(text):
        return found
    if any(entity.kind == "number" for entity in found):
        found += _month_dates(text)
    found += _capitals(text)
    found.sort(key=lambda entity: (entity.start, -entity.end))
    kept: list[Entity] = []
    end = 0
    for entity in found:
        if entity.start >= end:
            kept.append(entity)
            end = entity.end
    spans = {(entity.start, entity.end) for entity in kept}
    quoted = [entity for entity in _quoted(text) if (entity.start, entity.end) not in spans]
    return sorted([*kept, *quoted], key=lambda entity: entity.start) if quoted else kept


def _tokens(text: str) -> Iterator[Entity]:
    """Everything that has a digit, an @ or a slash in it."""
    at, limit = 0, min(len(text), SCAN_LIMIT)
    while (trigger := _TRIGGER.search(text, at, limit)) is not None:
        start = hit = trigger.start()
        lowest = max(at, hit - _TOKEN_LENGTH)
        while start > lowest and text[start - 1] in _TOKEN:
            start -= 1
        if text.startswith("://", hit - 1) and hit:
            start = _scheme_start(text, hit - 1, at)
        elif start - 2 >= at and text[start - 1] == ":" and text[start] in "\\/" and text[start - 2].isalpha():
            start -= 2
        match = _match_from(text, start, hit)
        if match is None:
            at = hit + 1
            continue
        yield from _entities_of(match)
        at = max(match.end(), hit + 1)


def _match_from(text: str, start: int, hit: int) -> re.Match[str] | None:
    """The first entity that begins between `start`, where its token does, and `hit`, and that reaches the trigger."""
    while start <= hit:
        match = _SCANNER.match(text, start)
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


def _capitals(text: str) -> Iterator[Entity]:
    for match in _CAPITALS.finditer(text, 0, SCAN_LIMIT):
        yield _entity(match.lastgroup or "name", match[0], match.start())


def _quoted(text: str) -> Iterator[Entity]:
    if '"' not in text and "“" not in text and "`" not in text:
        return
    for match in _QUOTED.finditer(text, 0, SCAN_LIMIT):
        group = match.lastindex or 1
        if any(c.isalpha() for c in match[group][:20]):
            yield _entity("quoted", match[group], match.start(group))


def _entities_of(match: re.Match[str]) -> Iterator[Entity]:
    kind, text, start = match.lastgroup or "", match[0], match.start()
    if kind == "stamp":
        yield _entity("date", text[:10], start)
        clock = text[11:].lstrip()
        yield _entity("time", clock, start + len(text) - len(clock))
        return
    if kind in ("grouped", "address"):
        kind = "id"
    elif kind in ("url", "path"):
        text = text.rstrip(_TRAILING)
    elif kind == "id":
        kind = _kind_of_token(text)
    elif kind == "number" and text.isdigit():
        kind = "id" if len(text) >= 6 else "code" if len(text) > 1 and text[0] == "0" else "number"
    if text:
        yield _entity(kind, text, start)


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
