"""Text of any size for a pane: logical lines, and the rows they take at a width. No widget in here.

Only what is visible is turned into content. A line longer than `HARD_WRAP` is cut by arithmetic, so a line of a
megabyte costs no more than a short one.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from textual.content import Content, Span

from tracetui import text
from tracetui.ui import present
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import Piece

HARD_WRAP = 4000
MOST_CELLS = 140
"""A longer row of words is hard to read: in a wide terminal they end here, bytes do not."""
_NARROWEST = 8
_ODD_WIDTH = re.compile(
    "[^\x20-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u2190-\u2311\u2400-\u25fc⸨⸩]"
)
"""Code points that may take another width than one cell; a line without them is measured by its length."""


class Line(NamedTuple):
    """One logical line. Build with `plain` or `rich`, which make the text safe."""

    text: str
    style: str = ""
    spans: tuple[Span, ...] = ()
    indent: int = 0
    """Cells by which continuation rows are set in."""
    hard: bool = False
    """Cut where a row ends, not at a space: for bytes as they stand."""
    hang: tuple[str, str] = ("", "")
    """Text and style of what stands within the indent of each continuation row: the bar of a quote, the rail of a chain."""


class Anchor(NamedTuple):
    """A place in a document that can be jumped to."""

    line: int
    step: int | None = None
    """Index of the step that the block came from."""
    change: bool = False
    """Whether the block is new, changed or removed: where `{` and `}` stop."""
    folds: bool = False
    """Whether the block can be folded to its first line."""
    concealed: bool = False
    """Whether the block holds hidden or injected content."""
    good: int | None = None
    """Index of the step of the good run that the block came from."""


class Document(NamedTuple):
    lines: Sequence[Line] = ()
    anchors: Sequence[Anchor] = ()
    """In order of their lines."""

    def anchor_of(self, line: int) -> Anchor | None:
        """The last anchor at or before a line."""
        at = bisect_right(self.anchors, line, key=lambda anchor: anchor.line) - 1
        return self.anchors[at] if at >= 0 else None


class Writer:
    """Collects the lines of a document."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._anchors: list[Anchor] = []

    def anchor(
        self,
        *,
        step: int | None = None,
        change: bool = False,
        folds: bool = False,
        concealed: bool = False,
        good: int | None = None,
    ) -> None:
        """The next line begins a block; fields as in `Anchor`."""
        self._anchors.append(Anchor(len(self._lines), step, change, folds, concealed, good))

    def rich(self, *pieces: Piece, indent: int = 0, hang: tuple[str, str] = ("", "")) -> None:
        """One line from styled pieces; `hang` as in `Line`."""
        made, spans = present.spans(pieces)
        self._lines.append(Line(made, "", tuple(spans), indent, hang=hang))

    def text(self, value: str, style: str = "", *, indent: int = 0, hard: bool = False) -> None:
        """Text as it is, one line for each of its lines, set in by `indent` cells; `hard` as in `Line`."""
        pad = " " * indent
        for part in present.shown(value).expandtabs(4).split("\n"):
            self._lines.append(Line(pad + part, style, (), indent, hard))

    def row(self, made: Content) -> None:
        """One line that `present` or `Wrapped.row` has made."""
        self._lines.append(Line(made.plain, "", tuple(made.spans)))

    def extend(self, other: Writer) -> None:
        """The lines that another writer has collected."""
        self._lines += other._lines

    def blank(self) -> None:
        """An empty line; never two in a row."""
        if self._lines and self._lines[-1].text:
            self._lines.append(Line(""))

    def document(self) -> Document:
        while self._lines and not self._lines[-1].text:
            self._lines.pop()
        return Document(self._lines, self._anchors)


class Wrapped:
    """A document laid out at a width: `len()` rows, each made when asked for."""

    def __init__(self, document: Document, width: int) -> None:
        self.document = document
        self.width = max(width, _NARROWEST)
        words = min(self.width, MOST_CELLS)
        self._cuts = [_cuts(line, self.width if line.hard else words) for line in document.lines]
        self._first = array("Q", accumulate((len(cuts) for cuts in self._cuts), initial=0))

    def __len__(self) -> int:
        return self._first[-1]

    def line_at(self, row: int) -> int:
        """Index of the logical line that a row shows."""
        return bisect_right(self._first, row) - 1

    def row_of(self, line: int) -> int:
        """The first row of a logical line."""
        return self._first[min(line, len(self._cuts))]

    def row(self, row: int, needles: Iterable[tuple[str, str]] = ()) -> Content:
        """The content of a row; occurrences of each needle (text, style) are styled, also where a cut divides them."""
        index = self.line_at(row)
        line, cuts, part = self.document.lines[index], self._cuts[index], row - self._first[index]
        start, end = cuts[part], cuts[part + 1] if part + 1 < len(cuts) else len(line.text)
        spans = [_shift(span, start, end) for span in line.spans if span.start < end and span.end > start]
        spans += _found(line.text, start, end, needles)
        shown = line.text[start:end]
        if part:
            stripped = shown.lstrip(" ")
            lost = len(shown) - len(stripped)
            pad = min(line.indent, self.width // 2)
            spans = [Span(max(s.start - lost, 0) + pad, max(s.end - lost, 0) + pad, s.style) for s in spans]
            rail, rail_style = line.hang
            if rail:
                spans.append(Span(0, min(len(rail), pad), rail_style))
            shown = rail[:pad].ljust(pad) + stripped
        if line.style:
            spans.insert(0, Span(0, len(shown), line.style))
        return Content(shown, spans)


def paragraph(
    value: Content, width: int, *, most: int, indent: int = 0, needles: Iterable[tuple[str, str]] = ()
) -> list[Content]:
    """One line in at most `most` rows; a cut shows. `indent` and `needles` as in `Line` and `Wrapped.row`."""
    rows = Wrapped(Document([Line(value.plain, "", tuple(value.spans), indent)]), width)
    shown = [rows.row(at, needles).rstrip() for at in range(min(len(rows), most))]
    if len(rows) > most:
        shown[-1] = present.elide(shown[-1] + present.content(f" {GLYPHS.more}"), width)
    return shown


def _cuts(line: Line, width: int) -> Sequence[int]:
    """Where the rows of a line start."""
    length = len(line.text)
    odd = _ODD_WIDTH.search(line.text) is not None
    if length <= width and not (odd and text.cell_width(line.text) > width):
        return (0,)
    inner = width - min(line.indent, width // 2)
    if line.hard and not odd:
        return range(0, length, width)
    if length > HARD_WRAP:
        # Cells are not counted over a long line: half the width always holds.
        return range(0, length, inner // 2 if odd else inner)
    return _odd_cuts(line.text, width, inner) if odd else _word_cuts(line.text, width, inner)


def _word_cuts(value: str, width: int, inner: int) -> Sequence[int]:
    """Greedy: at the last space that fits, else where the row ends. One cell a character."""
    cuts, start, room = [0], 0, width
    while len(value) - start > room:
        space = value.rfind(" ", start + 1, start + room + 1)
        word_fits = value.find(" ", space + 1, space + 2 + inner) >= 0 or len(value) - space <= inner + 1
        end = space + 1 if space > start and word_fits and value[start:space].strip() else start + room
        cuts.append(end)
        start, room = end, inner
    return cuts


def _odd_cuts(value: str, width: int, inner: int) -> Sequence[int]:
    """As `_word_cuts`, counting the cells of each character."""
    cuts, start, used, space, room = [0], 0, 0, 0, width
    for at, character in enumerate(value):
        cells = text.cell_width(character)
        if used + cells > room:
            end = space if space > start and value[start:space].strip() else at
            cuts.append(end)
            start, room = end, inner
            used = text.cell_width(value[start:at])
        used += cells
        if character == " ":
            space = at + 1
    return cuts


def _found(value: str, start: int, end: int, needles: Iterable[tuple[str, str]]) -> list[Span]:
    found: list[Span] = []
    for needle, style in needles:
        reach = len(needle) - 1
        first = max(start - reach, 0)
        for at in present.occurrences(value[first : end + reach], needle):
            at += first
            if at < end and at + len(needle) > start:
                found.append(Span(max(at - start, 0), min(at + len(needle), end) - start, style))
    return found


def _shift(span: Span, start: int, end: int) -> Span:
    return Span(max(span.start, start) - start, min(span.end, end) - start, span.style)
