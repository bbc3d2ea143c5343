"""A document with some of its blocks folded to one line. No widget in here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from typing import NamedTuple

from tracetui.ui import present
from tracetui.ui.document import Anchor, Document, Line
from tracetui.ui.figures import plural
from tracetui.ui.glyphs import GLYPHS

_FIRST_CHARACTERS = 60


class Folded(NamedTuple):
    """What is left to show, and which line of the whole document each line is."""

    document: Document
    lines: Sequence[int]

    def line_of(self, line: int) -> int:
        """Where a line of the whole document is shown; a line folded away, by the line of its block."""
        return max(bisect_right(self.lines, line) - 1, 0)


def folded(whole: Document, closed: Set[int]) -> Folded:
    """The document with the blocks of the anchors `closed` (their positions) as one line each; anchors keep their order."""
    if not closed:
        return Folded(whole, range(len(whole.lines)))
    lines: list[Line] = list(whole.lines[: whole.anchors[0].line])
    kept = list(range(len(lines)))
    anchors: list[Anchor] = []
    for at, anchor in enumerate(whole.anchors):
        end = whole.anchors[at + 1].line if at + 1 < len(whole.anchors) else len(whole.lines)
        anchors.append(anchor._replace(line=len(lines)))
        if at in closed:
            lines.append(_summary(whole.lines[anchor.line : end]))
            kept.append(anchor.line)
        else:
            lines += whole.lines[anchor.line : end]
            kept += range(anchor.line, end)
    return Folded(Document(lines, anchors), kept)


def _summary(block: Sequence[Line]) -> Line:
    """The block's first line, how many lines it stands for, and its first words."""
    head, body = block[0], [line for line in block[1:] if line.text.strip()]
    words = body[0].text.strip()[:_FIRST_CHARACTERS] if body else ""
    told, spans = present.spans(
        [("  ", ""), (f"{GLYPHS.more} {plural(len(body), 'line')}  ", present.KEY), (words, present.QUIET)]
    )
    shifted = [span._replace(start=span.start + len(head.text), end=span.end + len(head.text)) for span in spans]
    return head._replace(text=head.text + told, spans=(*head.spans, *shifted))
