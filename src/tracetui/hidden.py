"""Content of a trace that a reader would not see, or that speaks to the model in a voice it does not have.

`concealed` is for any text: sequences a terminal obeys, reordered or invisible code points, letters that pass for
others. `injected` is for text from outside the prompt's author alone (tool results, retrieved documents): there,
an order to the model is evidence; in a system prompt it is ordinary. Both report, neither changes the text.

What is innocent by rule: colours of terminal output, emoji (joined, and flags of regions), joiners and direction
marks beside letters of a script that needs them, one variation selector after a letter, a byte order mark at the
start, soft hyphens inside words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from tracetui.text import hidden_text, is_plain

Kind = Literal[
    "control", "bidi", "zero-width", "tag", "surrogate", "selectors", "homoglyph", "override", "role", "secrecy"
]

RULES: dict[Kind, str] = {
    "control": "a control code or a sequence that a terminal obeys, colours aside",
    "bidi": "a code point that reorders the text shown, outside right-to-left text",
    "zero-width": "an invisible code point where no script needs one",
    "tag": "Unicode tags, invisible letters that a model reads",
    "surrogate": "half of a code point",
    "selectors": "a run of variation selectors, which can carry bytes",
    "homoglyph": "one word of Latin letters and letters of another script that look like Latin ones",
    "override": "an order to set aside or replace the instructions given before",
    "role": "a marker of a role or a system block, which only the caller of the model should write",
    "secrecy": "an order to keep something from the user",
}


class Found(NamedTuple):
    """Where a rule applies: `text[at:end]`, and in `says` what the passage says once decoded ("" = as it stands)."""

    at: int
    end: int
    kind: Kind
    says: str = ""


_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_CONCEALS = re.compile(r"\x1b\[(?:[0-9;:]*;)?0*8(?:;[0-9;:]*)?m")
_EXTENDED_COLOUR = re.compile(r"[34]8[;:](?:5[;:]\d+|2[;:]\d*[;:]\d+[;:]\d+)")
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_REGION_FLAG = "\U0001f3f4"
_LOOKALIKES = dict(
    zip("аеорсухіјѕԁԛԝһАВЕКМНОРСТХІЈЅοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijsdqwhABEKMHOPCTXIJSoABEZHIKMNOPTYX", strict=True)
)
_LOOKALIKE = re.compile(f"[{''.join(_LOOKALIKES)}]")
_WORD = re.compile(r"\w+")
_SHORTEST_HOMOGLYPH = 4  # shorter mixtures are units and symbols of formulas

_INJECTED: dict[Kind, re.Pattern[str]] = {
    "override": re.compile(
        r"\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|every|of|the|your|my|these|those)\s+){0,4}"
        r"(?:previous|prior|above|preceding|earlier|system|existing)\s+(?:\w+\s+)?"
        r"(?:instructions?|prompts?|directions|directives|guidelines)\b"
        r"|\b(?:new|updated)\s+(?:system\s+)?instructions\s+for\s+(?:the\s+|an?\s+)?(?:ai|assistant|model|agent)\b",
        re.IGNORECASE,
    ),
    "role": re.compile(
        r"<\|(?:im_start|im_end|system|user|assistant|start_header_id|end_header_id|eot_id)\|>|<</?SYS>>|\[/?INST\]"
        r"|^[ \t]*(?:<system(?:_prompt|_message)?>|\[system(?: message| prompt)?\]:?|#{2,3} system(?: message| prompt)?:)"
        r"(?=[^<]{0,200}?\b(?:you|assistant|ignore)\b)",
        re.IGNORECASE | re.MULTILINE,
    ),
    "secrecy": re.compile(
        r"\b(?:do not|don't|never)\s+(?:tell|inform|alert|notify|mention|reveal|disclose)\b[^.\n]{0,40}?\b(?:to\s+)?the\s+user\b",
        re.IGNORECASE,
    ),
}

_STEMS: tuple[tuple[str, Kind], ...] = (
    *((stem, "override") for stem in ("ignore", "disregard", "forget", "override", "instructions")),
    *((stem, "role") for stem in ("<|", "<<", "[inst", "[/inst", "<system", "[system", "## system")),
    *((stem, "secrecy") for stem in ("do not", "don't", "never")),
)
"""What every match of a rule has in it, without case: most texts have none."""


STEMS = tuple(stem for stem, _ in _STEMS)


def concealed(text: str) -> list[Found]:
    """Every passage of `text` that is hidden from a reader or passes for something else, in order; runs are one."""
    if is_plain(text):
        return []
    return sorted([*_code_points(text), *_homoglyphs(text)])


def injected(text: str) -> list[Found]:
    """Every passage of `text`, content from outside, that speaks to the model as its caller would, in order."""
    folded = text.casefold()
    likely = dict.fromkeys(kind for stem, kind in _STEMS if stem in folded)
    return sorted(Found(m.start(), m.end(), kind) for kind in likely for m in _INJECTED[kind].finditer(text))


def counts(found: Iterable[Found]) -> dict[Kind, int]:
    """Passages of each kind, in the order of `RULES`; kinds without one are left out."""
    counted = Counter(each.kind for each in found)
    return {kind: counted[kind] for kind in RULES if counted[kind]}


def _code_points(text: str) -> Iterator[Found]:
    done = 0
    for mark in hidden_text(text):
        if mark.at < done:
            continue
        found = _passage(text, mark.at, mark.kind)
        done = found.end
        if not _innocent(text, found):
            yield found


def _passage(text: str, at: int, kind: str) -> Found:
    if escape := _ESCAPE.match(text, at):
        return Found(at, escape.end(), "control")
    if tags := _TAGS.match(text, at):
        says = "".join(chr(ord(c) - 0xE0000) for c in tags[0] if 0xE0020 <= ord(c) <= 0xE007E)
        return Found(at, tags.end(), "tag", says)
    if selectors := _SELECTORS.match(text, at):
        return Found(at, selectors.end(), "selectors", _carried(selectors[0]))
    known: Kind = "control" if kind == "control" else "bidi" if kind == "bidi" else "zero-width"
    return Found(at, at + 1, "surrogate" if kind == "surrogate" else known)


def _carried(selectors: str) -> str:
    """The bytes that variation selectors 1–256 stand for, read as UTF-8; "" where they are not text."""
    codes = (ord(c) for c in selectors)
    carried = bytes(code - 0xFE00 if code <= 0xFE0F else code - 0xE0100 + 16 for code in codes)
    try:
        return carried.decode() if len(carried) > 1 else ""
    except UnicodeDecodeError:
        return ""


def _innocent(text: str, found: Found) -> bool:
    before, after = text[found.at - 1 : found.at], text[found.end : found.end + 1]
    if found.kind == "control":
        passage = text[found.at : found.end]
        return bool(_COLOUR.fullmatch(passage)) and not _CONCEALS.fullmatch(_EXTENDED_COLOUR.sub("0", passage))
    if found.kind == "tag":
        return before == _REGION_FLAG and len(found.says) <= 6 and text[found.end - 1] == "\U000e007f"
    if found.kind == "selectors":
        return found.end - found.at == 1 and bool(before) and not before.isspace()
    c = text[found.at]
    if c == "\ufeff":
        return found.at == 0
    if c == "\u00ad":
        return before.isalpha() and after.isalpha()
    if c in "\u200c\u200d":
        return _joins(before)
    if c in "\u200e\u200f\u061c":
        return any(
            unicodedata.bidirectional(near) in ("R", "AL") for near in text[max(0, found.at - 20) : found.end + 20]
        )
    return c == "\u200b" and (_unspaced(before) or _unspaced(after))


def _joins(c: str) -> bool:
    """Whether `c` belongs to a script in which joiners are spelling: Arabic, Indic and their neighbours."""
    return bool(c) and ("\u0600" <= c <= "\u08ff" or "\u0900" <= c <= "\u0dff" or "\u1000" <= c <= "\u109f")


def _unspaced(c: str) -> bool:
    """Whether `c` belongs to a script that marks word ends by a zero-width space: Thai, Lao, Burmese, Khmer."""
    return bool(c) and ("\u0e00" <= c <= "\u0eff" or "\u1000" <= c <= "\u109f" or "\u1780" <= c <= "\u17ff")


def _homoglyphs(text: str) -> Iterator[Found]:
    if text.isascii() or not _LOOKALIKE.search(text):
        return
    for word in _WORD.finditer(text):
        if word[0].isascii() or len(word[0]) < _SHORTEST_HOMOGLYPH:
            continue
        plain = "".join(_LOOKALIKES.get(c, c) for c in word[0])
        if plain.isascii() and plain != word[0] and any(c.isascii() and c.isalpha() for c in word[0]):
            yield Found(word.start(), word.end(), "homoglyph", plain)
