"""Text of any size, laid out at a width."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tracetui.text import cell_width
from tracetui.ui.document import MOST_CELLS, Document, Line, Wrapped, Writer, paragraph

WORDS = st.text(alphabet="ab 文é́x", max_size=120)


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    out = Writer()
    out.text(text, indent=indent)
    rows = Wrapped(out.document(), width)
    return [rows.row(at).plain for at in range(len(rows))]


def test_lines_break_at_the_last_space_that_fits() -> None:
    assert wrapped("the quick brown fox", 10) == ["the quick ", "brown fox"]


def test_a_word_longer_than_a_row_is_cut_where_the_row_ends() -> None:
    assert wrapped("path /a/very/long/path/indeed", 12) == ["path /a/very", "/long/path/i", "ndeed"]


def test_continuation_rows_are_set_in() -> None:
    assert wrapped("the quick brown fox", 12, indent=2) == ["  the quick ", "  brown fox"]


def test_in_a_wide_terminal_words_end_early_and_bytes_do_not() -> None:
    out = Writer()
    out.text("word " * 60)
    out.text("x" * 300, hard=True)
    rows = Wrapped(out.document(), 280)
    assert [rows.row(at).cell_length for at in range(len(rows))] == [MOST_CELLS, MOST_CELLS, 20, 280, 20]


def test_a_paragraph_takes_its_rows_and_a_cut_shows() -> None:
    told = [row.plain for row in paragraph(Content("the quick brown fox jumps over"), 12, most=2, indent=2)]
    assert told == ["the quick", "  brown fox…"]
    assert [row.plain for row in paragraph(Content("the fox"), 12, most=2)] == ["the fox"]


@given(WORDS, st.integers(8, 40))
def test_rows_fit_and_hold_every_character_in_order(text: str, width: int) -> None:
    rows = wrapped(text, width)
    assert all(cell_width(row) <= width + 1 for row in rows)  # a space may stand at the edge
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


@given(st.lists(WORDS, min_size=1, max_size=20), st.integers(8, 40))
def test_every_row_knows_its_line(lines: list[str], width: int) -> None:
    rows = Wrapped(Document([Line(line) for line in lines]), width)
    assert [rows.line_at(rows.row_of(at)) for at in range(len(lines))] == list(range(len(lines)))


def test_a_needle_is_marked_also_where_a_cut_divides_it() -> None:
    rows = Wrapped(Document([Line("x" * 10 + "ord_555" + "y" * 10)]), 13)
    marked = [rows.row(at, [("ord_555", "bold")]) for at in range(len(rows))]
    assert [row.plain[span.start : span.end] for row in marked for span in row.spans] == ["ord", "_555"]


def test_markup_in_a_trace_is_text() -> None:
    assert wrapped("[/] [@click=app.quit]x[/]", 40) == ["[/] [@click=app.quit]x[/]"]


def test_what_a_terminal_would_obey_is_a_mark() -> None:
    assert wrapped("a\x1b]52;c;eA==\x07b", 40) == ["a␛]52;c;eA==␇b"]


@pytest.mark.parametrize("text", ["z" * 1_000_000, "文" * 1_000_000], ids=["ascii", "wide"])
def test_a_line_of_a_megabyte_is_laid_out_by_arithmetic(text: str) -> None:
    document = Document([Line(text)])
    start = time.process_time()
    rows = Wrapped(document, 80)
    last = rows.row(len(rows) - 1).plain
    assert time.process_time() - start < 0.2
    assert last == text[-len(last) :]


def test_a_prompt_of_two_megabytes_is_laid_out_at_once() -> None:
    out = Writer()
    out.text(("the customer asked about the order again " * 3 + "\n") * 16_000)
    start = time.process_time()
    rows = Wrapped(out.document(), 60)
    assert len(rows) > 32_000
    assert time.process_time() - start < 1.0


def test_a_block_is_found_from_any_of_its_lines() -> None:
    out = Writer()
    out.rich("banner")
    out.anchor(step=3, change=True)
    out.rich("one")
    out.text("two\nthree")
    out.anchor(step=5)
    out.rich("four")
    document = out.document()
    assert document.anchor_of(0) is None
    assert [document.anchor_of(at).step for at in range(1, 5)] == [3, 3, 3, 5]  # type: ignore[union-attr]


def test_the_bar_of_a_quote_stands_before_every_row_of_it() -> None:
    out = Writer()
    out.rich(("| ", "red"), "the quick brown fox", indent=2, hang=("| ", "red"))
    rows = Wrapped(out.document(), 12)
    assert [rows.row(at).plain for at in range(len(rows))] == ["| the quick ", "| brown fox"]
    assert [(span.start, span.end) for span in rows.row(1).spans] == [(0, 2)]
