"""Blocks of a document folded to one line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracetui.ui.document import Document, Writer
from tracetui.ui.folding import folded

BLOCKS = st.lists(st.integers(1, 4), min_size=1, max_size=6)


def document(blocks: list[int]) -> Document:
    out = Writer()
    out.rich("banner")
    for number, lines in enumerate(blocks):
        out.anchor(step=number, folds=True)
        out.rich(f"head {number}")
        for line in range(lines):
            out.text(f"body {number}.{line}")
    return out.document()


def test_a_folded_block_is_its_first_line_with_what_it_stands_for() -> None:
    whole = document([2, 3])
    shown = folded(whole, {1}).document
    assert [line.text for line in shown.lines] == [
        "banner",
        "head 0",
        "body 0.0",
        "body 0.1",
        "head 1  … 3 lines  body 1.0",
    ]
    assert [(anchor.line, anchor.step) for anchor in shown.anchors] == [(1, 0), (4, 1)]


@given(BLOCKS, st.data())
def test_every_line_is_shown_at_its_place_or_at_that_of_its_block(blocks: list[int], data: st.DataObject) -> None:
    whole = document(blocks)
    closed = data.draw(st.sets(st.integers(0, len(blocks) - 1)))
    result = folded(whole, closed)
    assert len(result.lines) == len(result.document.lines)
    for at, line in enumerate(whole.lines):
        place = result.line_of(at)
        anchor = whole.anchor_of(at)
        if anchor is not None and whole.anchors.index(anchor) in closed:
            assert result.lines[place] == anchor.line
        else:
            assert result.document.lines[place] == line
