"""Text with the words marked that differ from another text."""

from __future__ import annotations

from itertools import islice

from tracetui.analysis.word_changes import Reach
from tracetui.ui.document import Writer
from tracetui.ui.present import Piece

REMOVED, ADDED = "bold underline $bad", "bold underline $good"


def write_marked(out: Writer, text: str, changed: tuple[Reach, ...], style: str, mark: Piece = "  ") -> None:
    """Text, line for line, each after `mark`, with ranges of it styled; nothing where it is empty."""
    start = first = 0
    for line in text.split("\n") if text else ():
        end = start + len(line)
        pieces: list[Piece] = [mark]
        at = start
        while first < len(changed) and changed[first][1] <= start:
            first += 1
        for reach in islice(changed, first, None):
            if reach[0] >= end:
                break
            opens, closes = max(reach[0], start), min(reach[1], end)
            pieces += [_tabless(text[at:opens]), (_tabless(text[opens:closes]), style)]
            at = closes
        out.rich(*pieces, _tabless(text[at:end]), indent=2)
        start = end + 1


def _tabless(text: str) -> str:
    return text.replace("\t", "    ")
