"""A page of a tour as a document: few words, wide margins. No widget in here."""

from __future__ import annotations

from tracetui.tour.pages import Facts, Item, Items, Page, Quote, Say, Side, Sides, StepRow, StepRows, Words
from tracetui.ui import present
from tracetui.ui.document import Document, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, FAINT, GOOD, KEY, QUIET, STRONG, WARN, WRONG, Piece, content

TWO_COLUMNS = 84
"""From this many cells two runs stand side by side."""
_LABEL_CELLS = 20
_WHO_CELLS = 16
_STEP_ROW_CELLS = 3
_OTHER_LINES = 4


def tour_page(page: Page, width: int, steps: dict[int, int], height: int = 0) -> Document:
    """`width`: cells for text; `steps`: step number to index, for lines that lead to a step; `height`: lines that the
    screen has, so that short lists stand with a blank line between their rows where there is room."""
    out = Writer()
    rows = sum(len(block.rows) if isinstance(block, (StepRows, Facts)) else _OTHER_LINES for block in page.blocks)
    roomy = 2 * rows < height
    for block in page.blocks:
        out.blank()
        match block:
            case Say(text, strong):
                out.text(text, STRONG if strong else "")
            case Words(text, label):
                if label:
                    out.rich((label, QUIET))
                out.text(text, KEY)
            case Quote():
                _quote(out, block, steps)
            case Facts(facts):
                for at, fact in enumerate(facts):
                    if roomy and at:
                        out.blank()
                    label = fact.label.ljust(_LABEL_CELLS)
                    out.rich((label, QUIET), (fact.text, STRONG), indent=_LABEL_CELLS)
            case StepRows():
                _steps(out, block, steps, width, roomy)
            case Sides():
                _sides(out, block, steps, width)
            case Items(items):
                _items(out, items, steps)
    return out.document()


def needles(page: Page) -> tuple[tuple[str, str], ...]:
    """What is wrong wherever it stands on the page."""
    marked = {value for block in page.blocks if isinstance(block, Quote) for value in block.marked}
    return tuple((value, WRONG) for value in sorted(marked) if value)


def _quote(out: Writer, block: Quote, steps: dict[int, int]) -> None:
    out.anchor(step=None if block.of_good else steps.get(block.step))
    said = f" {GLYPHS.dot} {block.label}" if block.label else ""
    out.rich((f"{block.place}{said}", QUIET))
    bar = (f"{GLYPHS.pipe} ", WARN)
    for line in present.shown(block.text).rstrip("\n").split("\n"):
        out.rich(bar, line.expandtabs(4), indent=2, hang=bar)
    if block.left_out:
        out.rich(bar, (f"{GLYPHS.more} {block.left_out:,} more characters", QUIET))


def _steps(out: Writer, block: StepRows, steps: dict[int, int], width: int, roomy: bool) -> None:
    before = 0
    last = max((row.step for row in block.rows if row is not None), default=0)
    digits = max(len(str(last)), _STEP_ROW_CELLS)
    for at, row in enumerate(block.rows):
        if roomy and at:
            out.blank()
        if row is None:
            out.rich((f"{GLYPHS.more.rjust(digits)}", QUIET))
            continue
        out.anchor(step=steps.get(row.step))
        out.rich(*_step_pieces(row, digits, width))
        before = row.step
    if before and block.of > len(block.rows):
        out.blank()
        out.rich((f"{sum(row is not None for row in block.rows)} of {block.of} steps", QUIET))


def _step_pieces(row: StepRow, digits: int, width: int) -> list[Piece]:
    """One line, cut where it is too long: a page is an overview."""
    sign = (GLYPHS.through, BAD) if row.on_path else (" ", "")
    who = present.elide(content(row.who), _WHO_CELLS).plain
    left = f"{row.step:>{digits}} "
    room = max(width - digits - 1 - 2 - _WHO_CELLS - 1 - 5, 10)
    what = present.elide(content(row.what), room).plain
    letters = row.letters[:3].ljust(3)
    return [(left, QUIET), sign, " ", (who.ljust(_WHO_CELLS), STRONG), " ", (letters, BAD), " ", what]


def _sides(out: Writer, block: Sides, steps: dict[int, int], width: int) -> None:
    if width < TWO_COLUMNS:
        for side in block.rows:
            _stacked(out, side, steps)
        return
    half = (width - 3) // 2
    names = [present.elide(content(name), half - 6).plain for name in block.names]
    out.rich(("bad   ", BAD), (names[0].ljust(half - 6), QUIET), "   ", ("good  ", GOOD), (names[1], QUIET))
    out.blank()
    for side in block.rows:
        out.anchor(step=steps.get(side.bad.step) if side.bad else None)
        left, right = (_cell(row, half) for row in (side.bad, side.good))
        style = STRONG if side.kind else QUIET
        middle = (f" {GLYPHS.fail} ", BAD) if side.kind else (f" {GLYPHS.pipe} ", FAINT)
        out.rich((left, style), middle, (right, style))
        if side.kind:
            _whole(out, side)


def _whole(out: Writer, side: Side) -> None:
    """The place where they part, in full."""
    for mark, style, row in (("- ", BAD, side.bad), ("+ ", GOOD, side.good)):
        if row is not None:
            out.rich((f"      {mark}", style), row.what, indent=8)


def _stacked(out: Writer, side: Side, steps: dict[int, int]) -> None:
    if side.bad is not None and side.good is not None and not side.kind:
        out.anchor(step=steps.get(side.bad.step))
        out.rich("  ", (f"{side.bad.step:>3} {side.bad.who} {side.bad.what}"[:60], QUIET), indent=6)
        return
    for mark, style, row in (("- ", BAD, side.bad), ("+ ", GOOD, side.good)):
        if row is not None:
            out.anchor(step=steps.get(row.step) if mark == "- " else None)
            weight = STRONG if side.kind else QUIET
            out.rich((mark, style), (f"{row.step:>3} {row.who} ", weight), (row.what, weight), indent=6)


def _cell(row: StepRow | None, cells: int) -> str:
    if row is None:
        return GLYPHS.dot.ljust(cells)
    cut = present.elide(content(f"{row.step:>3} {row.who}  {row.what}"), cells)
    return cut.plain + " " * (cells - cut.cell_length)


def _items(out: Writer, rows: tuple[Item, ...], steps: dict[int, int]) -> None:
    for item in rows:
        out.anchor(step=steps.get(item.step) if item.step is not None else None)
        sign = (f"{GLYPHS.fail} ", BAD) if item.urgent else (f"{GLYPHS.dot} ", QUIET)
        out.rich(sign, (item.text, STRONG), indent=2)
        for detail in filter(None, item.details):
            out.rich("  ", (detail, QUIET), indent=4)
        out.blank()
