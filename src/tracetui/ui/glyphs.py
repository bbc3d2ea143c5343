"""The signs of the screens, in Unicode or, where the terminal's locale does not carry it, in ASCII.

tmux and screen turn what their locale lacks into `_`, which would make all states look the same. The ASCII signs of the kinds are
none of those that comparisons use: + and - are what one run has more than the other.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from tracetui.text import locale_is_ascii


class Glyphs(NamedTuple):
    cursor: str
    llm: str
    tool: str
    message: str
    other: str
    fail: str
    calm: str
    unsure: str
    origin: str
    cascade: str
    arrow: str
    step: str
    rule: str
    pipe: str
    first: str
    middle: str
    last: str
    from_here: str
    through: str
    to_here: str
    dot: str
    bar: str
    more: str
    open_quote: str
    close_quote: str
    blank: str
    up: str
    down: str
    back: str


UNICODE = Glyphs(
    "▌",
    "◆",
    "▸",
    "●",
    "○",
    "✗",
    "✓",
    "?",
    "◂",
    "│",
    "→",
    "▸",
    "─",
    "│",
    "┌",
    "├",
    "└",
    "┐",
    "┤",
    "┘",
    "·",
    "█",
    "…",
    "“",
    "”",
    "▁",
    "↑",
    "↓",
    "←",
)
ASCII = Glyphs(
    ">",
    "*",
    "$",
    "o",
    ":",
    "x",
    "=",
    "?",
    "<",
    "|",
    "->",
    ">",
    "-",
    "|",
    ",",
    "|",
    "`",
    ".",
    "+",
    "'",
    ".",
    "#",
    "~",
    '"',
    '"',
    "_",
    "up",
    "down",
    "<-",
)


def wants_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is known to show ASCII only.

    `TRACETUI_ASCII` (1 or 0) decides; else the locale that is set; where none is, tmux knows what its client shows,
    and a Linux console or a vt is taken for ASCII.
    """
    told = locale_is_ascii(environ)
    if told is not None:
        return told
    if "TMUX" in environ:
        return _tmux_client_is_ascii()
    return environ.get("TERM", "").startswith(("linux", "vt"))


def _tmux_client_is_ascii() -> bool:
    import subprocess  # seldom needed, and slow to load

    try:
        answer = subprocess.run(
            ["tmux", "display-message", "-p", "#{client_utf8}"], capture_output=True, timeout=1, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == b"0"


ASCII_ONLY = wants_ascii(os.environ)
"""Decided once, when the screens are first imported."""
GLYPHS = ASCII if ASCII_ONLY else UNICODE

KINDS: dict[str, tuple[str, str]] = {
    "llm_call": (GLYPHS.llm, "llm"),
    "tool_call": (GLYPHS.tool, "tool"),
    "message": (GLYPHS.message, "msg"),
    "retrieval": (GLYPHS.tool, "retr"),
    "embedding": (GLYPHS.tool, "embd"),
    "guardrail": (GLYPHS.other, "guard"),
    "agent": (GLYPHS.other, "agent"),
    "workflow": (GLYPHS.other, "flow"),
    "handoff": (GLYPHS.arrow[:1], "hand"),
    "memory": (GLYPHS.other, "mem"),
    "compaction": (GLYPHS.other, "cmpct"),
    "evaluation": (GLYPHS.other, "eval"),
    "error": (GLYPHS.fail, "error"),
    "other": (GLYPHS.other, "other"),
    "unreadable": (GLYPHS.fail, "unread"),
}
"""The sign and the word of each kind of step."""


def elide_start(value: str, cells: int) -> str:
    """The end of a safe line of text, such as a path, in at most `cells` characters."""
    return value if len(value) <= cells else GLYPHS.more + value[len(value) - cells + 1 :]
