"""A tour as SVG screens: one file, a view a page, so that `FILE.svg#page-3` is the picture of the third page.

Text only, in cells of one width: nothing is run or loaded, and every viewer puts the words where we do.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from tracetui.export.redact import Redaction, account
from tracetui.export.svg_lines import COLUMNS, LINES, Line, Run, page_lines
from tracetui.text import cell_width, visible_line
from tracetui.tour.pages import Page

NAME = "walkthrough-svg"
TITLE = "Walkthrough, as SVG screens"
SUFFIX = "-walkthrough.svg"
FROM = "tour"

WIDTH, HEIGHT = 1280, 720
_CELL, _LINE = 12, 27
_LEFT = (WIDTH - COLUMNS * _CELL) // 2
_TOP = 132
_STYLE = """\
text { font: 20px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #14181d; white-space: pre; }
.title { font-size: 30px; font-weight: 700; fill: #0a4fb8; } .strong { font-weight: 700; } .key { fill: #0a4fb8; }
.quiet { fill: #535c67; } .bad { fill: #b3123f; font-weight: 700; } .good { fill: #1a6f32; font-weight: 700; }
.wrong { fill: #a03c00; font-weight: 700; }"""


def render(pages: Sequence[Page], redactions: Sequence[Redaction]) -> str:
    """The pages that are shown, below one another; what was taken out stands at the foot of the last one."""
    told = account(redactions, place=str)
    taken = f"taken out of this file: {told}" if told else "no secret and no address was found to take out"
    screens = "\n".join(_screen(page, at, len(pages), taken) for at, page in enumerate(pages))
    height = HEIGHT * max(len(pages), 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        f"<desc>{_escaped(taken)}</desc>\n<style>{_STYLE}</style>\n{screens}\n</svg>\n"
    )


def _screen(page: Page, at: int, of: int, taken: str) -> str:
    top = at * HEIGHT
    lines = list(page_lines(page))
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], (Run(0, f"… {len(lines) - LINES + 1} more lines", "quiet"),)]
    foot = taken if at == of - 1 else ""
    number = f"{at + 1} / {of}"
    pieces = [
        f'<view id="page-{at + 1}" viewBox="0 {top} {WIDTH} {HEIGHT}"/>',
        f'<rect y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="#fff" stroke="#cfd5dc"/>',
        *_title(page.title, top),
        f'<path d="M{_LEFT} {top + 90}H{WIDTH - _LEFT}" stroke="#cfd5dc" stroke-width="2"/>',
        *(text for row, line in enumerate(lines) for text in _texts(line, top + _TOP + row * _LINE)),
        *_texts((Run(0, foot, "quiet"), Run(COLUMNS - len(number), number, "quiet")), top + HEIGHT - 24),
    ]
    return "\n".join(pieces)


def _title(text: str, top: int) -> Iterator[str]:
    room = COLUMNS * 2 // 3
    shown = visible_line(text)
    cut = shown if cell_width(shown) <= room else shown[: room - 1] + "…"
    yield f'<text class="title" x="{_LEFT}" y="{top + 70}">{_escaped(cut)}</text>'


def _texts(line: Line, y: int) -> Iterator[str]:
    for run in line:
        cells = cell_width(run.text)
        if cells:
            length = f' textLength="{cells * _CELL}" lengthAdjust="spacingAndGlyphs"'
            style = f' class="{run.style}"' if run.style else ""
            yield f'<text x="{_LEFT + run.cell * _CELL}" y="{y}"{style}{length}>{_escaped(run.text)}</text>'


def _escaped(text: str) -> str:
    """As XML text; what XML itself forbids was made visible before, but for two code points that mean nothing."""
    return html.escape(text.replace("\ufffe", "").replace("\uffff", ""), quote=True)
