"""What is written, and in which order."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from tracetui.ui.looks import PLAIN, Cell, Look
from tracetui.ui.strokes import Stroke, in_order, strokes

RED, QUIET, BLUE = Look((), "38;2;229;83;75"), Look((), "38;2;149;158;168"), Look((), "", "44")
CELLS = st.lists(
    st.sampled_from([(" ", PLAIN), (" ", BLUE), ("a", PLAIN), ("b", RED), ("c", QUIET)]), min_size=1, max_size=40
)


def test_only_what_differs_is_written_and_narrow_gaps_of_one_look() -> None:
    found = strokes(0, _row("ane tWo thr__"), _row("one two three"))
    assert [(each.x, _text(each)) for each in found] == [(0, "ane tW"), (11, "__")]


def test_blanks_go_with_what_stands_before_them_and_at_the_start_with_what_follows() -> None:
    row = [(" ", PLAIN), ("a", RED), (" ", PLAIN), ("b", QUIET)]
    assert [_text(each) for each in _of(row)] == [" a ", "b"]
    assert [each.look for each in _of(row)] == [RED, QUIET]


def test_after_many_blanks_a_stroke_begins_so_that_they_can_be_erased() -> None:
    assert [_text(each) for each in _of(_row("a" + " " * 20 + "b"))] == ["a" + " " * 20, "b"]


def test_a_look_that_comes_up_again_and_again_is_said_once() -> None:
    found = [each for y in range(9) for each in _of([*[("a", PLAIN)] * 9, ("b", RED), *[("c", PLAIN)] * 9], y)]
    assert [look for look, _ in groupby(in_order(found), key=attrgetter("look"))] in ([PLAIN, RED], [RED, PLAIN])


def test_a_row_with_an_emoji_is_written_from_the_left_to_the_right() -> None:
    rows = [[("a", PLAIN), ("😀" if y == 4 else "b", RED), ("c", PLAIN)] for y in range(9)]
    ordered = in_order([each for y, row in enumerate(rows) for each in _of(row, y)])
    assert [each.x for each in ordered if each.y == 4] == [0, 1, 2]


def test_a_look_that_is_short_to_say_stays_where_it_is() -> None:
    found = _of([("a", PLAIN), ("b", Look(("1",))), ("c", PLAIN)])
    assert in_order(found) == found


@given(st.lists(CELLS, max_size=9))
def test_every_cell_is_written_once_whatever_the_order(rows: list[list[Cell]]) -> None:
    found = [each for y, row in enumerate(rows) for each in _of(row, y)]
    assert sorted(in_order(found), key=lambda each: (each.y, each.x)) == found
    for y, row in enumerate(rows):
        assert [cell for each in found if each.y == y for cell in each.cells] == row


def _row(text: str) -> list[Cell]:
    return [(character, PLAIN) for character in text]


def _of(row: list[Cell], y: int = 0) -> list[Stroke]:
    return list(strokes(y, row, [None] * len(row)))


def _text(stroke: Stroke) -> str:
    return "".join(text for text, _ in stroke.cells)
