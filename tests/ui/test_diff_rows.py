"""One line of the diff list, at any width."""

from __future__ import annotations

import pytest

from tests.ui.test_compared import sample
from tracetui.ui.compared import compare_runs
from tracetui.ui.diff_rows import TWO_COLUMNS, lines_of, row

COMPARED = compare_runs(sample("incident_content.jsonl"), sample("good_same_customer.jsonl"))
EVERY = list(range(len(COMPARED.pairs)))


def test_in_two_columns_a_pair_is_one_line() -> None:
    assert [line.pair for line in lines_of(COMPARED, EVERY, TWO_COLUMNS)] == EVERY


def test_in_one_column_pairs_that_differ_take_a_line_a_side_in_order() -> None:
    lines = lines_of(COMPARED, EVERY, 80)
    assert [line.pair for line in lines] == sorted(line.pair for line in lines)
    for at in COMPARED.told:
        sides = [line.side for line in lines if line.pair == at]
        pair = COMPARED.pairs[at]
        assert sides == [side for side, step in (("bad", pair.bad), ("good", pair.good)) if step is not None]


@pytest.mark.parametrize("width", [40, 80, 99, 100, 120, 200])
def test_a_row_never_takes_more_cells_than_it_has(width: int) -> None:
    for line in lines_of(COMPARED, EVERY, width):
        assert row(COMPARED, line, current=True, width=width).cell_length <= width


def test_values_stand_with_their_roles() -> None:
    lines = lines_of(COMPARED, EVERY, 80)
    shown = [row(COMPARED, line, current=False, width=80).plain for line in lines]
    assert any("get_order id=ORDER#1 ord_555" in text and "▸argument" in text for text in shown)
    assert any("get_order id=ORDER#2 ord_341" in text for text in shown)
