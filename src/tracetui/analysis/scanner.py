"""How values are written: one pattern for all that hold a digit, an @ or a slash, tried where a token begins.

Every repetition is possessive or bounded, so that a scan takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import ascii_letters, digits

from tracetui.analysis.identity import CURRENCIES, DECIMAL_COMMA, NUMBER

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_FILE_TYPES = (
    r"(?:py|ipynb|jsx?|tsx?|java|go|rs|c|h|cc|cpp|hpp|cs|rb|php|sh|sql|jsonl?|ya?ml|toml|ini|cfg|xml|html?|css|md|rst|"
    r"txt|log|csv|tsv|xlsx?|docx?|pptx?|pdf|png|jpe?g|gif|svg|webp|mp[34]|wav|zip|gz|tar|db|sqlite|parquet|lock|env)"
)
_CODES = "USD|EUR|GBP|CAD|AUD|JPY|CHF|INR|CNY|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|SGD|HKD|NZD|ZAR|KRW|TRY"
_BEFORE = "|".join(rf"{code}\ " for code in _CODES.split("|"))
TRIGGER = re.compile(rf"[0-9@/\\.](?:(?<!\.)|(?={_FILE_TYPES}(?!\w)))")
"""What all but names and words in quotes have in them: found fast, since one set of characters begins it; then the scanner
is tried where the token begins."""
_URL = r"""(?P<url>[a-z][a-z0-9+]{1,8}://[^\s"'<>`|\\^{}\[\]]{1,2000}+)"""
_EMAIL = r"(?P<email>[A-Za-z0-9_][\w.+%-]{0,63}+@[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+){1,8}+)"
_STAMP = r"""(?P<stamp>\d{4}-\d{2}-\d{2}(?:T|[ ]{1,2})
      \d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?(?!\d))"""
_DATE = rf"""(?P<date>(?:\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}|\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2}}))(?![\w/-])
      |{DAY}\ (?:of\ )?{MONTH}(?:,?\ \d{{4}})?(?!\w))"""
_TIME = r"(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?(?![\w:])|\d{1,2}\s?[AaPp]\.?[Mm]\b)"
_ADDRESS = r"""(?P<address>\d{1,3}(?:\.\d{1,3}){3}(?![\w./-])|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:]))"""
_GROUPED = r"""(?P<grouped>[A-Z]{2}\d{2}(?:\ [A-Z0-9]{4}){2,7}(?:\ [A-Z0-9]{1,3})?(?!\w)
      |[3-6]\d{3}(?:[ -]\d{4}){3}(?![\w-]))"""
_PHONE = r"""(?P<phone>\+\d{1,3}(?:[ .-]\(?\d{1,5}\)?){2,5}(?![\w-])
      |(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{3}[ .-])\d{3,4}[ .-]\d{3,4}(?![\w-])|\+\d{8,15}(?!\w))"""
_AMOUNT = rf"""(?P<amount>-?(?:[{CURRENCIES}]\s?-?|(?<={_BEFORE}))(?:{DECIMAL_COMMA}|{NUMBER})
      (?:\s?(?:[kKmM]|thousand|million|billion)\b)?
      |(?:{DECIMAL_COMMA}|{NUMBER})\s?(?:(?:{_CODES}|dollars?|[eE]uros?|pounds?|cents|kr)\b|zł|[€£¥₹元円]))"""
_PATH = rf"""(?P<path>(?<!\w)(?:~|\.{{1,2}})?/(?:[\w.@+-]{{1,255}}+/){{0,64}}+[\w.@+-]{{1,255}}+
      |(?<!\w)[A-Za-z]:[\\/][\w.\\/@+-]{{1,300}}+
      |\w[\w@+-]{{0,255}}+(?:/[\w@+-]{{1,255}}+){{0,64}}+(?:\.[\w-]{{1,64}}+){{0,4}}?\.{_FILE_TYPES}(?!\w))"""
_ID = r"""(?P<id>\#?(?=[\w-]{0,48}\d)\w{1,64}(?:-\w{1,64}){1,16}+(?!\w)
      |\#?(?:\d{1,64}[A-Za-z_]|[A-Za-z_]{1,48}\d)\w{0,64}+|\#\d{2,64}+)"""
_NUMBER = rf"(?P<number>-?(?:{NUMBER})(?:\ ?%)?)"


_FROM_LETTER = (_URL, _EMAIL, _ADDRESS, _GROUPED, _AMOUNT, _PATH, _ID)
_FROM_DIGIT = (_EMAIL, _STAMP, _DATE, _TIME, _ADDRESS, _GROUPED, _PHONE, _AMOUNT, _PATH, _ID, _NUMBER)
EVERY = (_URL, _EMAIL, _STAMP, _DATE, _TIME, _ADDRESS, _GROUPED, _PHONE, _AMOUNT, _PATH, _ID, _NUMBER)


@cache
def first_of(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern of several; the name of the group that matches is the kind of the value."""
    return re.compile("|".join(alternatives), re.VERBOSE)


class _Scanners(dict[str, re.Pattern[str]]):
    """By the first character: the pattern without the alternatives that cannot begin with it, compiled when first met."""

    def __missing__(self, character: str) -> re.Pattern[str]:
        if character in ascii_letters:
            return self.setdefault(character, first_of(_FROM_LETTER))
        return self.setdefault(character, first_of(_FROM_DIGIT)) if character in digits else first_of(EVERY)


SCANNERS: Mapping[str, re.Pattern[str]] = _Scanners()
