"""The bar beside a long view."""

from __future__ import annotations

import pytest
from rich.color import Color
from textual.geometry import Region

from tracetui.ui.widgets import scroll_bar
from tracetui.ui.widgets.scroll_bar import cell, thumb

GROUND, COLOR = Color.parse("#000000"), Color.parse("#ffffff")


def test_a_bar_whose_view_has_gone_is_blank() -> None:
    assert [strip.text for strip in scroll_bar.Bar().render_lines(Region(0, 0, 1, 2))] == [" ", " "]


def test_where_all_rows_are_seen_there_is_no_thumb() -> None:
    assert thumb(10, 10, 10, 0) == (0, 0)
    assert thumb(10, 3, 10, 0) == (0, 0)
    assert thumb(0, 100, 0, 0) == (0, 0)


@pytest.mark.parametrize("rows", [11, 40, 1_000_000])
def test_the_thumb_goes_from_one_end_to_the_other_and_is_at_least_a_cell(rows: int) -> None:
    assert thumb(10, rows, 10, 0)[0] == 0
    assert thumb(10, rows, 10, rows - 10)[1] == 80
    start, end = thumb(10, rows, 10, rows // 2)
    assert 0 <= start < end <= 80
    assert end - start >= 8


def test_in_ascii_its_ends_are_whole_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scroll_bar, "ASCII_ONLY", True)
    assert [thumb(10, 100, 10, at) for at in (0, 30, 45, 90)] == [(0, 8), (24, 32), (32, 48), (72, 80)]


def test_a_cell_shows_how_much_of_it_is_thumb() -> None:
    assert [cell(*part, COLOR, GROUND).text for part in ((0, 0), (0, 8), (6, 8), (0, 6))] == [" ", " ", "▂", "▂"]
    below, above = cell(6, 8, COLOR, GROUND), cell(0, 6, COLOR, GROUND)
    assert [segment.style.color for strip in (below, above) for segment in strip if segment.style] == [COLOR, GROUND]


def test_the_mouse_takes_the_thumb_and_pages_beside_it() -> None:
    actions = [
        segment.style.meta
        for part in ((0, 0), (8, 8), (0, 8))
        for segment in cell(*part, COLOR, GROUND)
        if segment.style
    ]
    assert [meta["@mouse.down"] for meta in actions] == ["scroll_down", "scroll_up", "grab"]
