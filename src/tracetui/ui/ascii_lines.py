"""Where the terminal shows ASCII alone, Textual's borders and inputs are drawn in ASCII too; what we write is by then."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tracetui.ui.glyphs import ASCII_ONLY

_SIGNS = str.maketrans(
    dict.fromkeys("─━═╌╍┄┅┈┉▔▁▂▃▀▄╸╺╴╶", "-")
    | dict.fromkeys("│┃║╎╏┆┇┊┋▏▎▍▌▐▕▊▋▉", "|")
    | dict.fromkeys("┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┠┣┤┥┨┫┬┯┰┳┴┷┸┻┼┿╂╋╭╮╯╰╔╗╚╝╠╣╦╩╬▛▜▙▟▖▗▘▝", "+")
    | dict.fromkeys("█▓▒░■▪", "#")
    | {"•": "*", "●": "*", "…": "~", "▶": ">", "▼": "v", "❯": ">"}
)
_OTHER = re.compile(r"[^\x00-\x7f]")


def in_ascii(line: str) -> str:
    """In as many cells, with a question mark for what has no likeness."""
    return _OTHER.sub(lambda found: "?" * cell_len(found[0]), line.translate(_SIGNS))


class InAscii(LineFilter):
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [segment if segment.control else Segment(in_ascii(segment.text), segment.style) for segment in segments]


AS_SHOWN: tuple[LineFilter, ...] = (InAscii(),) if ASCII_ONLY else ()
"""What every line passes last."""
