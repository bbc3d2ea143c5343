"""Pieces of markdown that untrusted text cannot break out of.

Text of a trace stands in code spans and fences only: there no image, link, HTML, mention or formula is made of it.
Escaping is not enough for it, since renderers decode escapes before they look for links. What a person wrote in the
form is prose: its punctuation is escaped, its lists stay, and whatever looks like an address stands in a code span.
"""

from __future__ import annotations

import re

from tracetui.text import visible

_BACKTICKS = re.compile("`+")
_PUNCTUATION = re.compile(r"[\\`*_\[\]<>&~|$#^{}!]")
_ADDRESS = re.compile(r"(?:://|//|@|(?i:www\.|mailto:|xmpp:)|\w\.[^\W\d_]\w)")
_BULLET = re.compile(r"- +(?=[^\s-])")
_AT_LINE_START = re.compile(r"^(?:(?=[-+=:])|(?=\d+[.)]))(?P<digits>\d*)")


def code(text: str, *, cell: bool = False) -> str:
    """`text` as one code span on one line; line ends become ␤. `cell`: it stands in a table."""
    text = visible(text).replace("\n", "␤").replace("\t", " ")
    if not text.strip():
        return "`␣`" if text else "–"
    if not cell:
        return _span(text)
    # A pipe is escaped by a backslash; one that follows a backslash of the text gets a span of its own, since
    # renderers disagree whether two backslashes escape it.
    pieces = re.split(r"(?<=\\)(?=\|)", text)
    return " ".join(_span(piece.replace("|", "\\|")) for piece in pieces)


def fence(text: str) -> str:
    """`text` as a block, its fence longer than any run of backticks in it."""
    text = visible(text)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}text\n{text}\n{ticks}"


def quoted(text: str) -> str:
    """Trace text in the shape that fits it: a span for a short line, else a fence."""
    return fence(text) if "\n" in text.strip() or len(text) > 160 else code(text)


def prose(text: str) -> str:
    """What a person wrote, as paragraphs and lists; nothing in it makes a heading, link, image, table or HTML."""
    return "\n".join(_line(line.strip()) for line in visible(text).expandtabs(4).split("\n"))


def line(text: str, *, cell: bool = False) -> str:
    """What a person wrote, on one line."""
    text = " ".join(visible(text).split())
    if not text:
        return "–"
    return _words(text, cell=True) if cell else _AT_LINE_START.sub(r"\g<digits>\\", _words(text), count=1)


def _line(text: str) -> str:
    bullet = _BULLET.match(text)
    if bullet:
        return f"- {_line(text[bullet.end() :])}"
    return _AT_LINE_START.sub(r"\g<digits>\\", _words(text), count=1)


def _words(text: str, *, cell: bool = False) -> str:
    return " ".join(
        code(word, cell=cell) if _ADDRESS.search(word) else _PUNCTUATION.sub(r"\\\g<0>", word)
        for word in text.split(" ")
    )


def _span(text: str) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
