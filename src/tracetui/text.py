"""The one door between text of a trace and anything that displays it.

A trace is untrusted: a tool result may hold escape sequences that write the clipboard, bidirectional overrides that
reverse an amount, or invisible letters that carry instructions. `visible` replaces each such code point by a mark
that can be read, so that nothing is executed and nothing is hidden. The model keeps the text as it was.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

_NAMES = {
    0x061C: "ALM",
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x2028: "LSEP",
    0x2029: "PSEP",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2060: "WJ",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0xFEFF: "BOM",
    0x00AD: "SHY",
    0x034F: "CGJ",
    0x3164: "HF",
    0x115F: "HCF",
    0x1160: "HJF",
    0xFFA0: "HHF",
    0x180E: "MVS",
}
_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_PLAIN = re.compile(r"[\n\t\r -~]*\Z")
_EMOJI_JOINERS = re.compile(f"(?<=[{_EMOJI}])[\ufe0e\ufe0f]|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_CONTROL_OR_LINE = re.compile("[\n\t]")
_ONE_CELL_EACH = re.compile("[ -~\u00a0-\u02ff\u2010-\u2027\u2030-\u205e]*")
"""Latin letters and punctuation: text that needs no look at each code point."""


class HiddenText(NamedTuple):
    """A code point that a reader would not see, or that a terminal would obey."""

    at: int
    kind: str
    """control, bidi, zero-width, tag or surrogate"""
    mark: str


def locale_is_ascii(environ: Mapping[str, str] = os.environ) -> bool | None:
    """Whether the locale that is set carries ASCII alone; None where none is set. `TRACETUI_ASCII` (1 or 0) knows better."""
    if choice := environ.get("TRACETUI_ASCII"):
        return choice != "0"
    # Python itself sets LC_CTYPE to C.UTF-8 where the locale is C (PEP 538), which says nothing of the terminal.
    category = environ.get("LC_CTYPE", "")
    chosen = environ.get("LC_ALL") or (category if category != "C.UTF-8" else "") or environ.get("LANG", "")
    return "utf-8" not in chosen.lower() and "utf8" not in chosen.lower() if chosen else None


def visible(text: str, *, ascii_only: bool = False) -> str:
    """`text` with every control, bidirectional, invisible and unpaired code point shown as a mark.

    Line feeds and tabs stay. The result has no code point of category Cc (but `\\n` and `\\t`) or Cs, none that is invisible, and
    `visible` leaves it unchanged. With `ascii_only` everything beyond ASCII becomes an escape as Python writes it.
    """
    if not (text.isascii() and text.isprintable()):
        text = _HIDDEN.sub(_mark, _EMOJI_JOINERS.sub("", text))
    if ascii_only and not text.isascii():
        text = text.translate(_ASCII_GLYPHS).encode("ascii", "backslashreplace").decode("ascii")
    return text


def visible_line(text: str, *, ascii_only: bool = False) -> str:
    """`visible` on one line: line feeds and tabs become a space each run of white space."""
    return visible(" ".join(text.split()) if _CONTROL_OR_LINE.search(text) else text, ascii_only=ascii_only)


def escaped_json(text: str) -> str:
    """JSON text with every hidden code point inside its strings written as `\\uXXXX`.

    The decoded value is the same to the letter, lone surrogates included; the text itself is safe on any terminal.
    """
    return text if text.isascii() and "\x7f" not in text else _HIDDEN.sub(_json_escape, text)


def is_plain(text: str) -> bool:
    """Whether `text` is printable ASCII with line breaks and tabs: nothing in it can be hidden."""
    return text.isascii() and (text.isprintable() or _PLAIN.match(text) is not None)


def hidden_text(text: str) -> list[HiddenText]:
    """Every code point of `text` that `visible` would mark, in order. Joiners inside an emoji are not hidden text."""
    if is_plain(text):
        return []
    joins = "\u200d" in text or "\ufe0f" in text or "\ufe0e" in text
    joiners = {found.start() for found in _EMOJI_JOINERS.finditer(text)} if joins else set()
    return [
        HiddenText(found.start(), _hidden_kind(found[0]), _mark(found))
        for found in _HIDDEN.finditer(text)
        if found.start() not in joiners and found[0] != "\r"
    ]


def cell_width(text: str) -> int:
    """Terminal cells that `text`, already visible, takes."""
    if text.isascii() or _ONE_CELL_EACH.fullmatch(text):
        return len(text)
    return sum(_code_point_width(c) for c in text)


def elide(text: str, cells: int) -> str:
    """`text` cut to at most `cells` terminal cells; a cut is shown by a last "…"."""
    if cells <= 0:
        return ""
    if cell_width(text) <= cells:
        return text
    used = 0
    for at, c in enumerate(text):
        used += _code_point_width(c)
        if used > cells - 1:
            return text[:at] + "…"
    return text


def _code_point_width(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def _hidden_kind(c: str) -> str:
    code = ord(c)
    if code < 0xA0:
        return "control"
    if 0xD800 <= code <= 0xDFFF:
        return "surrogate"
    if 0xE0000 <= code <= 0xE007F:
        return "tag"
    if code in range(0x202A, 0x202F) or code in range(0x2066, 0x206A) or code in (0x200E, 0x200F, 0x061C):
        return "bidi"
    return "zero-width"


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code - 0x10000 & 0x3FF):04x}"


def _mark(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xE0020 <= code <= 0xE007E:
        return f"⸨{chr(code - 0xE0000)}⸩"
    return f"<{_NAMES.get(code) or f'U+{code:04X}'}>"


_ASCII_GLYPHS = {
    ord("…"): "~",
    ord("·"): ".",
    ord("→"): "->",
    ord("×"): "x",
    ord("–"): "-",
    ord("—"): "-",
    ord("“"): '"',
    ord("”"): '"',
    ord("‘"): "'",
    ord("’"): "'",
    ord("≠"): "!",
    ord("↕"): "^",
    ord("▶"): ">",
} | {0x2400 + code: f"\\x{code:02x}" for code in range(0x20)}
