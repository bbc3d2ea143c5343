"""Two texts against each other: what differs in full, word by word, and how much is the same between."""

from __future__ import annotations

from textual.content import Content

from tracetui.analysis.word_changes import Stretch, stretches
from tracetui.ui import figures
from tracetui.ui.document import Wrapped, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.marked_words import ADDED, REMOVED, write_marked
from tracetui.ui.present import BAD, FAINT, GOOD, QUIET, WARN, Piece, content

MOST_CHARACTERS = 400_000
"""Characters of each text that are compared; the page of the text itself shows all."""
_NEAR_LINES = 2
"""Lines of what is the same that stand on either side of a difference."""
_BETWEEN = f" {GLYPHS.pipe} "
FIRST, SECOND = ("- ", BAD), ("+ ", GOOD)
"""The marks of the two texts."""


class TextPair(list[Stretch]):
    """The stretches of two texts, and how to write them."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(stretches(first[:MOST_CHARACTERS], second[:MOST_CHARACTERS]))
        self._uncompared = max(len(first), len(second)) > MOST_CHARACTERS

    @property
    def places(self) -> int:
        """How many runs of words differ."""
        return sum(max(len(part.words.first), len(part.words.second)) for part in self if part.words)

    def write(self, out: Writer, width: int, *, beside: bool) -> None:
        """In two columns over `width` cells where `beside`, else one below the other."""
        for at, part in enumerate(self):
            if part.words is None:
                self._write_same(out, part.first, width if beside else 0, opens=at > 0, closes=at + 1 < len(self))
                continue
            first, second = Writer(), Writer()
            write_marked(first, part.first, part.words.first, REMOVED, FIRST)
            write_marked(second, part.second, part.words.second, ADDED, SECOND)
            if beside:
                columns(out, first, second, width)
            else:
                out.extend(first)
                out.extend(second)
        if self._uncompared:
            out.rich((f"{GLYPHS.more} from character {MOST_CHARACTERS:,} on not compared", WARN), indent=2)

    def _write_same(self, out: Writer, text: str, width: int, *, opens: bool, closes: bool) -> None:
        """The lines next to a difference; how many there are between."""
        lines = text.split("\n")
        head, tail = _NEAR_LINES if opens else 0, _NEAR_LINES if closes else 0
        left = len(lines) - head - tail
        if left > 1:
            _write_both(out, lines[:head], width)
            out.rich((f"  {GLYPHS.more} {figures.plural(left, 'line')} the same", QUIET))
            _write_both(out, lines[len(lines) - tail :], width)
        else:
            _write_both(out, lines, width)


def write_alone(out: Writer, text: str, mark: Piece) -> None:
    """A text that the other side does not have."""
    write_marked(out, text[:MOST_CHARACTERS], (), "", mark)
    if len(text) > MOST_CHARACTERS:
        out.rich((f"{GLYPHS.more} {len(text) - MOST_CHARACTERS:,} characters more", WARN), indent=2)


def columns(out: Writer, left: Writer, right: Writer, width: int) -> None:
    """Two texts side by side, each wrapped in its half."""
    cells = (width - len(_BETWEEN)) // 2
    one, other = Wrapped(left.document(), cells), Wrapped(right.document(), cells)
    for at in range(max(len(one), len(other))):
        # A row that was cut at a space ends with it, which may be one cell too many.
        start = one.row(at).rstrip() if at < len(one) else Content("")
        end = other.row(at).rstrip() if at < len(other) else Content("")
        out.row(start.pad_right(max(cells - start.cell_length, 0)) + content((_BETWEEN, FAINT)) + end)


def _write_both(out: Writer, lines: list[str], width: int) -> None:
    """The same in both, side by side where `width` is given."""
    if not lines:
        return
    made = Writer()
    write_marked(made, "\n".join(lines), (), "")
    if width:
        columns(out, made, made, width)
    else:
        out.extend(made)
