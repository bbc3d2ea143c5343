"""The identity of a value: one key for all its spellings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
DECIMAL_COMMA = r"\d{1,3}(?:[.\u00a0\u202f ]\d{3})++,\d{2}(?!\d)|\d{1,400}+,\d{2}(?!\d|,\d)"
"""1.234,56 and 73,91: where a currency stands beside it, since elsewhere it can be a list."""
NUMBER = (
    r"\d{1,3}(?=[,.'’]\d)(?:(?:,\d{3})++(?:\.\d{1,40}+)?|(?:,\d{2}(?=,))++,\d{3}(?:\.\d{1,40}+)?|(?:\.\d{3})++,\d{2}(?!\d)"
    r"|(?:['’]\d{3})++(?:\.\d{1,40}+)?)|\d{1,400}+(?:\.\d{1,40}+)?"
)
CURRENCIES = "$€£¥₹"
_NUMBER = re.compile(NUMBER)
_DECIMAL_COMMA = re.compile(DECIMAL_COMMA)
_GROUPING = re.compile(r"[,'’\s]")
_SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "billion": 1_000_000_000}
_SEPARATORS = re.compile(r"[\s_\-#.:]+")
_MONTH_WORD = re.compile(r"[A-Za-z]{3,}")
_DIGITS = re.compile(r"\d+")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?")


def words_key(text: str) -> str:
    """Free text: case and white space do not count."""
    return " ".join(text.casefold().split())


def id_key(text: str) -> str:
    """An id or code: case and separators do not count."""
    return _SEPARATORS.sub("", text.casefold())


def number_key(text: str) -> str:
    """The absolute value in plain notation: sign and currency are told by the words around it."""
    comma = _DECIMAL_COMMA.search(text)
    found = comma or _NUMBER.search(text)
    if found is None:
        return text
    written = found[0].replace(".", "").replace(",", ".") if comma else found[0]
    value = Decimal(_GROUPING.sub("", written))
    if any(c in CURRENCIES for c in text[: found.start()]):
        value *= _SCALES.get(text[found.end() :].strip().casefold(), 1)
    return plain(value)


def plain(value: Decimal) -> str:
    """A number as its key: no exponent, no trailing zeros."""
    written = f"{value:f}"
    return (written.rstrip("0").rstrip(".") or "0") if "." in written else written


def number_of(key: str) -> Decimal | None:
    """The number that the key of an amount or number stands for."""
    try:
        return Decimal(key) if key[:1].isdigit() else None
    except InvalidOperation:
        return None


def date_key(text: str) -> str:
    """YYYY-MM-DD, or --MM-DD where no year is written. 03/04/2024 is read as the US writes it."""
    numbers = [int(n) for n in _DIGITS.findall(text)]
    words = [MONTHS[w] for w in (word[:3].casefold() for word in _MONTH_WORD.findall(text)) if w in MONTHS]
    if words:
        day = next((n for n in numbers if n <= 31), 0)
        year = next((n for n in numbers if n > 31), None)
        return f"{'-' if year is None else f'{year:04}'}-{words[0]:02}-{day:02}"
    if len(numbers) != 3:
        return text
    if numbers[0] > 31:
        year, month, day = numbers
    else:
        month, day, year = numbers
        year += 2000 if year < 70 else 1900 if year < 100 else 0
        if month > 12:
            month, day = day, month
    return f"{year:04}-{month:02}-{day:02}"


def time_key(text: str) -> str:
    """HH:MM, with seconds where they are not zero; the offset from UTC does not count."""
    clock = _CLOCK.match(text)
    if clock is None:
        return text
    hour, minute, second = int(clock[1]), clock[2] or "00", clock[3] or "00"
    half = text.casefold().replace(".", "").rstrip()[-2:]
    if half in ("am", "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute}" + ("" if second == "00" else f":{second}")


def url_key(text: str) -> str:
    """Host in lower case without "www.", path and query; the scheme does not count."""
    host, slash, path = text.partition("://")[2].partition("/")
    return "//" + host.casefold().removeprefix("www.") + (slash + path).rstrip("/")


def path_key(text: str) -> str:
    return text.replace("\\", "/").removeprefix("./").rstrip("/") or "/"


def phone_key(text: str) -> str:
    return "".join(_DIGITS.findall(text))


KEYS: Mapping[str, Callable[[str], str]] = {
    "url": url_key,
    "email": str.casefold,
    "date": date_key,
    "time": time_key,
    "phone": phone_key,
    "amount": number_key,
    "number": number_key,
    "path": path_key,
    "id": id_key,
    "code": id_key,
    "name": words_key,
    "quoted": words_key,
}
"""By kind of entity."""
